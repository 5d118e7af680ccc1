import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPolicy, SELECTION_POLICIES } from '../../../../lib/balancer/policies/all';
import { SeededRandom } from '../support';
import { choose, keysOf } from './support';

describe.each(SELECTION_POLICIES)('the policy %s', (name) => {
  it('chooses an available key whenever there is one, and none only if there is none', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.nat(), (available, seed) => {
        const policy = createPolicy(name, new SeededRandom(seed));
        const keys = keysOf(available.length);
        const isAvailable = (key: (typeof keys)[number]): boolean => available[keys.indexOf(key)]!;
        for (let i = 0; i < 5; i++) {
          const { keyId } = choose(policy, keys, { isAvailable, affinity: i % 2 === 0 ? 'me' : undefined });
          if (available.includes(true)) expect(available[Number(keyId!.slice(1))]).toBe(true);
          else expect(keyId).toBeUndefined();
        }
      }),
    );
  });

  it('chooses nothing from no keys', () => {
    expect(choose(createPolicy(name, new SeededRandom()), []).keyId).toBeUndefined();
  });

  it('looks at a few of 50,000 keys while most are available', () => {
    const keys = keysOf(50_000);
    const policy = createPolicy(name, new SeededRandom());
    // One in ten is not available.
    const isAvailable = (key: (typeof keys)[number]): boolean => key.rotationIndex % 10 !== 0;
    choose(policy, keys, { isAvailable });
    let questions = 0;
    for (let i = 0; i < 1000; i++) {
      const choice = choose(policy, keys, { isAvailable, affinity: `client ${i}` });
      expect(choice.questions).toBeLessThan(10);
      questions += choice.questions;
    }
    expect(questions).toBeLessThan(1300);
  });
});
