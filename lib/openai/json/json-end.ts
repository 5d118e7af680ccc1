const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Whether JSON that passes in pieces ends half-way: within a string, or with brackets left open. Any number of texts
 * may come one after the other. Reads each byte once, keeps nothing, and judges nothing else.
 */
export class JsonEnd {
  #depth = 0;
  #isInString = false;
  /** The last byte of a string's piece was a backslash that escapes the next one. */
  #isEscaped = false;

  push(piece: Buffer): void {
    let at = this.#isInString ? this.#stringEnd(piece, 0) : 0;
    let depth = this.#depth;
    while (at < piece.length) {
      const byte = piece[at++];
      if (byte === QUOTE) at = this.#stringEnd(piece, at);
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    }
    this.#depth = depth;
  }

  /** Ask at the end. */
  get isOpen(): boolean {
    return this.#isInString || this.#depth > 0;
  }

  /** Offset behind the string that goes on at `from`; the end of the piece if it does not end there. */
  #stringEnd(piece: Buffer, from: number): number {
    let at = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    for (;;) {
      const quote = piece.indexOf(QUOTE, at);
      const end = quote === -1 ? piece.length : quote;
      let before = end;
      while (before > at && piece[before - 1] === BACKSLASH) before -= 1;
      const isEscaped = (end - before) % 2 === 1;
      if (quote === -1) this.#isEscaped = isEscaped;
      this.#isInString = quote === -1 || isEscaped;
      if (!this.#isInString || quote === -1) return quote === -1 ? piece.length : quote + 1;
      at = quote + 1;
    }
  }
}
