/** Pieces from this size on are passed on as they are. */
const LARGE_BYTES = 4 * 1024;
const TOGETHER_BYTES = 16 * 1024;

/**
 * Puts small pieces of a body together, so that a client that sends a byte at a time costs hardly more than its bytes.
 * What comes out is what went in, in the same order.
 */
export class Pieces {
  #together: Buffer | undefined;
  #bytes = 0;
  #isBegun = false;

  /** What may go on now: nothing, one buffer, or two. */
  add(piece: Buffer): readonly Buffer[] {
    // Most bodies come in one piece.
    if (!this.#isBegun || piece.length >= LARGE_BYTES) {
      this.#isBegun = true;
      const before = this.rest();
      return before === undefined ? [piece] : [before, piece];
    }
    this.#together ??= Buffer.allocUnsafeSlow(TOGETHER_BYTES);
    const copied = piece.copy(this.#together, this.#bytes);
    this.#bytes += copied;
    if (this.#bytes < TOGETHER_BYTES) return NOTHING;
    const whole = this.rest();
    return whole === undefined ? NOTHING : [whole, ...this.add(piece.subarray(copied))];
  }

  /** What is held back, and is not any more. */
  rest(): Buffer | undefined {
    if (this.#bytes === 0) return undefined;
    const whole = this.#together?.subarray(0, this.#bytes);
    this.#together = undefined;
    this.#bytes = 0;
    return whole;
  }

  /** Bytes that are held back. */
  get held(): number {
    return this.#bytes;
  }
}

const NOTHING: readonly Buffer[] = [];
