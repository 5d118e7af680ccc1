import { describe, expect, it } from 'vitest';
import { formerValues } from '../../../lib/client/former';
import { courseOf, endsOf, freeRange, rangeOf, rangeQuery } from '../../../lib/client/ranges';
import { rangeFollows } from '../../../lib/client/stats';
import { spanOfDays } from '../../../components/shared/span-of-days';
import { wallTime } from '../../../lib/client/zone';
import { draftProblem, draftRange, rangeDraftOf, withTimes } from '../../../components/shared/range-draft';

const ZONE = 'Europe/Berlin';
const NOON = Date.UTC(2026, 10, 10, 11);

describe('a range in an address', () => {
  it('is a name or two ends, and else the last day', () => {
    for (const range of [
      '7d',
      'last_month',
      '2026-11-03..2026-11-09',
      '2026-11-03T14:00..2026-11-03T17:00',
    ]) {
      expect(rangeOf(range)).toBe(range);
    }
    for (const range of ['', 'x', '..', '2026-11-03..', '..2026-11-03', 'a..b..c'])
      expect(rangeOf(range)).toBe('24h');
  });

  it('is asked for as the server takes it', () => {
    expect(rangeQuery('today')).toEqual({ range: 'today' });
    expect(rangeQuery(freeRange('2026-11-03', '2026-11-09'))).toEqual({
      from: '2026-11-03',
      to: '2026-11-09',
    });
    expect(endsOf('7d')).toBeUndefined();
  });
});

describe('a range goes on', () => {
  it.each([
    ['24h', 'live'],
    ['this_week', 'live'],
    ['2026-11-09..2026-11-10', 'live'],
    ['2026-11-10T10:00..2026-11-10T12:30', 'live'],
    ['yesterday', 'moving'],
    ['2026-11-09..2026-11-09', 'past'],
    ['2026-11-10T10:00..2026-11-10T12:00', 'past'],
    ['nonsense..nonsense', 'live'],
  ])('%s: %s', (range, course) => expect(courseOf(range, NOON, ZONE)).toBe(course));

  it('and traffic is followed only where it does', () => {
    expect(rangeFollows('24h', ZONE).follows).toContain('traffic');
    expect(rangeFollows('yesterday', ZONE)).toMatchObject({ keptMs: 60_000 });
    for (const range of ['yesterday', '2020-01-01..2020-01-02']) {
      expect(rangeFollows(range, ZONE).follows).not.toContain('traffic');
    }
    expect(rangeFollows('2020-01-01..2020-01-02', ZONE).keptMs).toBe(Infinity);
  });
});

describe('the form of a range', () => {
  const days = { hasTimes: false, from: '2026-11-03', to: '2026-11-09' };

  it('begins with the ends that are chosen, else with today', () => {
    expect(rangeDraftOf('2026-11-03..2026-11-09', NOON, ZONE)).toEqual(days);
    expect(rangeDraftOf('2026-11-03T14:00..2026-11-03T17:00', NOON, ZONE).hasTimes).toBe(true);
    const today = { hasTimes: false, from: '2026-11-10', to: '2026-11-10' };
    expect(rangeDraftOf('7d', NOON, ZONE)).toEqual(today);
    const shown = { from: Date.UTC(2026, 10, 8, 23), to: Date.UTC(2026, 10, 9, 23) };
    expect(rangeDraftOf('yesterday', NOON, ZONE, shown)).toEqual({
      hasTimes: false,
      from: '2026-11-09',
      to: '2026-11-09',
    });
    expect(rangeDraftOf('nonsense..nonsense', NOON, ZONE)).toEqual(today);
  });

  it('says the same by days and by times', () => {
    const times = withTimes(days, true);
    expect(times).toEqual({ hasTimes: true, from: '2026-11-03T00:00', to: '2026-11-10T00:00' });
    expect(withTimes(times, false)).toEqual(days);
    expect(withTimes({ hasTimes: true, from: '2026-11-03T14:00', to: '2026-11-04T17:00' }, false)).toEqual({
      hasTimes: false,
      from: '2026-11-03',
      to: '2026-11-04',
    });
    expect(draftRange(days)).toBe('2026-11-03..2026-11-09');
  });

  it.each([
    [{ from: '2026-11-03', to: '2026-11-03' }, undefined],
    [{ from: '2026-11-10', to: '2026-11-10' }, undefined],
    [
      { from: '', to: '2026-11-03' },
      { end: 'from', problem: 'missing' },
    ],
    [
      { from: '2026-11-03', to: '' },
      { end: 'to', problem: 'missing' },
    ],
    [
      { from: '2026-11-03', to: '2026-11-02' },
      { end: 'to', problem: 'order' },
    ],
    [
      { from: '2026-11-11', to: '2026-11-11' },
      { end: 'from', problem: 'future' },
    ],
    [
      { from: '2026-11-03', to: '2026-11-11' },
      { end: 'to', problem: 'future' },
    ],
  ])('%o is wrong as %o', (ends, problem) => {
    expect(draftProblem({ hasTimes: false, ...ends }, NOON, ZONE)).toEqual(problem);
  });

  it('by times the end may be later today, and must be after the beginning', () => {
    const from = '2026-11-10T10:00';
    expect(draftProblem({ hasTimes: true, from, to: '2026-11-10T23:00' }, NOON, ZONE)).toBeUndefined();
    expect(draftProblem({ hasTimes: true, from, to: from }, NOON, ZONE)?.problem).toBe('order');
    expect(draftProblem({ hasTimes: true, from, to: '2026-11-11T00:01' }, NOON, ZONE)?.problem).toBe(
      'future',
    );
  });
});

