import { describe, expect, it } from 'vitest';
import { pastTime, restoredDeadline } from '../../../lib/inventory/restored-times';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const time = { now: () => NOW, steadyOf: (wall: number) => wall };

describe('a stored rest', () => {
  it('goes on to its end', () => {
    expect(restoredDeadline(NOW + HOUR, NOW - 5_000, time)).toBe(NOW + HOUR);
    expect(restoredDeadline(NOW - HOUR, NOW - 2 * HOUR, time)).toBe(NOW - HOUR);
  });

  it('written under a clock that was ahead is as long as it was asked to be', () => {
    expect(restoredDeadline(NOW + 25 * HOUR + 5_000, NOW + 25 * HOUR, time)).toBe(NOW + 5_000);
  });

  it('lasts for eight days at most, whatever is stored', () => {
    expect(restoredDeadline(NOW + 400 * DAY, NOW - 5_000, time)).toBe(NOW - 5_000 + 8 * DAY);
    expect(restoredDeadline(NOW + 400 * DAY, NOW + 25 * HOUR, time)).toBe(NOW + 8 * DAY);
  });

  it('that was written longer ago than any rest lasts is over', () => {
    expect(restoredDeadline(NOW + 400 * DAY, NOW - 100 * DAY, time)).toBeLessThan(NOW);
    expect(restoredDeadline(Number.MAX_SAFE_INTEGER, 0, time)).toBeLessThan(NOW);
  });

  it('ends at the time of this machine, whose wall clock may be off', () => {
    const off = { now: () => NOW, steadyOf: (wall: number) => wall - 25 * HOUR };
    expect(restoredDeadline(NOW + 25 * HOUR + 5_000, NOW + 25 * HOUR, off)).toBe(NOW + 5_000);
  });
});

it('what has been is never in the future', () => {
  expect(pastTime(NOW + 25 * HOUR, time)).toBe(NOW);
  expect(pastTime(NOW - HOUR, time)).toBe(NOW - HOUR);
});
