import type { LiveExchange } from '../exchange/live-exchange';
import { ownPathOf } from '../request/route';

const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** Segments of dots alone lead elsewhere. */
const PREFIX = /^(?:\/(?!\.+(?:\/|$))[\w.~-]+)+$/;

type Addressed = Pick<LiveExchange, 'request'>;

/**
 * Where the client has asked: scheme, host and path up to `/v1`, as a proxy in front tells it (`X-Forwarded-Proto`,
 * `-Host`, `-Prefix`), else as it came. It is told to nobody but this client. Undefined if nobody knows.
 */
export function ownAddress({ request }: Addressed): string | undefined {
  const first = (name: string): string | undefined => request.header(name)?.split(',')[0]?.trim();
  const forwarded = first('x-forwarded-host') ?? '';
  const host = HOST.test(forwarded) ? forwarded : (request.header('host') ?? '');
  const path = ownPathOf(request.url);
  if (!HOST.test(host) || !path.startsWith('/')) return undefined;
  const proto = first('x-forwarded-proto') === 'https' ? 'https' : 'http';
  const prefix = first('x-forwarded-prefix') ?? '';
  return `${proto}://${host}${PREFIX.test(prefix) ? prefix : ''}${path}`;
}
