import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So long an answer may take to begin before we ask whether anybody is still there. */
const ASK_AFTER_MS = 200;
/** The kernel of one that has gone says so at once, but Node hears of it with the next write. */
const ASK_AGAIN_AFTER_MS = 50;
const ASK_EVERY_MS = 5_000;

/** So long an answer to a client that sends nothing more may stand still. */
const STILL_MS = 1_000;

/**
 * For servers with `httpAllowHalfOpen`: a client that sends nothing more may still want its answer, or may have gone,
 * and TCP says the same of both. What is sent to one that has gone is rejected, so it is sent a `100 Continue`, which
 * HTTP/1.1 allows any number of before the answer: whoever has gone is noticed within a third of a second. Within an
 * answer its own bytes tell; one that stands still for a second has nobody to tell of, and ends. HTTP/1.0 knows no such
 * thing as asking: there it counts as gone, as the proxies that speak it close without a word.
 */
export function followHalfClose(socket: Socket): void {
  socket.once('end', () => {
    const res = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
    // Without one, Node closes the connection itself.
    if (res === undefined || res === null || res.writableEnded) return;
    if (res.headersSent) return followAnswer(socket);
    if (res.req.httpVersion !== '1.1') {
      socket.destroy();
      return;
    }
    let timer = setTimeout(() => ask(ASK_AGAIN_AFTER_MS), ASK_AFTER_MS);
    const ask = (nextMs: number): void => {
      if (res.headersSent) return;
      res.writeContinue();
      timer = setTimeout(() => ask(ASK_EVERY_MS), nextMs);
    };
    socket.once('close', () => clearTimeout(timer));
  });
}

/** While bytes wait to be sent, the kernel notices a client that has left. */
function followAnswer(socket: Socket): void {
  let bytes = socket.bytesWritten;
  const timer = setInterval(() => {
    if (socket.bytesWritten === bytes && socket.writableLength === 0) socket.destroy();
    bytes = socket.bytesWritten;
  }, STILL_MS);
  socket.once('close', () => clearInterval(timer));
}
