const SHIFT_MAX = 255;

/**
 * Finds texts as they stand, all in one pass that looks at few of the bytes (Horspool's search, for a set): a byte that none
 * of them has lets it jump over as many bytes as the shortest one has.
 */
export class NeedleSearch {
  readonly #last: number;
  readonly #shifts: Uint8Array;

  /** There must be at least one needle, and no empty one. */
  constructor(private readonly needles: readonly Buffer[]) {
    const window = needles.reduce((least, { length }) => Math.min(least, length), SHIFT_MAX);
    this.#last = window - 1;
    this.#shifts = new Uint8Array(256).fill(window);
    for (const bytes of needles) {
      for (let at = 0; at < window; at++) {
        const byte = bytes[at] ?? 0;
        this.#shifts[byte] = Math.min(this.#shifts[byte] ?? 0, this.#last - at);
      }
    }
  }

  /** Where the first of them begins, at or behind `from`; -1 if there is none. */
  find(bytes: Uint8Array, from: number): number {
    const shifts = this.#shifts;
    const last = this.#last;
    const { length } = bytes;
    for (let at = from + last; at < length;) {
      const shift = shifts[bytes[at] ?? 0] ?? 0;
      if (shift > 0) at += shift;
      else if (this.#isAt(bytes, at - last)) return at - last;
      else at++;
    }
    return -1;
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
