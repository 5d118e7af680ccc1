import type { CapacityNote } from './capacity';
import { dayOf, type Day } from './day';
import type { DayReset, UseLimits } from './limits';
import type { SavedMeter } from './saved-account';
import { SlidingMinute } from './sliding-minute';

const DAY_MS = 86_400_000;
/** Nobody knows when a request in flight will end: one is looked for again after so long. */
const UNTIL_ONE_ENDS_MS = 250;

/** Counts what is used against limits that a person has set: in the last minute, today and at the moment. */
export class Meter {
  readonly #requests = new SlidingMinute();
  readonly #tokens = new SlidingMinute();
  #day: Day = { from: 0, to: 0 };
  #reset: DayReset | undefined;
  #requestsToday = 0;
  #tokensToday = 0;
  inFlight = 0;
  /** Reserved for those in flight: what they do not use comes back when they end. */
  tokensInFlight = 0;

  /** Milliseconds until a request of so many tokens is within the limits; 0 if it is now. */
  waitMs(limits: UseLimits, reset: DayReset | undefined, tokens: number, now: number): number {
    const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
    let wait = concurrency !== undefined && this.inFlight >= concurrency ? UNTIL_ONE_ENDS_MS : 0;
    if (requestsPerMinute !== undefined) {
      wait = Math.max(wait, this.#requests.waitMs(1, requestsPerMinute, now));
    }
    if (tokensPerMinute !== undefined) {
      wait = Math.max(wait, this.#tokensWaitMs(tokens, tokensPerMinute, now));
    }
    return Math.max(wait, this.#dayWaitMs(limits, reset, tokens, now));
  }

  /** The smallest share that is left of any limit: 1 is all of it. */
  leftShare(limits: UseLimits, reset: DayReset | undefined, now: number): number {
    const { requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
    this.#startDay(reset, now);
    return Math.min(
      shareLeft(this.#requests.used(now), requestsPerMinute),
      shareLeft(this.#tokens.used(now), tokensPerMinute),
      shareLeft(this.#requestsToday, requestsPerDay),
      shareLeft(this.#tokensToday, tokensPerDay),
      shareLeft(this.inFlight, concurrency),
    );
  }

  /** Notes what is left of each limit. */
  note(into: CapacityNote, limits: UseLimits, reset: DayReset | undefined, now: number): void {
    const { requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
    if (requestsPerMinute !== undefined) {
      into.addUsed(
        'requestsPerMinute',
        requestsPerMinute,
        this.#requests.used(now),
        this.#requests.emptyAt(now),
      );
    }
    if (tokensPerMinute !== undefined) {
      into.addUsed('tokensPerMinute', tokensPerMinute, this.#tokens.used(now), this.#tokens.emptyAt(now));
    }
    into.addUsed('concurrency', concurrency, this.inFlight, undefined);
    if (requestsPerDay === undefined && tokensPerDay === undefined) return;
    // A day in which nothing was used needs no clock.
    if (this.#requestsToday + this.#tokensToday > 0) this.#startDay(reset, now);
    const [requests, tokens] = [this.#requestsToday, this.#tokensToday];
    into.addUsed('requestsPerDay', requestsPerDay, requests, requests > 0 ? this.#day.to : undefined);
    into.addUsed('tokensPerDay', tokensPerDay, tokens, tokens > 0 ? this.#day.to : undefined);
  }

  take(tokens: number, reset: DayReset | undefined, now: number): void {
    this.#startDay(reset, now);
    this.inFlight += 1;
    this.tokensInFlight += tokens;
    this.#requests.add(1, now, now);
    this.#tokens.add(tokens, now, now);
    this.#requestsToday += 1;
    this.#tokensToday += tokens;
  }

  /** One that another one has counted is in flight. */
  hold(tokens: number): void {
    this.inFlight += 1;
    this.tokensInFlight += tokens;
  }

  /** A request of that time has used more, or less, than was reserved for it. */
  correct(requests: number, tokens: number, takenAt: number, now: number): void {
    if (requests !== 0) this.#requests.add(requests, takenAt, now);
    if (tokens !== 0) this.#tokens.add(tokens, takenAt, now);
    if (takenAt < this.#day.from) return;
    this.#requestsToday = Math.max(0, this.#requestsToday + requests);
    this.#tokensToday = Math.max(0, this.#tokensToday + tokens);
  }

  /** What another one has counted counts here too. */
  absorb(other: Meter): void {
    this.#requests.absorb(other.#requests);
    this.#tokens.absorb(other.#tokens);
    if (other.#day.to < this.#day.to) return;
    const isSameDay = other.#day.to === this.#day.to;
    this.#day = other.#day;
    this.#reset = other.#reset;
    this.#requestsToday = (isSameDay ? this.#requestsToday : 0) + other.#requestsToday;
    this.#tokensToday = (isSameDay ? this.#tokensToday : 0) + other.#tokensToday;
  }

  /** One for which so many tokens were reserved is no longer in flight. */
  release(tokens: number): void {
    this.inFlight -= 1;
    this.tokensInFlight -= tokens;
  }

  saved(now: number): SavedMeter {
    const r = this.#requests.saved(now);
    const t = this.#tokens.saved(now);
    const isToday = this.#day.to > now && this.#requestsToday > 0;
    return {
      ...(r.length > 0 && { r }),
      ...(t.length > 0 && { t }),
      ...(isToday && { d: [this.#day.to, this.#requestsToday, this.#tokensToday] }),
    };
  }

  restore({ r = [], t = [], d }: SavedMeter): void {
    this.#requests.restore(r);
    this.#tokens.restore(t);
    if (d === undefined) return;
    const [to, requests, tokens] = d;
    this.#day = { from: to - DAY_MS, to };
    this.#requestsToday = requests;
    this.#tokensToday = tokens;
  }

  /** Those in flight may use less than is reserved for them. */
  #tokensWaitMs(tokens: number, limit: number, now: number): number {
    const wait = this.#tokens.waitMs(tokens, limit, now);
    if (wait <= UNTIL_ONE_ENDS_MS || this.tokensInFlight === 0) return wait;
    const isForThoseInFlight =
      this.#tokens.used(now) + Math.min(tokens, limit) - this.tokensInFlight <= limit;
    return isForThoseInFlight ? UNTIL_ONE_ENDS_MS : wait;
  }

  #dayWaitMs(limits: UseLimits, reset: DayReset | undefined, tokens: number, now: number): number {
    const { requestsPerDay, tokensPerDay } = limits;
    if (requestsPerDay === undefined && tokensPerDay === undefined) return 0;
    this.#startDay(reset, now);
    const untilTomorrow = this.#day.to - now;
    if (requestsPerDay !== undefined && this.#requestsToday + 1 > requestsPerDay) return untilTomorrow;
    if (tokensPerDay === undefined) return 0;
    const over = this.#tokensToday + Math.min(tokens, tokensPerDay) - tokensPerDay;
    if (over <= 0) return 0;
    return over <= this.tokensInFlight ? Math.min(untilTomorrow, UNTIL_ONE_ENDS_MS) : untilTomorrow;
  }

  #startDay(reset: DayReset | undefined, now: number): void {
    const isOver = now >= this.#day.to;
    if (!isOver && reset === this.#reset) return;
    this.#day = dayOf(now, reset);
    this.#reset = reset;
    // Another hour of the reset begins no new day.
    if (!isOver) return;
    this.#requestsToday = 0;
    this.#tokensToday = 0;
  }
}

function shareLeft(used: number, limit: number | undefined): number {
  return limit === undefined ? 1 : Math.max(0, 1 - used / limit);
}
