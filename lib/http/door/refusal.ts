import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorWithSaid } from '../../admin/words/with-said';
import { requestIdOf } from '../../gateway/request/request-id';
import { endUnread, isUnread } from '../../gateway/body/unread-body';
import { errorBody } from '../../openai/errors/errors';

/** How the callers of a path are used to being told of errors. */
export type Envelope = 'openai' | 'admin';

/** A request that is turned away before anybody has looked into it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The paths of the dashboard and of its API speak their own way; all others as OpenAI does. */
export function envelopeOf(path: string): Envelope {
  return /^\/api\/(admin|auth)([/?]|$)/.test(path) ? 'admin' : 'openai';
}

export function notAllowed(allow: string): Refusal {
  const message = 'The method is not allowed here.';
  return { status: 405, code: 'method_not_allowed', message, headers: { allow } };
}

export function refusalBody({ code, message }: Refusal, envelope: Envelope): string {
  if (envelope === 'admin') return JSON.stringify(errorWithSaid({ code, message }));
  return errorBody({ message, type: 'invalid_request_error', code });
}

/** Answers, and closes the connection if its body has not been read. */
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
  const isRest = isUnread(req);
  res.writeHead(refusal.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestIdOf((name) => req.headers[name]?.toString()),
    ...refusal.headers,
    ...(isRest && { connection: 'close' }),
  });
  const text = req.method === 'HEAD' ? '' : body;
  if (isRest) endUnread(req, res, text);
  else res.end(text);
}

function ignore(): void {
  // The client has left.
}
