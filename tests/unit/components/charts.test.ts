import { describe, expect, test } from 'vitest';
import { linePath, spacedLabels, valueAxis } from '../../../components/charts/chart-scale';
import type { ChartSeries } from '../../../components/charts/chart-series';
import { chartTicks } from '../../../components/charts/chart-ticks';
import { drawnPoints } from '../../../components/charts/drawn-points';
import { plotOf } from '../../../components/charts/plot';
import { spanText } from '../../../components/charts/span-text';
import type { UsagePoint } from '../../../lib/admin/contract/stats';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function textIn(timeZone: string) {
  return (at: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en', { ...options, timeZone }).format(at);
}

function clockIn(timeZone: string) {
  const textOf = textIn(timeZone);
  return (at: number) => textOf(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

const buckets = (from: number, count: number, bucketMs: number) =>
  Array.from({ length: count }, (_, index) => ({ at: from + index * bucketMs }));

function point(values: Partial<UsagePoint>): UsagePoint {
  return {
    at: 0,
    requests: 0,
    succeeded: 0,
    rateLimited: 0,
    clientErrors: 0,
    serverErrors: 0,
    cancelled: 0,
    latencyP50Ms: null,
    latencyP95Ms: null,
    ...values,
  } as UsagePoint;
}

describe('labels below a chart', () => {
  const quarter = 15 * MINUTE;

  test('an hour that comes twice has one label, one that is left out is stood for by the next', () => {
    const clock = clockIn('Europe/Athens');
    const back = chartTicks(buckets(Date.UTC(2026, 9, 24, 18), 96, quarter), quarter, clock).map(clock);
    expect(back).toEqual(['21:00', '00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00']);
    const ahead = chartTicks(buckets(Date.UTC(2026, 2, 28, 22), 48, quarter), quarter, clock).map(clock);
    expect(ahead).toEqual(['00:00', '04:00', '06:00', '09:00', '12:00']);
  });

  test.each(['Europe/Berlin', 'Antarctica/Troll', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Havana'])(
    'every day has one label through a week of any clock: %s',
    (zone) => {
      const textOf = textIn(zone);
      for (const month of [2, 3, 9, 10]) {
        for (let week = 0; week < 4; week += 1) {
          const points = buckets(Date.UTC(2026, month, 1 + week * 7, 9), 168, HOUR);
          const days = chartTicks(points, HOUR, clockIn(zone)).map((at) => textOf(at, { day: 'numeric' }));
          expect(days).toHaveLength(7);
          expect(new Set(days).size).toBe(7);
        }
      }
    },
  );

  test('of short buckets are the hours, of days a dozen of them, and the first midnight has its own', () => {
    const clock = clockIn('UTC');
    const five = 5 * MINUTE;
    const hours = chartTicks(buckets(Date.UTC(2026, 10, 3), 36, five), five, clock).map(clock);
    expect(hours).toEqual(['00:00', '01:00', '02:00']);
    const days = chartTicks(buckets(Date.UTC(2026, 0, 1), 120, 24 * HOUR), 24 * HOUR, clock);
    expect(days).toHaveLength(12);
    expect(days[1]).toBe(Date.UTC(2026, 0, 11));
    expect(chartTicks(buckets(Date.UTC(2026, 10, 3), 72, HOUR), HOUR, clock)).toHaveLength(3);
  });

  test('the span of a bucket names its zone, and both where the clock goes back within it', () => {
    const berlin = textIn('Europe/Berlin');
    const at = Date.UTC(2026, 9, 25, 0, 45);
    expect(spanText(at - HOUR, at - HOUR + quarter, berlin)).toBe('Oct 25, 01:45 – 02:00 GMT+2');
    expect(spanText(at, at + quarter, berlin)).toBe('Oct 25, 02:45 GMT+2 – 02:00 GMT+1');
    expect(spanText(Date.UTC(2026, 0, 1, 18), Date.UTC(2026, 0, 2), textIn('UTC'))).toBe(
      'Jan 1, 18:00 – Jan 2, 00:00 UTC',
    );
  });
});

describe('what is drawn', () => {
  const one = (name: ChartSeries['name'], shape: ChartSeries['shape'], valueOf: ChartSeries['valueOf']) => ({
    name,
    shape,
    color: '',
    valueOf,
  });
  const series: Record<'requests' | 'latency', readonly ChartSeries[]> = {
    requests: [
      one('succeeded', 'bar', (point) => point.succeeded),
      one('rateLimited', 'bar', (point) => point.rateLimited),
      one('serverErrors', 'bar', (point) => point.serverErrors),
    ],
    latency: [one('latencyP50', 'line', (point) => point.latencyP50Ms)],
  };
  const draw = (points: readonly UsagePoint[], metric: 'requests' | 'latency', isLastFilling = false) =>
    drawnPoints({ points, series: series[metric], heightPx: 180, isLastFilling });

  test('a failure among a million requests is at least a pixel high, no failure is none', () => {
    const points = [
      point({ requests: 1_000_001, succeeded: 1_000_000, serverErrors: 1 }),
      point({ requests: 5, succeeded: 5 }),
    ];
    const [first, second] = draw(points, 'requests');
    expect(first?.values.serverErrors).toBeGreaterThanOrEqual(1_000_000 / 180);
    expect(first?.values.succeeded).toBe(1_000_000);
    expect(first?.values.rateLimited).toBe(0);
    expect(second?.values.serverErrors).toBe(0);
  });

  test('a bucket without an answer is a gap in the line, and a value between gaps stands alone', () => {
    const latency = (ms: number | null) => point({ latencyP50Ms: ms, latencyP95Ms: ms });
    const drawn = draw(
      [latency(5), latency(null), latency(7), latency(null), latency(8), latency(9)],
      'latency',
    );
    expect(drawn.map(({ values }) => values.latencyP50)).toEqual([5, null, 7, null, 8, 9]);
    expect(drawn.map(({ lonely }) => lonely.length > 0)).toEqual([true, false, true, false, false, false]);
  });

  test('only the last bucket can still be filling', () => {
    const points = [point({}), point({})];
    expect(draw(points, 'requests', true).map(({ isFilling }) => isFilling)).toEqual([false, true]);
    expect(draw(points, 'requests').map(({ isFilling }) => isFilling)).toEqual([false, false]);
  });
});

describe('the axis of values', () => {
  test.each([0, 1, 3, 4, 5, 9, 10, 99, 101, 250, 251, 1_234, 9_999_999])(
    'fits %i in whole round steps',
    (highest) => {
      const { top, ticks } = valueAxis(highest, 4);
      expect(top).toBeGreaterThanOrEqual(Math.max(highest, 4));
      expect(top).toBeLessThanOrEqual(Math.max(highest * 1.7, 4));
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect([ticks[0], ticks.at(-1)]).toEqual([0, top]);
      expect(ticks.length).toBeLessThanOrEqual(5);
    },
  );
});

test('labels below a chart never touch each other nor leave it', () => {
  const labels = Array.from({ length: 24 }, (_, index) => ({ at: index, x: 52 + index * 10, text: '12:00' }));
  const kept = spacedLabels(labels, 282).map(({ x }) => x);
  expect(kept[0]).toBe(52);
  expect(kept.every((x, index) => index === 0 || x - (kept[index - 1] ?? 0) >= 46)).toBe(true);
  expect(kept.at(-1)).toBeLessThanOrEqual(266);
});

test('a line is broken where there is no value', () => {
  expect(linePath([[0, 1], [1, 2], undefined, [3, 4], undefined])).toBe('M0.0 1.0L1.0 2.0M3.0 4.0');
});

test('every place in a chart belongs to one bucket, those beside it to the nearest', () => {
  const plot = plotOf({ width: 356, height: 220, top: 4, count: 60 });
  for (let index = 0; index < 60; index += 1) expect(plot.indexAt(plot.middleOf(index))).toBe(index);
  expect([plot.indexAt(-5), plot.indexAt(9_999)]).toEqual([0, 59]);
  expect(plot.yOf(0)).toBeGreaterThan(plot.yOf(4));
});
