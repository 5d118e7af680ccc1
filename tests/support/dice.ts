import { expect } from 'vitest';

/** Mulberry32: the same sequence for the same seed. */
export function createDice(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    oneOf: <T>(items: readonly T[]): T => items[below(items.length)] ?? expect.fail('nothing to choose from'),
    bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}

export type Dice = ReturnType<typeof createDice>;
