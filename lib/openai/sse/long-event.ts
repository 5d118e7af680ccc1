import { GrowingBuffer } from '../json/growing-buffer';

/** Enough for its name and type, and for its usage. */
const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 64 * 1024;

/** Keeps both ends of an event that is too long to be kept whole, in flat memory. */
export class LongEvent {
  readonly #head = new GrowingBuffer();
  #headRoom = HEAD_BYTES;
  readonly #tail = new GrowingBuffer();

  push(piece: Buffer): this {
    const head = piece.subarray(0, this.#headRoom);
    this.#head.append(head);
    this.#headRoom -= head.length;
    const more = piece.subarray(head.length);
    this.#tail.append(lastOf(more));
    if (this.#tail.peek().length > 4 * TAIL_BYTES) this.#tail.append(lastOf(this.#tail.take()));
    return this;
  }

  /** Joined, as if nothing had been between them. */
  ends(): Buffer {
    return Buffer.concat([this.#head.peek(), lastOf(this.#tail.peek())]);
  }
}

function lastOf(tail: Buffer): Buffer {
  return tail.subarray(Math.max(0, tail.length - TAIL_BYTES));
}
