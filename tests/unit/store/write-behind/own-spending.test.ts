import { expect, it } from 'vitest';
import { OwnSpending } from '../../../../lib/store/write-behind/own-spending';

const DAY = 'day 2026-11-30';
const NEXT = 'day 2026-12-01';
const nano = (amount: number) => ({ nano: amount, tokens: 0, requests: 0 });
const stored = (spentPeriod: string, spentNano: number) => ({
  spentPeriod,
  spentNano,
  spentTokens: 0,
  spentRequests: 0,
});

it('is what the database has and what was spent since, each amount once', () => {
  const spending = new OwnSpending();
  const now = (): number => spending.of('a', DAY).nano;
  spending.found('a', stored(DAY, 100));
  spending.add('a', DAY, nano(5));
  expect(now()).toBe(105);
  const taken = spending.take('a');
  expect(taken).toEqual(stored(DAY, 5));
  spending.add('a', DAY, nano(2));
  expect(now()).toBe(107);
  if (taken !== undefined) spending.written('a', taken);
  expect([now(), spending.told('a')?.written]).toEqual([107, nano(5)]);
  // Others have spent 50 meanwhile.
  spending.found('a', stored(DAY, 155));
  expect(now()).toBe(157);
  expect(spending.take('a')).toEqual(stored(DAY, 2));
  expect(spending.take('a')).toBeUndefined();
});

it('begins with nothing in another period, whatever is written of the one before', () => {
  const spending = new OwnSpending();
  spending.found('a', stored(DAY, 100));
  spending.add('a', DAY, nano(5));
  expect(spending.of('a', NEXT)).toEqual(nano(0));
  spending.add('a', NEXT, nano(1));
  expect(spending.of('a', NEXT)).toEqual(nano(1));
  expect(spending.take('a')).toEqual(stored(NEXT, 1));
});

it('begins with nothing after a reset elsewhere, and what was spent here before is not written under its name', () => {
  const spending = new OwnSpending();
  spending.found('a', stored(DAY, 100));
  spending.add('a', DAY, nano(5));
  spending.found('a', stored(`${DAY} 1796000000000`, 0));
  expect(spending.of('a', DAY)).toEqual(nano(0));
  expect(spending.told('a')).toBeUndefined();
  expect(spending.take('a')).toEqual(stored(DAY, 5));
  spending.add('a', DAY, nano(3));
  expect(spending.of('a', DAY)).toEqual(nano(3));
  expect(spending.take('a')).toEqual(stored(`${DAY} 1796000000000`, 3));
  expect(spending.of('a', NEXT)).toEqual(nano(0));
});

it('is nothing when it was reset', () => {
  const spending = new OwnSpending();
  spending.found('a', stored(DAY, 100));
  spending.add('a', DAY, nano(5));
  spending.reset('a', DAY);
  expect(spending.of('a', DAY)).toEqual(nano(0));
  expect(spending.isUnsaved).toBe(false);
  spending.add('a', DAY, nano(3));
  expect(spending.of('a', DAY)).toEqual(nano(3));
});
