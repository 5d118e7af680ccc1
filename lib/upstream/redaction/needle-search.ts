const SHIFT_MAX = 255;
/** Of a few needles, and of more: the pairs of bytes that they have should take up little of the table. */
const BITS = 10;
const BITS_OF_MANY = 12;
const FEW = 4;

/**
 * Finds texts as they stand, all in one pass that looks at few of the bytes (Wu and Manber's search): a pair of bytes
 * that none of them has lets it jump over nearly as many bytes as the shortest one has.
 */
export class NeedleSearch {
  readonly #last: number;
  readonly #mask: number;
  /** By pair: how far the next place is where a needle may be; 0 if one may be here. */
  readonly #shifts: Uint8Array;

  /** There must be at least one needle, and none of fewer than two bytes. */
  constructor(private readonly needles: readonly Buffer[]) {
    const window = needles.reduce((least, { length }) => Math.min(least, length), SHIFT_MAX);
    this.#last = window - 1;
    const size = 1 << (needles.length <= FEW ? BITS : BITS_OF_MANY);
    this.#mask = size - 1;
    this.#shifts = new Uint8Array(size).fill(this.#last);
    for (const bytes of needles) {
      for (let at = 1; at < window; at++) {
        const pair = this.#pairAt(bytes, at);
        this.#shifts[pair] = Math.min(this.#shifts[pair] ?? 0, this.#last - at);
      }
    }
  }

  /** Where the first of them begins, at or behind `from`; -1 if there is none. */
  find(bytes: Uint8Array, from: number): number {
    const shifts = this.#shifts;
    const last = this.#last;
    const mask = this.#mask;
    const { length } = bytes;
    for (let at = from + last; at < length;) {
      const pair = (((bytes[at - 1] ?? 0) << 5) ^ (bytes[at] ?? 0)) & mask;
      const shift = shifts[pair] ?? 0;
      if (shift > 0) at += shift;
      else if (this.#isAt(bytes, at - last)) return at - last;
      else at++;
    }
    return -1;
  }

  #pairAt(bytes: Uint8Array, at: number): number {
    return (((bytes[at - 1] ?? 0) << 5) ^ (bytes[at] ?? 0)) & this.#mask;
  }

  #isAt(bytes: Uint8Array, at: number): boolean {
    for (const needle of this.needles) if (holdsAt(bytes, at, needle)) return true;
    return false;
  }
}

/** Whether these bytes hold those, or so many of them, at a place. */
export function holdsAt(bytes: Uint8Array, at: number, part: Uint8Array, length = part.length): boolean {
  let index = 0;
  while (index < length && part[index] === bytes[at + index]) index++;
  return index === length;
}
