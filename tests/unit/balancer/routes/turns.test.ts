import { describe, expect, it } from 'vitest';
import { Turns } from '../../../../lib/balancer/routes/turns';

const counts = (turns: Turns, isAble: readonly boolean[], times: number) => {
  const found = isAble.map(() => 0);
  for (let time = 0; time < times; time += 1) {
    const first = turns.next(isAble).order[0]!;
    found[first] = found[first]! + 1;
  }
  return found;
};

describe('turns', () => {
  it('go by weight exactly, and are spread out', () => {
    expect(counts(new Turns([3, 1]), [true, true], 400)).toEqual([300, 100]);
    const turns = new Turns([3, 1]);
    const order = Array.from({ length: 8 }, () => turns.next([true, true]).order[0]);
    expect(order).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
  });

  it('leave out what cannot be chosen, which owes nobody anything later', () => {
    const turns = new Turns([1, 1, 2]);
    expect(counts(turns, [true, false, true], 300)).toEqual([100, 0, 200]);
    expect(counts(turns, [true, true, true], 400)).toEqual([100, 100, 200]);
  });

  it('give all places, those that can be chosen first', () => {
    expect(new Turns([1, 5, 1]).next([true, false, true]).order).toEqual([0, 2, 1]);
    expect(new Turns([1, 5, 1]).next([false, false, false]).order).toEqual([0, 1, 2]);
  });

  it('that are given back are still to come', () => {
    const turns = new Turns([3, 1]);
    const order = Array.from({ length: 8 }, () => {
      turns.next([true, true]).giveBack();
      return turns.next([true, true]).order[0];
    });
    expect(order).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
  });
});
