import { describe, expect, it } from 'vitest';
import { roundRobin } from '../../../../lib/balancer/policies/round-robin';
import { Rotation } from '../../../../lib/balancer/pool/rotation';
import { SeededRandom } from '../support';
import { choose, keysOf } from './support';

describe('round robin', () => {
  it('takes every key in turn', () => {
    const policy = roundRobin();
    const keys = keysOf(3);
    expect(Array.from({ length: 7 }, () => choose(policy, keys).keyId)).toEqual([
      'k0',
      'k1',
      'k2',
      'k0',
      'k1',
      'k2',
      'k0',
    ]);
  });

  it('takes a request that has failed far away from the keys beside the one that failed it', () => {
    const policy = roundRobin();
    const keys = keysOf(100);
    const isAvailable = (key: { rotationIndex: number }) => key.rotationIndex >= 0;
    const attempts = [false, true, true, true].map(
      (isRetry) => choose(policy, keys, { isAvailable, isRetry }).keyId,
    );
    // Half of them, added together, may be limited together.
    expect(attempts).toEqual(['k0', 'k62', 'k24', 'k86']);
    expect(choose(policy, keys).keyId).toBe('k87');
  });

  it('shares evenly among all, however many are retries', () => {
    const policy = roundRobin();
    const keys = keysOf(50);
    const random = new SeededRandom();
    const counts = new Map<string | undefined, number>();
    for (let i = 0; i < 20_000; i++) {
      const { keyId } = choose(policy, keys, { isRetry: random.next() < 0.3 });
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    }
    expect(counts.size).toBe(50);
    expect(Math.min(...counts.values())).toBeGreaterThan(300);
    expect(Math.max(...counts.values())).toBeLessThan(500);
  });

  it('shares evenly among the available ones', () => {
    const policy = roundRobin();
    const keys = keysOf(5);
    const counts = new Map<string | undefined, number>();
    for (let i = 0; i < 300; i++) {
      const { keyId } = choose(policy, keys, { isAvailable: (key) => key.rotationIndex >= 2 });
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    }
    expect([...counts]).toEqual([
      ['k2', 100],
      ['k3', 100],
      ['k4', 100],
    ]);
  });

  it('starves nobody while other keys come and go', () => {
    const policy = roundRobin();
    const rotation = new Rotation();
    const random = new SeededRandom();
    const keys = keysOf(10);
    for (const key of keys) {
      key.rotationIndex = -1;
      rotation.place(key);
    }
    const counts = new Map<string, number>();
    const lastAt = new Map<string, number>();
    let longestWait = 0;
    for (let i = 0; i < 3000; i++) {
      // k0 to k4 come and go, k5 to k9 stay.
      if (i % 3 === 0) {
        const key = keys[Math.floor(random.next() * 5)]!;
        key.disabled = key.disabled === undefined ? { by: 'auto', reason: '' } : undefined;
        rotation.place(key);
      }
      const keyId = choose(policy, rotation.keys).keyId!;
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
      if (Number(keyId.slice(1)) >= 5) longestWait = Math.max(longestWait, i - (lastAt.get(keyId) ?? 0));
      lastAt.set(keyId, i);
    }
    const steady = keys.slice(5).map((key) => counts.get(key.config.keyId) ?? 0);
    expect(Math.max(...steady) / Math.min(...steady)).toBeLessThan(1.5);
    expect(longestWait).toBeLessThan(5 * keys.length);
  });
});
