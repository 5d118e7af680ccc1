import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** No more answers than these wait for each other. */
const TOGETHER_MAX = 16;

const held: (() => void)[] = [];
let isDue = false;

/**
 * Calls it behind all that has come in this turn of the event loop, together with others. To write to a connection
 * wakes its client, and that costs more than the write: clients that are woken at once cost less than one by one.
 */
function soon(send: () => void): void {
  held.push(send);
  if (held.length >= TOGETHER_MAX) return sendAll();
  if (isDue) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    sendAll();
  });
}

/** What has been held goes out now. */
export function sendAll(): void {
  for (const send of held.splice(0)) send();
}

/** Ends an answer together with others that are ready. */
export function endSoon(res: ServerResponse, chunk: Buffer | undefined): void {
  soon(() => res.end(chunk));
}

/** What is written to the connection from now on goes out together with what others get. */
export function holdTogether(socket: Socket | null): void {
  if (socket === null || socket.writableCorked > 0) return;
  socket.cork();
  soon(() => socket.uncork());
}
