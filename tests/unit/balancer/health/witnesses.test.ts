import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Streak } from '../../../../lib/balancer/health/streak';
import { Witnesses } from '../../../../lib/balancer/health/witnesses';
import { START_MS as NOW } from '../support';

describe('witnesses', () => {
  it('are enough exactly when three different requests have told the same', () => {
    const requests = Array.from({ length: 5 }, () => ({}));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...requests)), (told) => {
        const witnesses = new Witnesses();
        for (const request of told) witnesses.add(request);
        expect(witnesses.areEnough).toBe(new Set(told).size >= 3);
        expect(witnesses.isEmpty).toBe(told.length === 0);
      }),
    );
  });

  it('are none after they have been cleared, and the same request counts again', () => {
    const witnesses = new Witnesses();
    const requests = [{}, {}, {}];
    for (const request of requests) witnesses.add(request);
    witnesses.clear();
    expect([witnesses.isEmpty, witnesses.areEnough]).toEqual([true, false]);
    for (const request of requests) witnesses.add(request);
    expect(witnesses.areEnough).toBe(true);
  });
});

describe('a streak of failures', () => {
  const add = (streak: Streak, times: number, now: number, witness?: object): void => {
    for (let i = 0; i < times; i++) streak.add(witness ?? {}, now);
  };

  it('is long with so many failures of three requests', () => {
    const streak = new Streak();
    add(streak, 7, NOW);
    expect([streak.isLong(7), streak.isLong(8)]).toEqual([true, false]);
    const two = new Streak();
    add(two, 50, NOW, {});
    add(two, 50, NOW, {});
    expect(two.isLong(8)).toBe(false);
    add(two, 1, NOW, {});
    expect(two.isLong(8)).toBe(true);
  });

  it('begins anew with a failure more than 30 s after its first', () => {
    const streak = new Streak();
    add(streak, 4, NOW);
    add(streak, 3, NOW + 30_000);
    expect(streak.isLong(7)).toBe(true);
    add(streak, 1, NOW + 30_001);
    expect([streak.isLong(1), streak.isLong(2)]).toEqual([false, false]);
    add(streak, 2, NOW + 60_001);
    expect(streak.isLong(3)).toBe(true);
  });

  it('is over when it ends: its failures and its requests', () => {
    const streak = new Streak();
    add(streak, 8, NOW);
    streak.end();
    add(streak, 8, NOW + 1, {});
    expect(streak.isLong(8)).toBe(false);
    add(streak, 2, NOW + 30_001);
    expect(streak.isLong(8)).toBe(true);
  });
});
