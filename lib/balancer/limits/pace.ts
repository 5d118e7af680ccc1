import type { Room } from './capacity';
import { RecentAnswers } from './recent-answers';

const MINUTE_MS = 60_000;
/** Of the pace, after a limit was met, at most. */
const DECREASE_MAX = 0.07;
/**
 * So much of what was answered in a minute is far too fast, and brought down to the other: a guess at once, and a pace
 * step by step, as during a failure of the provider little is answered too.
 */
const FAR = 1.5;
const NEAR = 1.15;
const FAR_DECREASE_MAX = 0.2;
const GUESS_DECREASE_MAX = 0.99;
/** Of the pace, for each answer while it is what holds requests back; the longer none was refused, the more. */
const INCREASE = 0.001;
const DOUBLES_AFTER = 50;
const INCREASE_MAX = 0.2;
/** The same while the pace is only a guess. */
const GUESS_INCREASE = 0.1;
/** Of fewer answers in a minute no pace can be told. */
const KNOWN_MIN = 3;
/** So many may follow each other at once. */
const BURST = 2;
/** Of the latest request in what is usual. */
const USUAL_SHARE = 0.05;

/** A request that met the limit. */
export interface Refused {
  readonly takenAt: number;
  readonly tokens: number;
}

/**
 * The pace of a key whose answers say nothing of its limits: what it took before it refused. It rises until a limit is
 * met again, as TCP finds the width of a line (RFC 5681), and falls by as much as it was too fast.
 */
export class Pace {
  /** Milliseconds from one request to the next; 0 until it is known. */
  #intervalMs = 0;
  #nextAt = 0;
  /** Since the last refusal. */
  #answered = 0;
  #refusedAt = 0;
  #isGuess = true;
  readonly #recent = new RecentAnswers();
  #since = Infinity;
  /** How many were answered in a minute, as far as is known. */
  #perMinute = 0;
  /** Tokens of a usual request. */
  #usualTokens = 0;
  /** How much of a minute's requests is left, as a bucket that is empty at a refusal and refills at the pace. */
  #left = 0;
  #leftAt = 0;

  get intervalMs(): number {
    return this.#intervalMs;
  }

  waitMs(now: number): number {
    // The first after a refusal goes alone.
    const burst = this.#answered === 0 ? 1 : BURST;
    return Math.max(0, this.#nextAt - (burst - 1) * this.#intervalMs - now);
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
    if (isHeldBack && this.#answered > 0) this.#faster();
  }

  accepted(tokens: number, now: number): void {
    this.#answered += 1;
    this.#recent.add(now);
    this.#usualTokens += (tokens - this.#usualTokens) * (this.#usualTokens === 0 ? 1 : USUAL_SHARE);
  }

  /**
   * A request met the limit. What was sent before the last refusal came tells nothing new. `perMinute`: how many
   * requests were answered in the last minute, if it was a whole one.
   */
  refused({ takenAt, tokens }: Refused, perMinute: number, isWholeMinute: boolean, now: number): void {
    if (takenAt < this.#refusedAt) return;
    if (this.#intervalMs === 0) {
      if (perMinute < KNOWN_MIN) return;
      this.#intervalMs = MINUTE_MS / perMinute;
      this.#perMinute = perMinute;
      this.#isGuess = !isWholeMinute;
      this.#since = now;
    } else if (this.#answered > 0) {
      if (now - this.#since >= MINUTE_MS) this.#perMinute = this.#recent.perMinute(now);
      const wasGuess = this.#isGuess;
      this.#isGuess &&= now - this.#since < MINUTE_MS;
      this.#slower(tokens, wasGuess);
    }
    this.#refusedAt = now;
    this.#keepLeft(0, now);
    this.#answered = 0;
    this.#nextAt = Math.max(this.#nextAt, now + this.#intervalMs);
  }

  /**
   * A pace that is too fast by one in twenty is refused one in twenty; but one that meets the end of a window is by as
   * much as it is above what was answered. A large request may be refused where a usual one is not, and says less.
   */
  #slower(tokens: number, wasGuess: boolean): void {
    const pace = MINUTE_MS / this.#intervalMs;
    const answered = this.#perMinute;
    const tooFast = Math.max(0, pace - answered);
    const isFar = pace > FAR * answered;
    const by = isFar
      ? Math.min(pace - NEAR * answered, pace * (wasGuess ? GUESS_DECREASE_MAX : FAR_DECREASE_MAX))
      : Math.min(tooFast, pace * DECREASE_MAX, pace / this.#answered);
    const weight = tokens > this.#usualTokens ? this.#usualTokens / tokens : 1;
    this.#intervalMs = MINUTE_MS / (pace - by * weight);
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
    const increase = this.#isGuess ? GUESS_INCREASE : INCREASE * 2 ** (this.#answered / DOUBLES_AFTER);
    this.#intervalMs /= 1 + Math.min(INCREASE_MAX, increase);
  }
}
