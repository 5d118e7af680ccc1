import { dayOf, type Day } from './day';
import type { DayReset } from './limits';
import type { SavedMeter } from './saved-account';

const DAY_MS = 86_400_000;

/** Counts what is used in a provider's day. */
export class DayCount {
  requests = 0;
  tokens = 0;
  #day: Day = { from: 0, to: 0 };
  #reset: DayReset | undefined;

  /** When the day ends that was counted last; milliseconds since the epoch. */
  get to(): number {
    return this.#day.to;
  }

  get isEmpty(): boolean {
    return this.requests + this.tokens === 0;
  }

  /** The day that it is now begins, unless it has. */
  start(reset: DayReset | undefined, now: number): void {
    const isOver = now >= this.#day.to;
    if (!isOver && reset === this.#reset) return;
    this.#day = dayOf(now, reset);
    this.#reset = reset;
    // Another hour of the reset begins no new day.
    if (!isOver) return;
    this.requests = 0;
    this.tokens = 0;
  }

  /** What was taken at a time turns out to be so much more, or less. */
  correct(requests: number, tokens: number, takenAt: number): void {
    if (takenAt < this.#day.from) return;
    this.requests = Math.max(0, this.requests + requests);
    this.tokens = Math.max(0, this.tokens + tokens);
  }

  /** What another one has counted counts here too. */
  absorb(other: DayCount): void {
    if (other.#day.to < this.#day.to) return;
    const isSameDay = other.#day.to === this.#day.to;
    this.#day = other.#day;
    this.#reset = other.#reset;
    this.requests = (isSameDay ? this.requests : 0) + other.requests;
    this.tokens = (isSameDay ? this.tokens : 0) + other.tokens;
  }

  /** So much was used, as others say. */
  atLeast([to, requests, tokens]: NonNullable<SavedMeter['d']>, now: number): void {
    if (to <= now) return;
    if (this.#day.to <= now) return this.restore([to, requests, tokens]);
    this.requests = Math.max(this.requests, requests);
    this.tokens = Math.max(this.tokens, tokens);
  }

  saved(now: number): Pick<SavedMeter, 'd'> {
    if (this.#day.to <= now || this.requests === 0) return {};
    return { d: [this.#day.to, this.requests, this.tokens] };
  }

  restore([to, requests, tokens]: NonNullable<SavedMeter['d']>): void {
    this.#day = { from: to - DAY_MS, to };
    this.requests = requests;
    this.tokens = tokens;
  }
}
