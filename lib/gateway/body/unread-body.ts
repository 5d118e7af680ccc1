import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * So long, and so far, we go on reading behind an answer, so that its reader gets it before the connection is reset.
 */
const LINGER_MS = 5_000;
const LINGER_BYTES = 32 * 2 ** 20;
/** A body of so many bytes is read to its end rather than its connection closed. */
const SMALL_BYTES = 64 * 1024;
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

const closing = new WeakSet<Socket>();

/** Whether the answer to an earlier request closes the connection: then nothing that stands behind it is worked on. */
export function isClosing(socket: Socket): boolean {
  return closing.has(socket);
}

export function markClosing(socket: Socket): void {
  closing.add(socket);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined;
}

/** Whether a part of the body has not been read, which is then still to come. */
export function isUnread(req: IncomingMessage): boolean {
  return !req.complete && hasBody(req);
}

/** Whether the rest of the body may cost anything. If not, the connection can serve further requests. */
export function isCostlyRest(req: IncomingMessage, res: ServerResponse): boolean {
  if (!isUnread(req)) return false;
  const declared = Number(req.headers['content-length'] ?? Infinity);
  return declared > SMALL_BYTES || req.headers.expect !== undefined || !res.shouldKeepAlive;
}

/** Tells a client that waits for it to send its body. Call it only just before reading the body. */
export function letBodyCome(req: IncomingMessage, res: ServerResponse): void {
  const { expect } = req.headers;
  if (expect === undefined || res.headersSent || req.httpVersion !== '1.1') return;
  if (CONTINUE.test(expect)) sendContinue(res);
}

/** A `100 Continue`, unless the answer has begun. In one that waits behind another's it would stand in its middle. */
export function sendContinue(res: ServerResponse): void {
  if (res.headersSent) return;
  if (res.socket === null) res.once('socket', () => sendContinue(res));
  else res.writeContinue();
}

/**
 * Ends an answer whose head says `connection: close`. What still comes is no longer parsed, nor is anything behind it.
 */
export function endUnread(req: IncomingMessage, res: ServerResponse, text: string | Buffer): void {
  const { socket } = req;
  markClosing(socket);
  discard(socket, () => res.writableFinished);
  // Node hangs up behind the last answer with this. To close with bytes unread would reset the connection.
  socket.destroySoon = () => socket.end();
  const linger = (): void => {
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
  res.once('finish', linger);
  res.end(text);
}

/**
 * Takes a connection from the HTTP parser: what comes is thrown away as it is, which costs next to nothing. Once
 * `isAnswered`, a client that sends on and on is cut off.
 */
export function discard(socket: Socket, isAnswered: () => boolean): void {
  socket.removeAllListeners('data');
  socket.removeAllListeners('end');
  const bytesMax = socket.bytesRead + LINGER_BYTES;
  // Node's parser gives up a connection that other code reads.
  socket.on('data', () => {
    if (socket.bytesRead <= bytesMax) return;
    if (isAnswered()) socket.destroy();
    else socket.pause();
  });
  socket.resume();
}
