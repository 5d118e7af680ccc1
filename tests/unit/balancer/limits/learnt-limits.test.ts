import { describe, expect, it } from 'vitest';
import { Account } from '../../../../lib/balancer/limits/account';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import { START_MS as NOW } from '../support';

const MINUTE_MS = 60_000;
const LENGTH_MS = 10 * MINUTE_MS;
const TICK_MS = 100;
const LIMIT = 20;
/** More than the key takes. */
const EVERY_MS = MINUTE_MS / LIMIT / 1.2;
/** After a refusal the key rests. */
const REST_MS = 5_000;

/** What the answers to a key tell that takes 20 requests in each minute. */
interface Words {
  readonly answer?: (now: number) => readonly SeenLimit[];
  readonly refusal?: (now: number, endsAt: number) => readonly SeenLimit[];
}

/** Lives through ten minutes of more requests than the key takes; the first minute does not count. */
function course({ answer, refusal }: Words): { served: number; refused: number } {
  const account = new Account();
  let [served, refused, used, minute, due, restsUntil] = [0, 0, 0, 0, 0, 0];
  for (let now = NOW; now < NOW + LENGTH_MS; now += TICK_MS) {
    due += TICK_MS / EVERY_MS;
    if (due < 1 || now < restsUntil || account.waitMs(undefined, 'm', 10, now) > 0) continue;
    const reservation = account.take(undefined, 'm', 10, now);
    const current = Math.floor((now + 20_000) / MINUTE_MS);
    if (current !== minute) [minute, used] = [current, 0];
    const isCounted = now >= NOW + MINUTE_MS;
    if (used < LIMIT) {
      used += 1;
      due -= 1;
      if (isCounted) served += 1;
      account.accepted(reservation, answer?.(now), now);
    } else {
      if (isCounted) refused += 1;
      restsUntil = now + REST_MS;
      const endsAt = (current + 1) * MINUTE_MS - 20_000;
      account.refused(reservation, refusal?.(now, endsAt), undefined, now);
    }
    account.answered(reservation);
  }
  return { served, refused };
}

const POSSIBLE = (LIMIT * (LENGTH_MS - MINUTE_MS)) / MINUTE_MS;

describe('a limit that refusals alone tell of', () => {
  const usedUp = (_now: number, resetAt: number): SeenLimit[] => [
    { of: 'requests', limit: LIMIT, remaining: 0, resetAt },
  ];

  it('is found out as one that nobody tells of', () => {
    const { served, refused } = course({ refusal: usedUp });
    expect(served / POSSIBLE).toBeGreaterThan(0.95);
    expect(refused / served).toBeLessThan(0.1);
  });

  it('holds the key back until its reset, and not after it', () => {
    const account = new Account();
    const reservation = account.take(undefined, 'm', 10, NOW);
    account.refused(reservation, usedUp(NOW, NOW + 30_000), undefined, NOW);
    account.answered(reservation);
    expect(account.waitMs(undefined, 'm', 10, NOW)).toBe(30_000);
    const later = NOW + 30_000;
    for (let count = 0; count < 5; count += 1) {
      expect(account.waitMs(undefined, 'm', 10, later)).toBe(0);
      const next = account.take(undefined, 'm', 10, later);
      account.accepted(next, undefined, later);
      account.answered(next);
    }
  });
});

describe('a limit beside one that answers tell of', () => {
  const wide = (now: number): SeenLimit[] => [
    { of: 'requests', limit: 600, remaining: 590, resetAt: now + 1_000 },
    { of: 'tokens', limit: 100_000, remaining: 90_000, resetAt: now + 6_000 },
  ];

  it.each([
    { of: 'answers and refusals', words: { answer: wide, refusal: wide } },
    { of: 'answers', words: { answer: wide } },
  ])('is found out when requests are refused though enough is left: told by $of', ({ words }) => {
    const { served, refused } = course(words);
    expect(served / POSSIBLE).toBeGreaterThan(0.95);
    expect(refused / served).toBeLessThan(0.15);
  });

  it.each([
    { of: 'requests', limit: 20, remaining: 0 },
    { of: 'tokens', limit: 100_000, remaining: 5 },
    { of: 'tokens', limit: 100_000, remaining: 40_000 },
  ] as const)('is not thought of where the told one may have refused: $remaining $of left', (little) => {
    const account = new Account();
    const told = (remaining: number): SeenLimit[] => [{ ...little, remaining, resetAt: NOW + 60_000 }];
    for (let count = 0; count < 10; count += 1) {
      const reservation = account.take(undefined, 'm', 10, NOW);
      account.accepted(reservation, told(little.limit - count), NOW);
      account.answered(reservation);
    }
    const reservation = account.take(undefined, 'm', 10, NOW);
    account.refused(reservation, told(little.remaining), undefined, NOW);
    expect(account.intervalMs('m')).toBe(Infinity);
  });
});
