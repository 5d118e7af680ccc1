import { expect, it } from 'vitest';
import { CHAINS, type UsageKind } from '../../../../lib/store/usage/usage-chains';
import { coverOf } from '../../../../lib/store/usage/usage-cover';
import { createDice } from '../../../support/dice';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 20_000 * DAY + 13 * HOUR + 7 * MINUTE + 3;
const KINDS = ['all', 'key', 'token', 'attempt'] as const;

const days = (offsetMs: number, count: number): number[] => {
  const today = Math.floor((NOW + offsetMs) / DAY) * DAY - offsetMs;
  return Array.from({ length: count + 1 }, (_, index) => today + (index + 1 - count) * DAY);
};

/** How often each step of a time is in the parts that hold sums. */
function coveredTimes(kind: UsageKind, edges: readonly number[]): readonly number[] | undefined {
  const parts = coverOf(kind, edges, NOW);
  if (parts === undefined) return undefined;
  const sums = parts.filter(({ resolutions }) => resolutions !== CHAINS[kind].unsummed);
  const from = edges[0] ?? 0;
  const to = Math.min(edges.at(-1) ?? 0, NOW);
  const times = Array.from(
    { length: Math.ceil((to - from) / (15 * MINUTE)) },
    (_, n) => from + n * 15 * MINUTE,
  );
  for (const { from: start, to: end } of sums) {
    expect(start >= from && (end <= to || to === NOW)).toBe(true);
  }
  return times.map((at) => sums.filter((part) => part.from <= at && at < part.to).length);
}

it('holds each time between two edges once, wherever they are', () => {
  const { below } = createDice(11);
  let found = 0;
  for (let round = 0; round < 300; round += 1) {
    const kind = KINDS[below(KINDS.length)] ?? 'all';
    const unit = [15 * MINUTE, HOUR, 6 * HOUR, DAY][below(4)] ?? HOUR;
    const to = (Math.floor(NOW / unit) + 1 - below(3)) * unit;
    const step = unit * (1 + below(3));
    const count = 1 + below(60);
    const edges = Array.from({ length: count + 1 }, (_, index) => to - (count - index) * step);
    const times = coveredTimes(kind, edges);
    if (times === undefined) continue;
    found += 1;
    expect(new Set(times)).toEqual(new Set([1]));
    // No sum may lie on both sides of an edge.
    for (const { from: start, to: end } of coverOf(kind, [edges[0] ?? 0, edges[1] ?? 0], NOW) ?? []) {
      expect(start).toBeGreaterThanOrEqual(edges[0] ?? 0);
      if ((edges[1] ?? 0) <= NOW) expect(end).toBeLessThanOrEqual(edges[1] ?? 0);
    }
  }
  expect(found).toBeGreaterThan(150);
});

it('answers thirty days from days, and their beginning from what is shorter', () => {
  const [from, to] = [NOW - 30 * DAY, NOW + 1].map((at) => Math.ceil(at / (6 * HOUR)) * (6 * HOUR));
  const parts = coverOf('all', [from ?? 0, to ?? 0], NOW) ?? [];
  expect(
    parts.map(({ resolutions, from: start, to: end }) => [resolutions[0], (end - start) / HOUR]),
  ).toEqual([
    ['all_s6', 6],
    ['all_s24', 5 * 24],
    ['all_s192', 32 * 24],
    ['hour', 30 * 24],
  ]);
});

it('cuts the days of a zone that is a quarter of an hour beside the hours, as far as they are kept so fine', () => {
  const kathmandu = (5 * 60 + 45) * MINUTE;
  const recent = days(kathmandu, 1);
  expect(new Set(coveredTimes('all', recent))).toEqual(new Set([1]));
  expect(coverOf('all', days(kathmandu, 7), NOW)).toBeUndefined();
  expect(coverOf('key', recent, NOW)).toBeUndefined();
});

it('takes shorter sums where the days of a zone would make a hundred ranges', () => {
  const edges = days(HOUR, 31);
  const parts = coverOf('all', edges, NOW) ?? [];
  expect(parts.map(({ resolutions }) => resolutions[0])).toContain('all_s1');
  expect(parts.length).toBeLessThan(18);
  expect(new Set(coveredTimes('all', edges))).toEqual(new Set([1]));
});

it('reads nothing from sums that are too fine to be there still', () => {
  const old = NOW - 20 * DAY;
  const edges = [0, 1, 2].map((index) => Math.floor(old / HOUR) * HOUR + index * HOUR);
  expect(coverOf('token', edges, NOW)).toBeUndefined();
  expect(coverOf('key', edges, NOW)?.[0]?.resolutions).toEqual(['key_hs', 'key_ms']);
});
