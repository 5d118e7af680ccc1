import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubledCooldownMs, rest, restsBefore } from '../../../../lib/balancer/health/cooldown';
import { newCooldown } from '../../../../lib/balancer/pool/key-state';

const HOUR_MS = 3_600_000;

describe('a cooldown that nobody names', () => {
  it('doubles with each in a row and stops at an hour', () => {
    expect([0, 1, 2, 5].map((inARow) => doubledCooldownMs(60_000, inARow))).toEqual([
      60_000, 120_000, 240_000, 1_920_000,
    ]);
    expect(doubledCooldownMs(60_000, 6)).toBe(HOUR_MS);
    expect(doubledCooldownMs(60_000, 5_000)).toBe(HOUR_MS);
    expect(doubledCooldownMs(0, 5_000)).toBe(0);
  });

  it('stops later where that is said', () => {
    const hours = [0, 1, 4, 5, 5_000].map((inARow) => doubledCooldownMs(HOUR_MS, inARow, 24 * HOUR_MS));
    expect(hours).toEqual([1, 2, 16, 24, 24].map((count) => count * HOUR_MS));
  });
});

describe('a cooldown', () => {
  it('is never shortened by a new deadline', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000)), (deadlines) => {
        const cooldown = newCooldown();
        for (const until of deadlines) {
          const before = cooldown.until;
          rest(cooldown, until, 0);
          expect(cooldown.until).toBe(Math.max(before, until));
        }
      }),
    );
  });

  it('counts as in a row only what comes after the one before', () => {
    const cooldown = newCooldown();
    rest(cooldown, 1000, 0);
    rest(cooldown, 1500, 500);
    expect(cooldown).toMatchObject({ until: 1500, inARow: 1 });
    rest(cooldown, 3000, 1500);
    expect(cooldown).toMatchObject({ until: 3000, inARow: 2 });
    rest(cooldown, 3000, 2999);
    expect(cooldown).toMatchObject({ until: 3000, inARow: 2 });
  });

  it('is preceded by all in a row once it is over, by one less while it lasts, and never by less than none', () => {
    expect(restsBefore({ ...newCooldown(1000), inARow: 3 }, 1000)).toBe(3);
    expect(restsBefore({ ...newCooldown(1000), inARow: 3 }, 999)).toBe(2);
    expect(restsBefore(newCooldown(1000), 999)).toBe(0);
    expect(restsBefore(newCooldown(), 999)).toBe(0);
  });
});
