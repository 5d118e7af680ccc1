import type { Room } from './capacity';

const MINUTE_MS = 60_000;
/** Of the pace, after a limit was met. */
const DECREASE = 0.93;
/** Of the pace, for each answer while it is what holds requests back; the longer none was refused, the more. */
const INCREASE = 0.0015;
const DOUBLES_AFTER = 50;
/** The same while the pace is only a guess. */
const INCREASE_MAX = 0.2;
/** Of fewer answers in a minute no pace can be told. */
const KNOWN_MIN = 3;
/** So many may follow each other at once. */
const BURST = 2;

/**
 * The pace of a key whose answers say nothing of its limits: what it took before it refused. Additive increase,
 * multiplicative decrease, as TCP finds the width of a line (RFC 5681).
 */
export class Pace {
  /** Milliseconds from one request to the next; 0 until it is known. */
  #intervalMs = 0;
  #nextAt = 0;
  #takenSinceRefusal = 0;
  #refusedAt = 0;
  #isGuess = true;
  /** How much of a minute's requests is left, as a bucket that is empty at a refusal and refills at the pace. */
  #left = 0;
  #leftAt = 0;

  get intervalMs(): number {
    return this.#intervalMs;
  }

  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - (BURST - 1) * this.#intervalMs - now);
  }

  /** 1 is all of it. */
  leftShare(now: number): number {
    if (this.#intervalMs === 0) return 1;
    return Math.max(0, Math.min(1, 1 - (this.#nextAt - now) / this.#intervalMs / BURST));
  }

  /** What is left of a minute's requests; undefined while no pace is known. */
  room(now: number): Room | undefined {
    if (this.#intervalMs === 0) return undefined;
    const limit = Math.max(1, Math.round(MINUTE_MS / this.#intervalMs));
    const left = Math.min(limit, Math.floor(this.#leftOf(now)));
    const resetsAt =
      left < limit ? now + Math.ceil((limit - this.#leftOf(now)) * this.#intervalMs) : undefined;
    return { left, limit, source: 'paced', resetsAt };
  }

  take(now: number): void {
    if (this.#intervalMs > 0) this.#keepLeft(Math.max(0, this.#leftOf(now) - 1), now);
    const isHeldBack = now < this.#nextAt + this.#intervalMs;
    this.#nextAt = Math.max(now, this.#nextAt) + this.#intervalMs;
    if (isHeldBack) this.#faster();
  }

  accepted(): void {
    this.#takenSinceRefusal += 1;
  }

  /**
   * A request of that time met the limit. What was sent before the last refusal came tells nothing new. `perMinute`:
   * how many requests were answered in the last minute, if it was a whole one.
   */
  refused(dialedAt: number, perMinute: number, isWholeMinute: boolean, now: number): void {
    if (dialedAt < this.#refusedAt) return;
    if (this.#intervalMs === 0) {
      if (perMinute < KNOWN_MIN) return;
      this.#intervalMs = MINUTE_MS / perMinute;
      this.#isGuess = !isWholeMinute;
    } else {
      this.#intervalMs *= this.#isGuess ? 1 + INCREASE_MAX : 1 / DECREASE;
      this.#isGuess = false;
    }
    this.#refusedAt = now;
    this.#keepLeft(0, now);
    this.#takenSinceRefusal = 0;
    this.#nextAt = Math.max(this.#nextAt, now + this.#intervalMs);
  }

  #leftOf(now: number): number {
    const back = Math.max(0, now - this.#leftAt) / this.#intervalMs;
    return Math.min(Math.max(1, MINUTE_MS / this.#intervalMs), this.#left + back);
  }

  #keepLeft(left: number, now: number): void {
    this.#left = left;
    this.#leftAt = now;
  }

  #faster(): void {
    const increase = this.#isGuess ? INCREASE_MAX : INCREASE * 2 ** (this.#takenSinceRefusal / DOUBLES_AFTER);
    this.#intervalMs /= 1 + Math.min(INCREASE_MAX, increase);
  }
}
