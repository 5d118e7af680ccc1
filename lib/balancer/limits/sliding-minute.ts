import type { SavedSeconds } from './saved-account';

const SECOND_MS = 1_000;
const NOBODY: readonly SlidingMinute[] = [];
/** The minute, and the second that is going on. */
const SECONDS = 61;

/**
 * How much was used in the last minute, by whole seconds. What was used in the second that is just leaving the minute
 * still counts whole: never more than the limit is let through in any 60 s.
 */
export class SlidingMinute {
  readonly #bySecond = new Float64Array(SECONDS);
  /** The second that was written last, since the epoch. */
  #last = 0;
  #sum = 0;
  /** Nothing was used in a later second. */
  #lastUsed = 0;
  /** Seconds that have changed since others were told; undefined as long as nobody has been. */
  #changed: Set<number> | undefined;

  /** `others`: what they have counted of the same counts too, here and below. */
  used(now: number, others: readonly SlidingMinute[] = NOBODY): number {
    this.#moveTo(secondOf(now));
    let sum = this.#sum;
    for (const other of others) sum += other.used(now);
    return sum;
  }

  /** Adds what is used at a time, or takes it back; a time that has left the minute changes nothing. */
  add(amount: number, at: number, now: number): void {
    this.#moveTo(secondOf(now));
    const second = Math.min(secondOf(at), this.#last);
    if (second <= this.#last - SECONDS) return;
    const place = second % SECONDS;
    const before = this.#bySecond[place] ?? 0;
    const after = Math.max(0, before + amount);
    this.#bySecond[place] = after;
    this.#sum += after - before;
    this.#changed?.add(second);
    this.#lastUsed = Math.max(this.#lastUsed, second);
  }

  /** Milliseconds until `amount` more is within the limit; 0 if it is now. An amount over the limit needs all of it. */
  waitMs(amount: number, limit: number, now: number, others: readonly SlidingMinute[] = NOBODY): number {
    let tooMuch = this.used(now, others) + Math.min(amount, limit) - limit;
    if (tooMuch <= 0) return 0;
    for (let second = this.#last - SECONDS + 1; second <= this.#last; second += 1) {
      tooMuch -= this.#in(second);
      for (const other of others) tooMuch -= other.#in(second);
      if (tooMuch <= 0) return (second + SECONDS) * SECOND_MS - now;
    }
    return SECONDS * SECOND_MS;
  }

  /** When all of it has left the minute, if nothing more is used; undefined if nothing is in it. */
  emptyAt(now: number, others: readonly SlidingMinute[] = NOBODY): number | undefined {
    const ends = [this, ...others].flatMap((each) => each.#ownEmptyAt(now) ?? []);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  #ownEmptyAt(now: number): number | undefined {
    if (this.used(now) <= 0) return undefined;
    let second = this.#lastUsed;
    while (this.#in(second) <= 0 && second > this.#last - SECONDS) second -= 1;
    return (second + SECONDS) * SECOND_MS;
  }

  /** What another one has counted counts here too. */
  absorb(other: SlidingMinute): void {
    const now = Math.max(this.#last, other.#last) * SECOND_MS;
    for (let second = other.#last - SECONDS + 1; second <= other.#last; second += 1) {
      const amount = other.#in(second);
      if (amount > 0) this.add(amount, second * SECOND_MS, now);
    }
  }

  /** What a restart must not forget: the seconds of the minute in which something was used. */
  saved(now: number): [second: number, amount: number][] {
    this.#moveTo(secondOf(now));
    const seconds: [number, number][] = [];
    for (let second = this.#last - SECONDS + 1; second <= this.#last; second += 1) {
      const amount = this.#in(second);
      if (amount > 0) seconds.push([second, amount]);
    }
    return seconds;
  }

  /** What `saved` has given. */
  restore(seconds: SavedSeconds): void {
    for (const [second, amount] of seconds) this.add(amount, second * SECOND_MS, second * SECOND_MS);
  }

  /** The seconds that have changed since the last call, as they are now; at first all in which something was used. */
  changed(now: number): SavedSeconds {
    const changed = this.#changed;
    this.#changed = new Set();
    if (changed === undefined) return this.saved(now);
    return [...changed].map((second) => [second, this.#in(second)] as const);
  }

  /** What another one has told of these seconds is what was used in them; its clock is so many seconds behind. */
  set(seconds: SavedSeconds, behind: number, now: number): void {
    for (const [told, amount] of seconds) {
      const second = Math.min(told + behind, secondOf(now));
      this.#moveTo(second);
      if (second > this.#last - SECONDS)
        this.add(amount - this.#in(second), second * SECOND_MS, this.#last * SECOND_MS);
    }
  }

  /** All that was used, was used so many seconds later than it is counted. */
  shift(seconds: number, now: number): void {
    const all = this.saved(now);
    this.#bySecond.fill(0);
    this.#sum = 0;
    for (const [second, amount] of all) this.add(amount, (second + seconds) * SECOND_MS, now);
  }

  /** So much was used, as others say: what is missing of it is taken to be used now. */
  atLeast(seconds: SavedSeconds, behind: number, now: number): void {
    let missing = -this.used(now);
    for (const [told, amount] of seconds) if (told + behind > this.#last - SECONDS) missing += amount;
    if (missing > 0) this.add(missing, now, now);
  }

  #in(second: number): number {
    return this.#bySecond[second % SECONDS] ?? 0;
  }

  #moveTo(second: number): void {
    // A clock that was set back does not make the past come again.
    if (second <= this.#last) return;
    const from = Math.max(this.#last + 1, second - SECONDS + 1);
    for (let passed = from; passed <= second; passed += 1) {
      this.#sum -= this.#bySecond[passed % SECONDS] ?? 0;
      this.#bySecond[passed % SECONDS] = 0;
    }
    if (from === second - SECONDS + 1) this.#sum = 0;
    this.#last = second;
  }
}

function secondOf(at: number): number {
  return Math.floor(at / SECOND_MS);
}
