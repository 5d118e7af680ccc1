import { describe, expect, it } from 'vitest';
import { Account } from '../../../../lib/balancer/limits/account';
import { START_MS as NOW } from '../support';

const MINUTE_MS = 60_000;
const LENGTH_MS = 10 * MINUTE_MS;
const TICK_MS = 100;
const LIMIT = 20;
/** More than the key takes. */
const EVERY_MS = MINUTE_MS / LIMIT / 1.2;

/** Takes so many requests in any minute; `resetMs`: what it tells, by the times of the requests in it. */
class Provider {
  #times: number[] = [];

  constructor(private readonly resetMs: (times: readonly number[], now: number) => number) {}

  takes(now: number): boolean {
    this.#times = this.#times.filter((at) => at > now - MINUTE_MS);
    if (this.#times.length >= LIMIT) return false;
    this.#times.push(now);
    return true;
  }

  tells(now: number) {
    const resetAt = now + this.resetMs(this.#times, now);
    return [
      { of: 'requests', limit: LIMIT, remaining: LIMIT - this.#times.length, resetAt, spanMs: undefined },
    ] as const;
  }
}

/** Asks whenever it may, as there are always requests; the first two minutes do not count. */
function course(provider: Provider): { served: number; refused: number } {
  const account = new Account();
  let [served, refused, due] = [0, 0, 0];
  for (let now = NOW; now < NOW + LENGTH_MS; now += TICK_MS) {
    due = Math.min(5, due + TICK_MS / EVERY_MS);
    while (due >= 1 && account.waitMs(undefined, 'm', 10, now) === 0) {
      const reservation = account.take(undefined, 'm', 10, now);
      const isCounted = now >= NOW + 2 * MINUTE_MS;
      if (provider.takes(now)) {
        due -= 1;
        if (isCounted) served += 1;
        account.accepted(reservation, provider.tells(now), now);
      } else {
        if (isCounted) refused += 1;
        account.refused(reservation, provider.tells(now), undefined, now);
      }
      account.answered(reservation);
    }
  }
  return { served, refused };
}

const POSSIBLE = (LIMIT * (LENGTH_MS - 2 * MINUTE_MS)) / MINUTE_MS;

describe('a told window that moves', () => {
  it.each<[string, (times: readonly number[], now: number) => number]>([
    ['the first comes back', ([first = 0], now) => first + MINUTE_MS - now],
    ['all is back', (times, now) => (times.at(-1) ?? now) + MINUTE_MS - now],
    ['a minute is over', () => MINUTE_MS],
  ])('is used up and not asked for more, if its reset is told as when %s', (_, resetMs) => {
    const { served, refused } = course(new Provider(resetMs));
    expect(served / POSSIBLE).toBeGreaterThan(0.93);
    expect(refused / served).toBeLessThan(0.05);
  });
});

it('a limit by the second without a reset is used in each second', () => {
  const account = new Account();
  let served = 0;
  for (let now = NOW; now < NOW + 10_000; now += TICK_MS) {
    for (let left = 5; account.waitMs(undefined, 'm', 10, now) === 0 && left > 0; served += 1) {
      const reservation = account.take(undefined, 'm', 10, now);
      left -= 1;
      account.accepted(reservation, [{ of: 'requests', spanMs: 1_000, limit: 5, remaining: left }], now);
      account.answered(reservation);
    }
  }
  expect(served).toBe(50);
});
