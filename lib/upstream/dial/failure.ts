import type { Outcome } from '../../balancer/attempts/verdict';
import { egressFailureAt } from '../egress/egress-error';
import { ownTroubleOf, SHORTAGES } from './own-trouble';
import type { UpstreamRequest } from '../target';

/** What a server reads at once. Of a larger body, a part may still be on its way when the server closes. */
const BODY_AT_ONCE_BYTES = 64 * 1024;
/** The least that common servers take as a head: nginx and Apache 8 KB for a line, Node 16 KB in all. */
const PLAIN_HEAD_BYTES = 8_000;
const PLAIN_HEADERS_MAX = 64;
const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * How OpenSSL tells why there is no TLS: `80AC...:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:...`
 */
const OPENSSL = /SSL routines:[^:]*:([^:]+)/;
/** What it makes of a server that answers in plain HTTP. */
const PLAIN_HTTP = /^(?:wrong version number|packet length too long|http request|unknown protocol)$/i;
export const SPEAKS_PLAIN_HTTP =
  'the server speaks plain http: its address begins with http://, not https://';

/** Such servers know no protocol that is offered to them, or answer HTTP/1.1 with frames of HTTP/2. */
const NO_PROTOCOL = /^tlsv1 alert no application protocol$/i;
const SPEAKS_HTTP_2_ONLY = 'the server speaks HTTP/2 only, and is asked in HTTP/1.1';
const SETTINGS = 0x4;
const GOAWAY = 0x7;

/** What the parser could not read begins with a frame about the whole connection (RFC 9113, 4.1 and 6). */
function isHttp2Frame(error: object): boolean {
  const { data } = error as { data?: unknown };
  if (typeof data !== 'string') return false;
  const type = data.charCodeAt(3);
  return (type === SETTINGS || type === GOAWAY) && data.slice(5, 9) === '\0\0\0\0';
}

/** `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1`, with its code whichever copy of the module made it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Object)) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : 'unknown error';
  const noTls = OPENSSL.exec(text)?.[1]?.trim();
  if (noTls !== undefined) return describeNoTls(noTls);
  if (isHttp2Frame(error)) return SPEAKS_HTTP_2_ONLY;
  return typeof code === 'string' && egressFailureAt(error) === undefined && !text.includes(code)
    ? `${code}: ${text}`
    : text;
}

function describeNoTls(why: string): string {
  if (NO_PROTOCOL.test(why)) return SPEAKS_HTTP_2_ONLY;
  return PLAIN_HTTP.test(why) ? SPEAKS_PLAIN_HTTP : `the TLS handshake failed: ${why}`;
}

function codeOf(error: unknown): string {
  const code = error instanceof Object ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** What an error before the first content of an answer means. `isSent`: the request had reached a connection. */
export function outcomeOfError(error: unknown, isSent: boolean): Outcome {
  if (!isSent) {
    const shortage = ownTroubleOf(error);
    if (shortage !== undefined) {
      return { kind: 'own_trouble', shortOf: SHORTAGES[shortage], message: describeError(error) };
    }
    return { kind: 'dial_failed', at: egressFailureAt(error) ?? 'upstream', message: describeError(error) };
  }
  if (codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'timeout', phase: 'headers' };
  if (isStall(error)) return { kind: 'timeout', phase: 'first_event' };
  return { kind: 'lost', message: describeError(error) };
}

/** The other side closed or reset the connection. */
export function isReset(error: unknown): boolean {
  return RESETS.has(codeOf(error));
}

/** So large, in its head or its body, that a server may refuse it and close before it has read all of it. */
export function isLarge({ body, path, rawHeaders }: UpstreamRequest): boolean {
  if (body !== undefined && body.length > BODY_AT_ONCE_BYTES) return true;
  if (rawHeaders.length > 2 * PLAIN_HEADERS_MAX) return true;
  return rawHeaders.reduce((bytes, text) => bytes + text.length, path.length) > PLAIN_HEAD_BYTES;
}

/** What an error within an answer means. */
export function isStall(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_BODY_TIMEOUT';
}
