import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import { weighted } from '../../../../lib/balancer/policies/weighted';
import { keyConfig, SeededRandom } from '../support';
import { choose, keysOf } from './support';

const DRAWS = 20_000;

function weightedKeys(weights: readonly number[]): KeyState[] {
  return keysOf(weights.length, (i) => ({ config: keyConfig(`k${i}`, { weight: weights[i]! }) }));
}

function shares(keys: readonly KeyState[], isAvailable?: (key: KeyState) => boolean): number[] {
  const policy = weighted(new SeededRandom(7));
  const counts = keys.map(() => 0);
  for (let i = 0; i < DRAWS; i++) {
    const { keyId } = choose(policy, keys, isAvailable === undefined ? {} : { isAvailable });
    const index = Number(keyId!.slice(1));
    counts[index] = counts[index]! + 1;
  }
  return counts.map((count) => count / DRAWS);
}

function expectShares(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((share, i) => expect(Math.abs(share - expected[i]!), `share of k${i}`).toBeLessThan(0.015));
}

describe('weighted', () => {
  it('shares in proportion to the weights', () => {
    expectShares(shares(weightedKeys([1, 2, 3, 4])), [0.1, 0.2, 0.3, 0.4]);
  });

  it('shares in proportion among the available ones', () => {
    const keys = weightedKeys([1, 3, 100]);
    expectShares(
      shares(keys, (key) => key.rotationIndex < 2),
      [0.25, 0.75, 0],
    );
  });

  it('shares in proportion when one weight dwarfs the others', () => {
    expectShares(shares(weightedKeys([1, 1, 10_000])), [0, 0, 1]);
    const many = weightedKeys([300, ...Array.from({ length: 300 }, () => 1)]);
    expect(Math.abs(shares(many)[0]! - 0.5)).toBeLessThan(0.015);
  });

  it('takes a key of weight 0 only when no other is available', () => {
    const keys = weightedKeys([0, 1]);
    expect(shares(keys)).toEqual([0, 1]);
    expect(shares(keys, (key) => key.rotationIndex === 0)).toEqual([1, 0]);
  });

  it('follows changed weights', () => {
    const policy = weighted(new SeededRandom());
    const light = weightedKeys([1, 1]);
    choose(policy, light, { version: 1 });
    const heavy = weightedKeys([1, 99]);
    let hits = 0;
    for (let i = 0; i < 1000; i++) if (choose(policy, heavy, { version: 2 }).keyId === 'k1') hits += 1;
    expect(hits).toBeGreaterThan(960);
  });

  it('draws a key without asking the others, however many there are', () => {
    const policy = weighted(new SeededRandom());
    const keys = weightedKeys(Array.from({ length: 1000 }, () => 3));
    for (let i = 0; i < 100; i++) expect(choose(policy, keys).questions).toBe(1);
  });

  it('takes no key of weight 0 beside another, whatever is drawn', () => {
    const policy = weighted({ next: () => 0 });
    expect(choose(policy, weightedKeys([0, 0, 5])).keyId).toBe('k2');
  });
});
