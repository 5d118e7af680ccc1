import type { CapacityNote } from './capacity';
import { mayTake, shareOf, type Sharing } from './company';
import { DayCount } from './day-count';
import type { DayReset, UseLimits } from './limits';
import type { OthersUse } from './others-use';
import type { SavedMeter, SharedMeter } from './saved-account';
import { SlidingMinute } from './sliding-minute';

const NOBODY: readonly OthersUse[] = [];
/** Nobody knows when a request in flight will end: one is looked for again after so long. */
const UNTIL_ONE_ENDS_MS = 250;
/** Until more of what is shared may be taken. */
const NEXT_ROUND_MS = 50;

/** Counts what is used against limits that a person has set: in the last minute, today and at the moment. */
export class Meter {
  readonly #requests = new SlidingMinute();
  readonly #tokens = new SlidingMinute();
  readonly #today = new DayCount();
  #others: readonly OthersUse[] = NOBODY;
  #othersRequests: readonly SlidingMinute[] | undefined;
  #othersTokens: readonly SlidingMinute[] | undefined;
  inFlight = 0;
  /** Reserved for those in flight: what they do not use comes back when they end. */
  tokensInFlight = 0;

  /**
   * Milliseconds until a request of so many tokens is within the limits; 0 if it is now. `sharing`: with other
   * instances, which may take of the same limits at the same moment.
   */
  waitMs(
    limits: UseLimits,
    reset: DayReset | undefined,
    tokens: number,
    now: number,
    sharing?: Sharing,
  ): number {
    if (sharing === undefined) return this.#waitMs(limits, reset, tokens, now);
    const { company, unheard, silent } = sharing;
    const wait = this.#waitMs(shareOf(limits, company), reset, tokens, now);
    if (wait > 0 || (unheard.requests === 0 && silent === 0) || !company.isInTouch) return wait;
    return this.#mayTake(limits, tokens, now, sharing) ? 0 : NEXT_ROUND_MS;
  }

