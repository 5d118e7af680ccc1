import type { Duplex } from 'node:stream';
import { Pool } from 'undici';
import { EgressError } from './egress-error';
import { describeError } from '../dial/failure';
import type { Tunnel, TunnelEnd } from './tunnel';

/**
 * Statuses with which a proxy says that it could not get through to the upstream. Others are about the proxy itself.
 */
const UPSTREAM_UNREACHED: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Tunnels through an HTTP or HTTPS proxy by CONNECT (RFC 9110 section 9.3.6), to plain and to TLS upstreams alike. */
export function httpTunnel(url: URL, timeoutMs: number): Tunnel {
  // A pool and not one client: each tunnel takes its connection over, and tunnels must not wait for one another.
  const proxy = new Pool(url.origin, { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs });
  const authorization = basicAuthorization(url);
  return {
    async open({ host, port }: TunnelEnd): Promise<Duplex> {
      const authority = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
      const headers = {
        host: authority,
        ...(authorization !== undefined && { 'proxy-authorization': authorization }),
      };
      const answer = await proxy
        .connect({ path: authority, headers, signal: AbortSignal.timeout(timeoutMs) })
        .catch((error: unknown) => {
          throw new EgressError('egress', `the proxy cannot be reached: ${describeError(error)}`, error);
        });
      const isOpen = answer.statusCode >= 200 && answer.statusCode < 300;
      // The far end has been asked nothing yet, so nothing can have come from there.
      const hasOwnWords = isOpen && answer.socket.readableLength > 0;
      if (isOpen && !hasOwnWords) return answer.socket;
      answer.socket.on('error', () => undefined).destroy();
      // undici would connect again and again: to it, no request has failed yet.
      if (hasOwnWords) throw new EgressError('egress', 'the proxy put something of its own into the tunnel');
      const at = UPSTREAM_UNREACHED.has(answer.statusCode) ? 'upstream' : 'egress';
      const hint = answer.statusCode === 407 ? ': wrong user or password' : '';
      throw new EgressError(at, `the proxy answered with status ${answer.statusCode}${hint}`);
    },
    close: () => proxy.destroy(),
  };
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}
