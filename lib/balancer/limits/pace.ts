import type { Room } from './capacity';
import { RecentAnswers, type Answered } from './recent-answers';
import { WindowPhase } from './window-phase';

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
/**
 * The same while the pace is only a guess: up to what the key may well bear, and beyond. Less if a whole minute told
 * what it takes, which may still be all that was asked of it, as when a provider that fails answers 429 to all; and
 * less after another refusal.
 */
const GUESS_INCREASE = {
  first: { upTo: 0.5, beyond: 0.1 },
  ofMinute: { upTo: 0.5, beyond: 0.02 },
  tried: { upTo: 0.1, beyond: 0.02 },
};
/** A pace that was borne for fewer answers is still a guess. */
const KNOWN_AFTER = 10;
/** Of fewer answers in a minute no pace can be told. */
const KNOWN_MIN = 3;
/** Of a shorter time no pace can be told. */
const BORNE_MIN_MS = 1_000;
/** Nobody knows when a request will be answered: one is looked for again after so long. */
const UNTIL_ONE_ANSWERS_MS = 250;
/** So many may follow each other at once, */
const BURST = 2;
/**
 * unless the second of them is refused as a rule, as where one request in each few seconds is taken. After so many
 * answers it is tried again.
 */
const SECONDS = { refused: -2, accepted: 3, againAfter: 50 };
/** A window that is used up so long before the next one begins leaves nothing unused; earlier is too fast. */
const USED_UP_MS = 12_000;
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
  /** Sent since, and on their way to an answer. */
  #unanswered = 0;
  /** When the first was answered. */
  #answeredFrom = 0;
  #refusedAt = 0;
  #isGuess = true;
  #guessIncrease = GUESS_INCREASE.first;
  /** While it is a guess: the interval that the key may well bear. */
  #likelyMs = 0;
  /** It was never refused again although it was asked no sooner than it had said, or than was thought. */
  #isBackTrue = true;
  /** When the last one was sent, */
  #takenAt = -Infinity;
  /** and when one that followed another at once; below 0: such are refused more often than not. */
  #secondAt = -Infinity;
  #seconds = 0;
  readonly #recent = new RecentAnswers();
  #since = Infinity;
  /** How many were answered in a minute, as far as is known. */
  #perMinute = 0;
  /** Tokens of a usual request. */
  #usualTokens = 0;
  /** How much of a minute's requests is left, as a bucket that is empty at a refusal and refills at the pace. */
  #left = 0;
  #leftAt = 0;
  readonly #phase = new WindowPhase();

  get intervalMs(): number {
    return this.#intervalMs;
  }

  waitMs(now: number): number {
    if (this.#intervalMs === 0) return this.#isBeginning(now) ? UNTIL_ONE_ANSWERS_MS : 0;
    return Math.max(0, this.#nextAt - (this.#burst - 1) * this.#intervalMs - now);
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
    this.#unanswered += 1;
    if (this.#intervalMs > 0) this.#keepLeft(Math.max(0, this.#leftOf(now) - 1), now);
    if (now < this.#takenAt + this.#intervalMs / 2) this.#secondAt = now;
    this.#takenAt = now;
    const isHeldBack = now < this.#nextAt + this.#intervalMs;
    this.#nextAt = Math.max(now, this.#nextAt) + this.#intervalMs;
    if (isHeldBack && this.#answered > 0) this.#faster();
  }

  /** Whatever has come of a request that was sent then. */
  ended(takenAt: number): void {
    if (takenAt >= this.#refusedAt && this.#unanswered > 0) this.#unanswered -= 1;
  }

  accepted(tokens: number, takenAt: number, now: number): void {
    if (takenAt === this.#secondAt) this.#seconds = Math.min(SECONDS.accepted, this.#seconds + 1);
    if (this.#answered === 0) this.#answeredFrom = now;
    this.#answered += 1;
    this.#phase.accepted(takenAt);
    this.#recent.add(now);
    this.#usualTokens += (tokens - this.#usualTokens) * (this.#usualTokens === 0 ? 1 : USUAL_SHARE);
  }

  /** A request met the limit. What was sent before the last refusal came tells nothing new. */
  refused({ takenAt, tokens }: Refused, answered: Answered, now: number): void {
    if (takenAt < this.#refusedAt) return;
    if (takenAt === this.#secondAt) this.#seconds = Math.max(SECONDS.refused, this.#seconds - 1);
    const resetAt = this.#answered > 0 ? this.#phase.nextAt(this.#recent.perMinute(now), now) : undefined;
    if (this.#intervalMs === 0) {
      if (answered.perMinute >= KNOWN_MIN) this.#guess(answered, now);
    } else if (this.#answered === 0) this.#refusedAgain();
    else if (resetAt === undefined || resetAt - now > USED_UP_MS) this.#tooFast(tokens, answered, now);
    this.#phase.refused(takenAt);
    this.#refusedAt = now;
    if (this.#intervalMs > 0) this.#keepLeft(0, now);
    this.#answered = 0;
    this.#unanswered = 0;
    this.#nextAt = (resetAt ?? now + this.#intervalMs) + (this.#burst - 1) * this.#intervalMs;
  }

  /** The first after a refusal goes alone. */
  get #burst(): number {
    const isAlone = this.#seconds === SECONDS.refused && this.#answered < SECONDS.againAfter;
    return isAlone || (this.#answered === 0 && this.#unanswered > 0) ? 1 : BURST;
  }

  /**
   * After a refusal that no pace could be told from, as many are sent at once as have been answered since, and one
   * more: those who have waited for the key do not all meet the limit again.
   */
  #isBeginning(now: number): boolean {
    return this.#unanswered > this.#answered && now - this.#refusedAt < MINUTE_MS;
  }

  /** A key that takes one more after so long bears at least that pace, if its limit is not one of a longer span. */
  #guess({ perMinute, isWholeMinute, mostPerMinute, backMs = Infinity }: Answered, now: number): void {
    const slow = Math.min(MINUTE_MS / perMinute, backMs);
    const fast = Math.min(slow, MINUTE_MS / mostPerMinute);
    const isOfMinute = isWholeMinute && backMs >= MINUTE_MS / perMinute;
    this.#guessIncrease = isOfMinute ? GUESS_INCREASE.ofMinute : GUESS_INCREASE.first;
    this.#intervalMs = Math.sqrt(slow * fast);
    this.#likelyMs = fast;
    this.#perMinute = perMinute;
    this.#since = now;
  }

  /** See `#isBackTrue`. */
  #refusedAgain(): void {
    this.#isBackTrue = false;
    if (this.#isGuess) this.#intervalMs = Math.min(2 * this.#intervalMs, MINUTE_MS / this.#perMinute);
  }

  #tooFast(tokens: number, { backMs }: Answered, now: number): void {
    const refusedMs = this.#intervalMs;
    const wasGuess = this.#isGuess;
    if (now - this.#since >= MINUTE_MS) this.#perMinute = this.#recent.perMinute(now);
    else if (wasGuess) this.#perMinute = Math.max(this.#perMinute, this.#perMinuteSince(now));
    this.#isGuess &&= now - this.#since < MINUTE_MS;
    this.#slower(tokens, wasGuess, this.#isBackTrue ? backMs : undefined);
    this.#likelyMs = Math.sqrt(this.#intervalMs * refusedMs);
    this.#guessIncrease = GUESS_INCREASE.tried;
  }

  /**
   * A pace that is too fast by one in twenty is refused one in twenty; but one that meets the end of a window is by as
   * much as it is above what was answered. A large request may be refused where a usual one is not, and says less.
   */
  #slower(tokens: number, wasGuess: boolean, backMs = Infinity): void {
    const pace = MINUTE_MS / this.#intervalMs;
    const answered = this.#perMinute;
    const tooFast = Math.max(0, pace - answered);
    const isFar = pace > FAR * answered;
    if (!isFar && this.#answered >= KNOWN_AFTER) this.#isGuess = false;
    const by = isFar
      ? Math.min(pace - NEAR * answered, pace * (wasGuess ? GUESS_DECREASE_MAX : FAR_DECREASE_MAX))
      : Math.min(tooFast, pace * DECREASE_MAX, pace / this.#answered);
    const weight = tokens > this.#usualTokens ? this.#usualTokens / tokens : 1;
    this.#intervalMs = Math.min(MINUTE_MS / (pace - by * weight), Math.max(this.#intervalMs, backMs));
  }

  /** What it has borne since it was asked again after the refusal before. */
  #perMinuteSince(now: number): number {
    return (this.#answered * MINUTE_MS) / Math.max(now - this.#answeredFrom, BORNE_MIN_MS);
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
    this.#intervalMs /= 1 + this.#increase;
  }

  get #increase(): number {
    if (!this.#isGuess) return Math.min(INCREASE_MAX, INCREASE * 2 ** (this.#answered / DOUBLES_AFTER));
    const { upTo, beyond } = this.#guessIncrease;
    return this.#intervalMs > this.#likelyMs ? upTo : beyond;
  }
}
