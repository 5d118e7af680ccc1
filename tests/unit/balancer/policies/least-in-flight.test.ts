import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastInFlight } from '../../../../lib/balancer/policies/least-in-flight';
import { choose, keysOf, unevennessOf } from './support';

describe('least in flight', () => {
  it('takes one of the available keys with the fewest requests in flight, exactly', () => {
    const key = fc.record({ inFlight: fc.nat(5), isAvailable: fc.boolean() });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 20 }), fc.nat(5), (spec, rounds) => {
        const policy = leastInFlight();
        const keys = keysOf(spec.length, (i) => ({ inFlight: spec[i]!.inFlight }));
        const available = spec.filter(({ isAvailable }) => isAvailable);
        const least = Math.min(...available.map(({ inFlight }) => inFlight));
        for (let i = 0; i <= rounds; i++) {
          const { keyId } = choose(policy, keys, {
            isAvailable: ({ rotationIndex }) => spec[rotationIndex]!.isAvailable,
          });
          if (available.length === 0) expect(keyId).toBeUndefined();
          else expect(spec[Number(keyId!.slice(1))]).toEqual({ inFlight: least, isAvailable: true });
        }
      }),
    );
  });

  it('goes round among equals', () => {
    const policy = leastInFlight();
    const keys = keysOf(3);
    expect(Array.from({ length: 4 }, () => choose(policy, keys).keyId)).toEqual(['k0', 'k1', 'k2', 'k0']);
    for (const key of keys) key.inFlight = 1;
    expect(Array.from({ length: 4 }, () => choose(policy, keys).keyId)).toEqual(['k1', 'k2', 'k0', 'k1']);
  });

  it('spreads open requests so that no two keys differ by more than one', () => {
    expect(unevennessOf(leastInFlight(), keysOf(7))).toBe(1);
  });
});
