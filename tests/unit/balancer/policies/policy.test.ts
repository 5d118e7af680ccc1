import { describe, expect, it } from 'vitest';
import { firstAvailableFrom, startFrom } from '../../../../lib/balancer/policies/policy';
import { keysOf } from './support';

describe('a policy that goes round', () => {
  it.each([
    ['at the next key', 3, 100, false, 3],
    ['at the first key behind the last', 100, 100, false, 0],
    ['far away on a retry', 3, 100, true, 64],
    ['far away, past the end', 60, 100, true, 21],
    ['far away from 16 keys on', 0, 16, true, 9],
    ['at the next of fewer keys on a retry too', 4, 15, true, 4],
    ['nowhere without keys', 3, 0, true, 0],
  ])('begins %s', (_, next, length, isRetry, start) => {
    expect(startFrom(next, length, isRetry)).toBe(start);
  });

  it('asks each key once, in order from the start', () => {
    const asked: string[] = [];
    const none = firstAvailableFrom(keysOf(4), 2, ({ config }) => {
      asked.push(config.keyId);
      return false;
    });
    expect(none).toBeUndefined();
    expect(asked).toEqual(['k2', 'k3', 'k0', 'k1']);
  });
});
