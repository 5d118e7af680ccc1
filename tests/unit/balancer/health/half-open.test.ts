import { describe, expect, it } from 'vitest';
import { HalfOpenProbe } from '../../../../lib/balancer/health/half-open';

describe('a half-open probe', () => {
  it('keeps others waiting for at most 4 s', () => {
    const probe = new HalfOpenProbe(1_000);
    expect([1_000, 4_999, 5_000, 90_000].map((now) => probe.waitMs(now))).toEqual([4_000, 1, 0, 0]);
  });

  it('lets the next one out as soon as it is answered', () => {
    const probe = new HalfOpenProbe(1_000);
    probe.answer();
    expect(probe.waitMs(1_000)).toBe(0);
  });

  it('is answered once, however often its request tells something', () => {
    const probe = new HalfOpenProbe(0);
    expect(probe.isAnswered).toBe(false);
    expect([probe.answer(), probe.answer(), probe.answer()]).toEqual([true, false, false]);
    expect(probe.isAnswered).toBe(true);
  });

  it('can still be answered after it has expired', () => {
    const probe = new HalfOpenProbe(0);
    expect([probe.waitMs(60_000), probe.isAnswered, probe.answer()]).toEqual([0, false, true]);
  });
});
