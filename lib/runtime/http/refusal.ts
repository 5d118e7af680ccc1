import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFrom } from '../../gateway/request-id';
import { errorBody } from '../../openai/errors';

/** How the callers of a path are used to being told of errors. */
export type Envelope = 'openai' | 'admin';

/** A request that is turned away before anybody has looked into it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What still comes of a refused body is thrown away for so long, so that its sender gets to hear the answer. */
const LINGER_MS = 5_000;
const LINGER_BYTES = 32 * 2 ** 20;

/** The paths of the dashboard and of its API speak their own way; all others as OpenAI does. */
export function envelopeOf(path: string): Envelope {
  return /^\/api\/(admin|auth)([/?]|$)/.test(path) ? 'admin' : 'openai';
}

export function notAllowed(allow: string): Refusal {
  const message = 'The method is not allowed here.';
  return { status: 405, code: 'method_not_allowed', message, headers: { allow } };
}

export function refusalBody({ code, message }: Refusal, envelope: Envelope): string {
  if (envelope === 'admin') return JSON.stringify({ error: { code, message } });
  return errorBody({ message, type: 'invalid_request_error', code });
}

/** Answers, and closes the connection if there is a body that nobody has read. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  refusal: Refusal,
  envelope = envelopeOf(req.url ?? '/'),
): void {
  req.on('error', ignore);
  res.on('error', ignore);
  if (res.destroyed || res.headersSent) return;
  const body = refusalBody(refusal, envelope);
  const isRead = req.complete || !hasBody(req);
  res.writeHead(refusal.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestIdFrom(req.headers['x-request-id']?.toString()),
    ...refusal.headers,
    ...(!isRead && { connection: 'close' }),
  });
  const text = req.method === 'HEAD' ? '' : body;
  if (isRead) res.end(text);
  else linger(req, res, text);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined;
}

/** The answer is whole for its reader at once; for Node it ends, and the connection with it, when the body does. */
function linger(req: IncomingMessage, res: ServerResponse, text: string): void {
  let bytes = 0;
  const end = (): void => {
    clearTimeout(timer);
    req.off('data', count).pause();
    res.end();
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  };
  const timer = setTimeout(end, LINGER_MS);
  res.flushHeaders();
  if (text !== '') res.write(text);
  req.on('data', count).once('end', end).once('close', end);
}

function ignore(): void {
  // Whoever has gone need not be told.
}
