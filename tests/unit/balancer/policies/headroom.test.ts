import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headroom } from '../../../../lib/balancer/policies/headroom';
import { roundRobin } from '../../../../lib/balancer/policies/round-robin';
import { choose, keysOf, unevennessOf } from './support';

describe('headroom', () => {
  it('chooses as round robin does while the same is left of each key', () => {
    const round = fc.record({
      available: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
      isRetry: fc.boolean(),
      left: fc.constantFrom(1, 0.5, 0),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.array(round, { maxLength: 30 }), (size, rounds) => {
        const keys = keysOf(size);
        const [policy, other] = [headroom(), roundRobin()];
        for (const { available, isRetry, left } of rounds) {
          const options = {
            isAvailable: ({ rotationIndex }: (typeof keys)[number]) => available[rotationIndex]!,
            isRetry,
            leftShare: () => left,
          };
          expect(choose(policy, keys, options)).toEqual(choose(other, keys, options));
        }
      }),
    );
  });

  it('takes an available key with the most left, of up to nine exactly', () => {
    const key = fc.record({ left: fc.constantFrom(0, 0.2, 0.5, 0.9, 1), isAvailable: fc.boolean() });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 9 }), fc.nat(9), (spec, rounds) => {
        const policy = headroom();
        const keys = keysOf(spec.length);
        const most = Math.max(...spec.filter(({ isAvailable }) => isAvailable).map(({ left }) => left));
        for (let i = 0; i <= rounds; i++) {
          const { keyId } = choose(policy, keys, {
            isAvailable: ({ rotationIndex }) => spec[rotationIndex]!.isAvailable,
            leftShare: ({ rotationIndex }) => spec[rotationIndex]!.left,
          });
          if (most < 0) expect(keyId).toBeUndefined();
          else expect(spec[Number(keyId!.slice(1))]).toEqual({ left: most, isAvailable: true });
        }
      }),
    );
  });

  it('spreads open requests so that no two keys differ by more than one', () => {
    expect(unevennessOf(headroom(), keysOf(7))).toBe(1);
  });

  it('asks what is left of a few of 50,000 keys', () => {
    const keys = keysOf(50_000);
    const policy = headroom();
    let asked = 0;
    for (let i = 0; i < 100; i++) {
      choose(policy, keys, { leftShare: () => ((asked += 1), 0.5) });
    }
    expect(asked).toBeLessThanOrEqual(900);
  });
});
