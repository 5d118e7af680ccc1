import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So long an answer may take to begin before we ask whether anybody is still there. */
const ASK_AFTER_MS = 200;
/** The kernel of one that has gone says so at once, but Node hears of it with the next write. */
const ASK_AGAIN_AFTER_MS = 50;
const ASK_EVERY_MS = 5_000;

/**
 * For servers with `httpAllowHalfOpen`: a client that sends nothing more may still want its answer, or may have gone, and TCP
 * says the same of both. What is sent to one that has gone is rejected, so it is sent a `100 Continue`, which HTTP/1.1 allows any
 * number of before the answer: whoever has gone is noticed within a third of a second. Within an answer, and in HTTP/1.0, which
 * knows no such thing as asking, it counts as gone, so that the provider is not kept at work for nobody.
 */
export function followHalfClose(socket: Socket): void {
  socket.once('end', () => {
    const res = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
    // Without one, Node closes the connection itself.
    if (res === undefined || res === null || res.writableEnded) return;
    if (res.headersSent || res.req.httpVersion !== '1.1') {
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
