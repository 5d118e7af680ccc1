import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import { hash32 } from '../../../../lib/balancer/policies/hash';
import { sticky } from '../../../../lib/balancer/policies/sticky';
import { SeededRandom } from '../support';
import { choose, keysOf } from './support';

const AFFINITIES = Array.from({ length: 2000 }, (_, i) => `client-${i}`);

function placesOf(
  keys: readonly KeyState[],
  isAvailable: (key: KeyState) => boolean = () => true,
  members: readonly KeyState[] = keys,
): Map<string, string | undefined> {
  const policy = sticky(new SeededRandom());
  return new Map(
    AFFINITIES.map((affinity) => [affinity, choose(policy, keys, { isAvailable, affinity, members }).keyId]),
  );
}

function moved(before: Map<string, string | undefined>, after: Map<string, string | undefined>): string[] {
  return AFFINITIES.filter((affinity) => before.get(affinity) !== after.get(affinity));
}

describe('sticky', () => {
  it('sends the same affinity to the same key, in every process', () => {
    const policy = sticky(new SeededRandom(1));
    const other = sticky(new SeededRandom(2));
    const keys = keysOf(10);
    for (const affinity of AFFINITIES.slice(0, 100)) {
      const { keyId } = choose(policy, keys, { affinity });
      expect(choose(policy, keys, { affinity }).keyId).toBe(keyId);
      expect(choose(other, keys, { affinity }).keyId).toBe(keyId);
    }
  });

  it.each([
    [3, 'k2 k2 k1 k1 k2 k1 k1 k1 k1 k2 k2 k2'],
    [20, 'k10 k4 k19 k17 k16 k10 k17 k1 k11 k17 k10 k8'],
    [700, 'k328 k506 k104 k433 k50 k443 k17 k664 k535 k469 k521 k446'],
  ])(
    'keeps its places among %i keys from release to release, so that upstream caches stay warm',
    (size, places) => {
      const keys = keysOf(size);
      const isAvailable = (key: KeyState): boolean => key.rotationIndex % 3 !== 0;
      expect([...placesOf(keys, isAvailable).values()].slice(0, 12).join(' ')).toBe(places);
    },
  );

  it('moves only the affinities of a key that drops out', () => {
    const keys = keysOf(10);
    const before = placesOf(keys);
    const after = placesOf(keys, (key) => key.config.keyId !== 'k3');
    const hadK3 = AFFINITIES.filter((affinity) => before.get(affinity) === 'k3');
    expect(hadK3.length).toBeGreaterThan(100);
    expect(moved(before, after)).toEqual(hadK3);
    // They spread over the others instead of all going to one neighbour.
    expect(new Set(hadK3.map((affinity) => after.get(affinity))).size).toBeGreaterThan(4);
  });

  it.each([3, 10, 50, 100, 700])('moves only the affinities of a key that is deleted from %i', (size) => {
    const keys = keysOf(size);
    const before = placesOf(keys);
    const left = keys.filter((key) => key.config.keyId !== 'k1');
    const after = placesOf(left);
    const hadK1 = AFFINITIES.filter((affinity) => before.get(affinity) === 'k1');
    expect(moved(before, after)).toEqual(hadK1);
  });

  it('brings them back when the key comes back', () => {
    const keys = keysOf(10);
    const reordered = [...keys].reverse();
    expect(moved(placesOf(keys), placesOf(reordered))).toEqual([]);
  });

  it('gives each of a few keys a fair share', () => {
    const counts = new Map<string | undefined, number>();
    for (const keyId of placesOf(keysOf(10)).values()) counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    expect(Math.min(...counts.values())).toBeGreaterThan(120);
    expect(Math.max(...counts.values())).toBeLessThan(300);
  });

  it('spreads requests without affinity over all keys', () => {
    const policy = sticky(new SeededRandom());
    const keys = keysOf(10);
    const seen = new Set(Array.from({ length: 200 }, () => choose(policy, keys).keyId));
    expect(seen.size).toBe(10);
  });
});

it('the hash is an unsigned 32-bit number that tells alike texts apart', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const hash = hash32(text);
      expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
    }),
  );
  expect(new Set(Array.from({ length: 10_000 }, (_, i) => hash32(`key#${i}`))).size).toBeGreaterThan(9_990);
});
