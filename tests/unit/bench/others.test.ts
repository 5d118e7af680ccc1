import { expect, it } from 'vitest';
import { busyMs, othersShare } from '../../../bench/others';

it('counts programs, the system, interrupts and other guests as work, but not idling and waiting', () => {
  const stat = 'cpu  100 10 20 5000 300 7 8 4 50 6\ncpu0 1 1 1 1 1 1 1 1 1 1\n';
  expect(busyMs(stat)).toBe((100 + 10 + 20 + 7 + 8 + 4) * 10);
});

it('gives what others used as a share of one core', () => {
  const before = { atMs: 1_000, machineMs: 50_000, oursMs: 7_000 };
  const after = { atMs: 3_000, machineMs: 53_500, oursMs: 10_000 };
  expect(othersShare(before, after)).toBe(0.25);
});

it('is never below nothing, though the clocks of the system do not agree to the last tick', () => {
  const before = { atMs: 0, machineMs: 0, oursMs: 0 };
  expect(othersShare(before, { atMs: 1_000, machineMs: 990, oursMs: 1_000 })).toBe(0);
});
