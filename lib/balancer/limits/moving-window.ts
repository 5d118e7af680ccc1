import { SlidingMinute } from './sliding-minute';

const MINUTE_MS = 60_000;
/** Until nothing is left in the minute of what was used: its seconds are counted whole. */
const GONE_MS = MINUTE_MS + 1_000;
/** How often it must have shown. */
const SHOWN = 2;
/** Of the limit: so much more or less than was thought tells something. */
const CLEAR_SHARE = 0.15;
/** A reset that is told as a minute from now each time; times in answers are this coarse, and words so far apart. */
const COARSE_MS = 1_500;
const APART_MS = 3_000;
/** With less left a bucket that refills tells the same. */
const NEARLY_EMPTY = 0.2;

/** What an answer tells of a limit. */
interface Word {
  readonly remaining: number;
  readonly resetAt: number | undefined;
  /** What would be left if all had come back at the reset before it; undefined if no reset has come since. */
  readonly thought: number | undefined;
}

/**
 * Whether the window of a told limit moves: then each request comes back a minute after it was made, and never all of
 * them at the reset. It shows in what is left after one, or in a reset that is always a minute away. From then on no
 * more is believed than what was told and what has certainly come back since.
 */
export class MovingWindow {
  #shown = 0;
  /** From the first sign on. */
  #used: SlidingMinute | undefined;
  #usedSince = Infinity;
  /** What was left when it was told last, and what had been used of the minute. */
  #whole = 0;
  #toldAt = -Infinity;
  /** When the reset was a minute away last. */
  #minuteAwayAt = Infinity;

  get isShown(): boolean {
    return this.#shown >= SHOWN;
  }

  /** There has been a sign of it, so that each word counts. */
  get isSuspected(): boolean {
    return this.#used !== undefined;
  }

  /** It has been counted for a minute. */
  knowsAll(now: number): boolean {
    return now - this.#usedSince >= GONE_MS;
  }

  /** A request that was sent then has been counted. */
  use(cost: number, takenAt: number, now: number): void {
    this.#used?.add(cost, takenAt, now);
    this.#whole += cost;
  }

  /** An answer tells what is left of at most `most`. */
  see(word: Word, most: number, now: number): void {
    const { remaining, thought } = word;
    const clear = Math.max(1, CLEAR_SHARE * most);
    if (this.isShown) {
      if (remaining + this.#usedBy(now) > most + clear) this.#count(-1, now);
    } else if (thought !== undefined) this.#count(remaining < thought - clear ? SHOWN : -1, now);
    else if (this.#isMinuteAwayAgain(word, most, now)) this.#count(1, now);
    this.#whole = remaining + this.#usedBy(now);
    this.#toldAt = now;
  }

  left(now: number): number {
    return this.#whole - this.#usedBy(now);
  }

  /** Milliseconds until so much is left; at most until all that had been used is back. */
  waitMs(amount: number, now: number): number {
    const backMs = this.#used?.waitMs(amount, this.#whole, now) ?? GONE_MS;
    return Math.max(1, Math.min(this.#toldAt + GONE_MS - now, backMs));
  }

  /** What was told is so old that all which had been used then is back. */
  isOver(now: number): boolean {
    return now >= this.#toldAt + GONE_MS;
  }

  #usedBy(now: number): number {
    return this.#used?.used(now) ?? 0;
  }

  #isMinuteAwayAgain({ resetAt = 0, remaining }: Word, most: number, now: number): boolean {
    const isAway = Math.abs(resetAt - now - MINUTE_MS) < COARSE_MS && remaining > NEARLY_EMPTY * most;
    if (!isAway) return false;
    const isAgain = now - this.#minuteAwayAt > APART_MS;
    if (isAgain || this.#minuteAwayAt === Infinity) this.#minuteAwayAt = now;
    return isAgain;
  }

  #count(by: number, now: number): void {
    this.#shown = Math.max(-SHOWN, Math.min(SHOWN, this.#shown + by));
    if (this.#shown <= 0 || this.#used !== undefined) return;
    this.#used = new SlidingMinute();
    this.#usedSince = now;
  }
}
