import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BARS_MAX, histogramWindow } from '../../../../lib/admin/logs/histogram-window';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 30, 10, 17, 42);

it('without a span it is 24 hours, up to the end of the bar that is being filled', () => {
  const { from, to, barMs, starts } = histogramWindow({}, NOW);
  expect([from, to, barMs]).toEqual([
    Date.UTC(2026, 10, 29, 10, 30),
    Date.UTC(2026, 10, 30, 10, 30) - 1,
    30 * MINUTE,
  ]);
  expect([starts.length, starts[0]]).toEqual([48, from]);
});

it('with an end alone it is the 24 hours before that', () => {
  const to = Date.UTC(2026, 9, 1, 12, 0) - 1;
  expect(histogramWindow({ to }, NOW)).toMatchObject({ from: to + 1 - DAY, to, barMs: 30 * MINUTE });
});

it.each([
  [MINUTE, MINUTE, 1],
  [15 * MINUTE, MINUTE, 15],
  [HOUR, MINUTE, 60],
  [DAY, 30 * MINUTE, 48],
  [7 * DAY, 3 * HOUR, 56],
  [30 * DAY, 12 * HOUR, 60],
])('a span of %d ms has bars of %d ms', (lengthMs, barMs, count) => {
  const from = Date.UTC(2026, 10, 2);
  const window = histogramWindow({ from, to: from + lengthMs - 1 }, NOW);
  expect([window.barMs, window.starts.length]).toEqual([barMs, count]);
});

it('a beginning in the future has a bar, and one long ago no more bars than any other', () => {
  expect(histogramWindow({ from: NOW + DAY }, NOW).starts).toHaveLength(1);
  expect(histogramWindow({ from: 0, to: 8.64e15 }, NOW).starts.length).toBeLessThanOrEqual(BARS_MAX + 1);
});

it('bars follow one another without a gap, cover the span, and are few', () => {
  const time = fc.integer({ min: 0, max: 4e12 });
  fc.assert(
    fc.property(time, fc.integer({ min: 0, max: 1e11 }), (begin, lengthMs) => {
      const { from, to, barMs, starts } = histogramWindow({ from: begin, to: begin + lengthMs }, NOW);
      expect([from, to]).toEqual([begin, begin + lengthMs]);
      expect(starts.length).toBeLessThanOrEqual(BARS_MAX + 1);
      const [first = NaN] = starts;
      expect(starts).toEqual(starts.map((_, index) => first + index * barMs));
      expect(first <= from && from < first + barMs).toBe(true);
      const last = starts.at(-1) ?? NaN;
      expect(last <= to && to < last + barMs).toBe(true);
      expect(first % barMs).toBe(0);
    }),
  );
});
