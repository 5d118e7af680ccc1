import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { requestIdFrom } from '../../gateway/request/request-id';
import { sendAll } from '../../gateway/answer/sent-together';
import { discard, markClosing } from '../../gateway/body/unread-body';
import { allowedAt } from '../door/places';
import { OTHER_VERSION } from '../door/request-target';
import { envelopeOf, notAllowed, refusalBody, type Envelope, type Refusal } from '../door/refusal';

/** As Node's HTTP parser raises it. */
interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const MALFORMED: Refusal = {
  status: 400,
  code: 'malformed_request',
  message: 'The request is not valid HTTP.',
};
const PARSE_ERRORS: Readonly<Record<string, Refusal>> = {
  HPE_INVALID_VERSION: OTHER_VERSION,
  // `PRI * HTTP/2.0`
  HPE_PAUSED_H2_UPGRADE: OTHER_VERSION,
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    message: 'The request headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    message: 'The request did not arrive in time.',
  },
};
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  505: 'HTTP Version Not Supported',
};
/** So long may a client take to read the answer and go. */
const GOODBYE_MS = 1_000;

/**
 * Answers what could not even be parsed as a request; for the server's `clientError` event. Returns the status;
 * undefined if there is nobody to answer.
 */
export function answerClientError(error: ParseError, socket: Duplex): number | undefined {
  // A whole answer may be about to go out.
  sendAll();
  // An answer that is on its way must not get another one into its middle.
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return undefined;
  }
  const [, method, path] = requestLineOf(error) ?? [];
  const isMethod = error.code === 'HPE_INVALID_METHOD' && method !== undefined;
  const refusal = isMethod
    ? notAllowed(allowedAt(path ?? '/'))
    : (PARSE_ERRORS[error.code ?? ''] ?? MALFORMED);
  hangUp(socket, refusal, envelopeOf(path ?? '/'));
  return refusal.status;
}

/**
 * Nobody is led through to elsewhere; for the server's `connect` event, without which the connection would just end.
 * Returns the status.
 */
export function answerConnect(req: IncomingMessage, socket: Duplex): number {
  socket.on('error', () => undefined);
  const url = req.url ?? '/';
  const refusal = notAllowed(allowedAt(url));
  hangUp(socket, refusal, envelopeOf(url));
  return refusal.status;
}

function hangUp(socket: Duplex, refusal: Refusal, envelope: Envelope): void {
  const body = refusalBody(refusal, envelope);
  const { status, headers = {} } = refusal;
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestIdFrom(undefined)}\r\n` +
      `cache-control: no-store\r\n${more.join('')}connection: close\r\n\r\n${body}`,
  );
  if (socket instanceof Socket) {
    markClosing(socket);
    discard(socket, () => true);
  }
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Bytes that are no HTTP at all, such as those of TLS, have none. */
function requestLineOf({ rawPacket }: ParseError): RegExpExecArray | null {
  return /^([A-Za-z][\w!#$%&'*+.^`|~-]*) (\S+) HTTP\/(?:1\.[01]|2\.0)\r?\n/.exec(
    rawPacket?.subarray(0, 4096).toString('latin1') ?? '',
  );
}

function isAnswering(socket: Duplex): boolean {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
}
