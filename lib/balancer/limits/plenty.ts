import type { SeenLimit } from './seen-limits';

/** So much must be left of a limit for a minute at least. */
const LEFT_SHARE = 0.5;
const SPAN_MIN_MS = 60_000;
/** So little of it may have been drawn since, or be on its way. */
const DRAWN_SHARE = 0.01;
const FOR_MS = 1_000;

/**
 * Whether a limit was told a moment ago to have plenty left. What the next answers say of it is hardly news then, and
 * need not be read: under heavy traffic that costs more than anything else about limits.
 */
export class Plenty {
  #until = 0;
  #drawnMax = 0;

  /** An answer has told what is left; `most`: as much as it has been seen to give at once. */
  told({ remaining = 0, limit = 0, spanMs = SPAN_MIN_MS }: SeenLimit, most: number, now: number): void {
    const isPlenty = remaining >= LEFT_SHARE * Math.max(most, limit) && spanMs >= SPAN_MIN_MS;
    this.#until = isPlenty ? now + FOR_MS : 0;
    this.#drawnMax = DRAWN_SHARE * most;
  }

  /** `drawn`: as much at most as the word may not know of. */
  isLeft(drawn: number, now: number): boolean {
    return now < this.#until && drawn <= this.#drawnMax;
  }
}