  #waitMs(limits: UseLimits, reset: DayReset | undefined, tokens: number, now: number): number {
    const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
    let wait = concurrency !== undefined && this.#inFlightOfAll >= concurrency ? UNTIL_ONE_ENDS_MS : 0;
    if (requestsPerMinute !== undefined) {
      wait = Math.max(wait, this.#requests.waitMs(1, requestsPerMinute, now, this.#othersRequests));
    }
    if (tokensPerMinute !== undefined) {
      wait = Math.max(wait, this.#tokensWaitMs(tokens, tokensPerMinute, now));
    }
    return Math.max(wait, this.#dayWaitMs(limits, reset, tokens, now));
  }

  #mayTake(limits: UseLimits, tokens: number, now: number, sharing: Sharing): boolean {
    const { unheard } = sharing;
    const isFree = (limit: number | undefined, used: number, amount: number, taken: number): boolean =>
      limit === undefined || mayTake(Math.min(amount, limit), { limit, used }, taken, sharing);
    return (
      isFree(limits.requestsPerMinute, this.#requestsOfAll(now), 1, unheard.requests) &&
      isFree(limits.tokensPerMinute, this.#tokensOfAll(now), tokens, unheard.tokens) &&
      isFree(limits.requestsPerDay, this.#requestsTodayOfAll(now), 1, unheard.requests) &&
      isFree(limits.tokensPerDay, this.#tokensTodayOfAll(now), tokens, unheard.tokens) &&
      isFree(limits.concurrency, this.#inFlightOfAll, 1, Math.min(unheard.requests, this.inFlight))
    );
  }

  /** The smallest share that is left of any limit: 1 is all of it. */
  leftShare(limits: UseLimits, reset: DayReset | undefined, now: number): number {
    const { requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
    this.#today.start(reset, now);
    return Math.min(
      shareLeft(this.#requestsOfAll(now), requestsPerMinute),
      shareLeft(this.#tokensOfAll(now), tokensPerMinute),
      shareLeft(this.#requestsTodayOfAll(now), requestsPerDay),
      shareLeft(this.#tokensTodayOfAll(now), tokensPerDay),
      shareLeft(this.#inFlightOfAll, concurrency),
    );
  }

  /** Notes what is left of each limit. */
  note(into: CapacityNote, limits: UseLimits, reset: DayReset | undefined, now: number): void {
    const { requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
    if (requestsPerMinute !== undefined) {
      const emptyAt = this.#requests.emptyAt(now, this.#othersRequests);
      into.addUsed('requestsPerMinute', requestsPerMinute, this.#requestsOfAll(now), emptyAt);
    }
    if (tokensPerMinute !== undefined) {
      const emptyAt = this.#tokens.emptyAt(now, this.#othersTokens);
      into.addUsed('tokensPerMinute', tokensPerMinute, this.#tokensOfAll(now), emptyAt);
    }
    into.addUsed('concurrency', concurrency, this.#inFlightOfAll, undefined);
    if (requestsPerDay === undefined && tokensPerDay === undefined) return;
    // A day in which nothing was used needs no clock.
    if (!this.#today.isEmpty || this.#others.length > 0) this.#today.start(reset, now);
    const [requests, tokens] = [this.#requestsTodayOfAll(now), this.#tokensTodayOfAll(now)];
    into.addUsed('requestsPerDay', requestsPerDay, requests, requests > 0 ? this.#today.to : undefined);
    into.addUsed('tokensPerDay', tokensPerDay, tokens, tokens > 0 ? this.#today.to : undefined);
  }

  take(tokens: number, reset: DayReset | undefined, now: number): void {
    this.#today.start(reset, now);
    this.inFlight += 1;
    this.tokensInFlight += tokens;
    this.#requests.add(1, now, now);
    this.#tokens.add(tokens, now, now);
    this.#today.correct(1, tokens, now);
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
    this.#today.correct(requests, tokens, takenAt);
  }

  /** What another one has counted counts here too. */
  absorb(other: Meter): void {
    this.#requests.absorb(other.#requests);
    this.#tokens.absorb(other.#tokens);
    this.#today.absorb(other.#today);
  }

  /** One for which so many tokens were reserved is no longer in flight. */
  release(tokens: number): void {
    this.inFlight -= 1;
    this.tokensInFlight -= tokens;
  }

  /** What other instances use of the same limits, which counts here as long as it is known. */
  countOthers(others: readonly OthersUse[]): void {
    this.#others = others;
    this.#othersRequests = others.map(({ requests }) => requests);
    this.#othersTokens = others.map(({ tokens }) => tokens);
  }

  /** What others have to know of it: what has changed since the last call, unless it is `isWhole`. */
  shared(now: number, isWhole: boolean): SharedMeter {
    const [r, t] = [this.#requests.changed(now), this.#tokens.changed(now)];
    return { ...this.saved(now), ...(!isWhole && { r, t }), f: [this.inFlight, this.tokensInFlight] };
  }

  saved(now: number): SavedMeter {
    const [r, t] = [this.#requests.saved(now), this.#tokens.saved(now)];
    return { ...(r.length > 0 && { r }), ...(t.length > 0 && { t }), ...this.#today.saved(now) };
  }

  restore({ r = [], t = [], d }: SavedMeter): void {
    this.#requests.restore(r);
    this.#tokens.restore(t);
    if (d !== undefined) this.#today.restore(d);
  }

  /** So much was used here, as others say, whose clock is so many seconds ahead. */
  atLeast({ r = [], t = [], d }: SavedMeter, behind: number, now: number): void {
    this.#requests.atLeast(r, behind, now);
    this.#tokens.atLeast(t, behind, now);
    if (d !== undefined) this.#today.atLeast(d, now);
  }

  get #inFlightOfAll(): number {
    return this.inFlight + sumOf(this.#others, ({ inFlight }) => inFlight);
  }

  get #tokensInFlightOfAll(): number {
    return this.tokensInFlight + sumOf(this.#others, ({ tokensInFlight }) => tokensInFlight);
  }

  #requestsOfAll(now: number): number {
    return this.#requests.used(now, this.#othersRequests);
  }

  #tokensOfAll(now: number): number {
    return this.#tokens.used(now, this.#othersTokens);
  }

  #requestsTodayOfAll(now: number): number {
    return this.#today.requests + sumOf(this.#others, (other) => other.today(now).requests);
  }

  #tokensTodayOfAll(now: number): number {
    return this.#today.tokens + sumOf(this.#others, (other) => other.today(now).tokens);
  }

  /** Those in flight may use less than is reserved for them. */
  #tokensWaitMs(tokens: number, limit: number, now: number): number {
    const wait = this.#tokens.waitMs(tokens, limit, now, this.#othersTokens);
    const inFlight = this.#tokensInFlightOfAll;
    if (wait <= UNTIL_ONE_ENDS_MS || inFlight === 0) return wait;
    const isForThoseInFlight = this.#tokensOfAll(now) + Math.min(tokens, limit) - inFlight <= limit;
    return isForThoseInFlight ? UNTIL_ONE_ENDS_MS : wait;
  }

  #dayWaitMs(limits: UseLimits, reset: DayReset | undefined, tokens: number, now: number): number {
    const { requestsPerDay, tokensPerDay } = limits;
    if (requestsPerDay === undefined && tokensPerDay === undefined) return 0;
    this.#today.start(reset, now);
    const untilTomorrow = this.#today.to - now;
    if (requestsPerDay !== undefined && this.#requestsTodayOfAll(now) + 1 > requestsPerDay)
      return untilTomorrow;
    if (tokensPerDay === undefined) return 0;
    const over = this.#tokensTodayOfAll(now) + Math.min(tokens, tokensPerDay) - tokensPerDay;
    if (over <= 0) return 0;
    return over <= this.#tokensInFlightOfAll ? Math.min(untilTomorrow, UNTIL_ONE_ENDS_MS) : untilTomorrow;
  }
}

function sumOf(others: readonly OthersUse[], pick: (other: OthersUse) => number): number {
  let sum = 0;
  for (const other of others) sum += pick(other);
  return sum;
}

function shareLeft(used: number, limit: number | undefined): number {
  return limit === undefined ? 1 : Math.max(0, 1 - used / limit);
}
