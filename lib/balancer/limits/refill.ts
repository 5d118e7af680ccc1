import type { SeenLimit } from './seen-limits';

/** How sure it must be that what is left comes back bit by bit, and not all at once. */
const SURE = 2;
const SURE_MAX = 4;
/** Times in answers are this coarse; milliseconds. */
const COARSE_MS = 300;

/** What an answer told. */
interface Word {
  readonly at: number;
  readonly resetAt: number;
  /** So much was used up. */
  readonly missing: number;
}

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

  /** It has been seen to end as a whole. */
  get isUnlikely(): boolean {
    return this.#shown < 0;
  }

  /** An answer tells of a reset, after so much was taken of what the word before it told. */
  see({ resetAt, unitMs }: SeenLimit, before: Word, taken: number, now: number): void {
    const { at, missing } = before;
    if (resetAt === undefined || now >= before.resetAt || taken <= 0 || missing <= 0) return;
    const expectedMs = taken * (unitMs ?? (before.resetAt - at) / missing);
    if (expectedMs < COARSE_MS) return;
    const movedMs = resetAt - before.resetAt;
    const isLikeBucket = Math.abs(movedMs - expectedMs) < Math.abs(movedMs);
    this.#shown = Math.max(-SURE_MAX, Math.min(SURE_MAX, this.#shown + (isLikeBucket ? 1 : -1)));
  }
}
