import { scalarEnd } from '../json/json-scan';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Looks for the end of a JSON value, a slice at a time and however deep it is, so that what follows can be read also
 * where the value itself cannot. Only counts brackets: what lies between is left to whoever reads the value.
 */
export class ValueEnd {
  /** The deepest level of it that has been seen. */
  depthMax = 0;
  #at: number;
  #depth = 0;
  #isInString = false;

  constructor(
    private readonly bytes: Buffer,
    start: number,
  ) {
    this.#at = start;
  }

  /** Goes on for about `bytesMax`: the offset after the value, -1 if there is none, undefined if it goes on. */
  step(bytesMax: number): number | undefined {
    const first = this.bytes[this.#at];
    const isNested = first === OPEN_BRACE || first === OPEN_BRACKET;
    if (this.#depth === 0 && !this.#isInString && first !== QUOTE && !isNested) {
      return Math.max(-1, scalarEnd(this.bytes, this.#at));
    }
    const pause = Math.min(this.bytes.length, this.#at + bytesMax);
    const end = this.#advance(pause);
    if (end !== undefined) return end;
    return this.#at >= this.bytes.length ? -1 : undefined;
  }

  // oxlint-disable-next-line complexity -- runs for every byte, with its state in local variables
  #advance(pause: number): number | undefined {
    const { bytes } = this;
    let at = this.#at;
    let depth = this.#depth;
    while (at < pause) {
      const byte = bytes[at++];
      if (this.#isInString) {
        if (byte === BACKSLASH) at += 1;
        if (byte !== QUOTE) continue;
        this.#isInString = false;
        if (depth === 0) return at;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (depth > this.depthMax) this.depthMax = depth;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return at;
      }
    }
    this.#at = at;
    this.#depth = depth;
    return undefined;
  }
}
