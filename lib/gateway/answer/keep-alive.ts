import type { ClientResponse } from '../exchange/exchange';
import type { Timers } from '../exchange/timers';

const COMMENT = Buffer.from(': keep-alive\n\n');

/** Event streams must not be stored or transformed on their way. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * Tells a client that waits for a stream, and everybody on the way to it, that the connection lives: after `ms` without
 * an answer the head of a stream goes out, and a comment, and then a comment every `ms`. No answer has begun by that.
 */
export class KeepAlive {
  #isBegun = false;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly response: ClientResponse,
    private readonly requestId: string,
    private readonly timers: Timers,
    private readonly ms: number,
  ) {
    this.#wait();
  }

  /** The client has the head of a stream: what follows must be events. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** There is something to send now, or the client has left. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.timers.after(this.ms, () => {
      this.#say();
      this.#wait();
    });
  }

  #say(): void {
    if (!this.#isBegun) {
      this.#isBegun = true;
      const headers = Object.entries(STREAM_HEADERS).flat();
      const own = ['content-type', 'text/event-stream; charset=utf-8', 'x-request-id', this.requestId];
      this.response.start(200, [...own, ...headers]);
    }
    this.response.write(COMMENT);
  }
}
