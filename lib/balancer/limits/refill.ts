/** How sure it must be that what is left comes back bit by bit, and not all at once. */
const SURE = 2;
const SURE_MAX = 4;
/** Times in answers are this coarse; milliseconds. */
const COARSE_MS = 300;

/**
 * Whether what is left of a told limit comes back bit by bit: a window keeps its end, whatever is used; a bucket is
 * full later by what was.
 */
export class Refill {
  /** Above 0: it refills; below: it ends. */
  #shown = 0;

  get isSure(): boolean {
    return this.#shown >= SURE;
  }

  get isLikely(): boolean {
    return this.#shown > 0;
  }

  /** The reset has moved by so much, and that of a bucket would have by `expectedMs`. */
  resetMoved(byMs: number, expectedMs: number): void {
    if (expectedMs < COARSE_MS) return;
    const isLikeBucket = Math.abs(byMs - expectedMs) < Math.abs(byMs);
    this.#shown = Math.max(-SURE_MAX, Math.min(SURE_MAX, this.#shown + (isLikeBucket ? 1 : -1)));
  }
}