describe('the time before, beside the present', () => {
  const window = { from: 1_000, bucketMs: 10 };
  const starts = [1_000, 1_010, 1_020, 1_030];

  it('stands at the same places', () => {
    const former = { from: 500, to: 540, bucketMs: 10, values: [1, null, 3, 4] };
    expect(formerValues(former, window, starts, true)).toEqual([1, null, 3, 4]);
  });

  it('of longer buckets is their mean, if it is a sum', () => {
    const former = { from: 500, to: 540, bucketMs: 20, values: [10, 30] };
    expect(formerValues(former, window, starts, true)).toEqual([5, 5, 15, 15]);
    expect(formerValues(former, window, starts, false)).toEqual([10, 10, 30, 30]);
  });

  it('of days stands beside them though one has an hour more', () => {
    const hour = 3_600_000;
    const day = { from: 0, bucketMs: 24 * hour };
    const former = {
      from: 0,
      to: 73 * hour,
      bucketMs: 24 * hour,
      starts: [0, 25 * hour, 49 * hour],
      values: [1, 2, 3],
    };
    expect(formerValues(former, day, [0, 24 * hour, 48 * hour], true)).toEqual([1, 2, 3]);
  });

  it('is nothing where it had no bucket', () => {
    const former = { from: 500, to: 520, bucketMs: 10, values: [1, 2] };
    expect(formerValues(former, window, starts, true)).toEqual([1, 2, null, null]);
  });
});

describe('a span in words', () => {
  const text = (from: string, to: string, year = {}) =>
    spanOfDays(Date.parse(from), Date.parse(to), {
      textOf: (at, options) => new Intl.DateTimeFormat('en', { ...options, timeZone: ZONE }).format(at),
      isMidnight: (at) => wallTime(at, ZONE).endsWith('T00:00'),
      year,
    });

  it('is of days where it is of whole days, also of 25 hours', () => {
    expect(text('2026-11-02T23:00Z', '2026-11-09T23:00Z')).toBe('Nov 3 – Nov 9');
    expect(text('2026-10-24T22:00Z', '2026-10-25T23:00Z')).toBe('Oct 25');
    expect(text('2025-11-02T23:00Z', '2025-11-03T23:00Z', { year: 'numeric' })).toBe('Nov 3, 2025');
  });

  it('else has the times, and the day at both ends only where they differ', () => {
    expect(text('2026-11-03T13:00Z', '2026-11-03T16:00Z')).toBe('Nov 3, 14:00 – 17:00');
    expect(text('2026-11-03T13:00Z', '2026-11-03T23:00Z')).toBe('Nov 3, 14:00 – Nov 4, 00:00');
  });
});
