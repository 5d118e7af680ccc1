import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../lib/balancer/limits/pace';
import { START_MS as NOW } from '../support';

/** Goes as fast as the pace lets it for so long, at a key that takes one request each `trueMs` and two at once. */
function drive(pace: Pace, trueMs: number, lengthMs: number): { served: number; refused: number } {
  let [served, refused, freeAt] = [0, 0, 0];
  for (let now = NOW; now < NOW + lengthMs; now += Math.max(100, pace.waitMs(now))) {
    if (pace.waitMs(now) > 0) continue;
    pace.take(now);
    if (freeAt - trueMs <= now) {
      freeAt = Math.max(now, freeAt) + trueMs;
      served += 1;
      pace.accepted();
    } else {
      refused += 1;
      pace.refused(now, 1, false, now);
    }
  }
  return { served, refused };
}

describe('the pace of a key that tells nothing', () => {
  it('holds nobody back before the first refusal', () => {
    const pace = new Pace();
    pace.take(NOW);
    expect(pace.waitMs(NOW)).toBe(0);
    expect(pace.leftShare(NOW)).toBe(1);
  });

  it('is what was answered in the minute before', () => {
    const pace = new Pace();
    pace.refused(NOW, 20, true, NOW);
    expect(pace.intervalMs).toBe(3_000);
    expect(pace.leftShare(NOW)).toBeLessThan(1);
  });

  it.each([500, 3_000, 20_000])(
    'finds a key that takes one in %i ms, and seldom asks for too much',
    (trueMs) => {
      const pace = new Pace();
      pace.refused(NOW, 3, false, NOW);
      const possible = 3_600_000 / trueMs;
      const { served, refused } = drive(pace, trueMs, 3_600_000);
      expect(served / possible).toBeGreaterThan(0.85);
      expect(refused / served).toBeLessThan(0.12);
    },
  );

  it('is not told from too little', () => {
    const pace = new Pace();
    for (let i = 0; i < 50; i += 1) pace.refused(NOW + i, 2, true, NOW + i);
    expect(pace.intervalMs).toBe(0);
    expect(pace.waitMs(NOW)).toBe(0);
  });

  it('counts a burst of refusals once', () => {
    const pace = new Pace();
    pace.refused(NOW, 20, true, NOW);
    for (let i = 0; i < 10; i += 1) pace.refused(NOW - 1, 20, true, NOW + i);
    expect(pace.intervalMs).toBe(3_000);
  });
});
