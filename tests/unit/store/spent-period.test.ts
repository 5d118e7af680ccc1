import { expect, it } from 'vitest';
import { periodIn, resetPeriod, storedPeriod } from '../../../lib/store/spent-period';

const AT = 1_796_000_000_000;

it.each(['day 2026-11-30', 'month 2026-11-01', 'total'])(
  'gives %s another name with each reset',
  (period) => {
    const first = resetPeriod(period, period, AT);
    const second = resetPeriod(period, first, AT - 5);
    expect(new Set([period, first, second]).size).toBe(3);
    expect([first > period, second > first]).toEqual([true, true]);
    expect([periodIn(period), periodIn(first), periodIn(second)]).toEqual([period, period, period]);
    expect(second.length).toBeLessThanOrEqual(32);
    expect(storedPeriod(period, second)).toBe(second);
  },
);

it('begins a later period without the resets of the one before', () => {
  const reset = resetPeriod('day 2026-11-30', '', AT);
  expect(storedPeriod('day 2026-12-01', reset)).toBe('day 2026-12-01');
  expect('day 2026-12-01' > reset).toBe(true);
  expect(storedPeriod('day 2026-12-01', undefined)).toBe('day 2026-12-01');
});
