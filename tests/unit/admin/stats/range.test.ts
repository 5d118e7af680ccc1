import { describe, expect, it } from 'vitest';
import { windowCompared } from '../../../../lib/admin/stats/compared';
import { spanOf, windowOf, type RangeQuestion } from '../../../../lib/admin/stats/range';
import type { UsageKind } from '../../../../lib/store/usage/usage-chains';
import type { StatsCompare } from '../../../../lib/admin/contract/stats';
import { isoTime } from '../../../../lib/client/zone';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FREE = { range: '24h' } as const;

/** A Wednesday noon in Berlin, three days after the clocks went back. */
const NOON = Date.UTC(2026, 9, 28, 11, 7, 30);

function at(now = NOON, zone = 'Europe/Berlin') {
  const context = { now: () => now, settings: { current: { TIMEZONE: zone } } } as unknown as Parameters<
    typeof windowOf
  >[0];
  const text = ({ from, to }: { readonly from: number; readonly to: number }) =>
    [from, to].map((time) => isoTime(time, zone).slice(0, 16));
  return {
    window: (question: RangeQuestion, kind?: UsageKind) => windowOf(context, question, kind),
    shown: (question: RangeQuestion, kind?: UsageKind) => text(windowOf(context, question, kind)),
    compared: (question: RangeQuestion, compare: StatsCompare, kind: UsageKind = 'all') => {
      const window = windowOf(context, question, kind);
      const former = windowCompared(context, { question, window, compare, kind });
      return former && text(former);
    },
    failure: (from: string | undefined, to?: string) => {
      try {
        windowOf(context, { ...FREE, from, to });
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    },
  };
}

describe('the days of a range', () => {
  it.each([
    ['today', '2026-10-28T00:00', '2026-10-28T12:10'],
    ['yesterday', '2026-10-27T00:00', '2026-10-28T00:00'],
    ['this_week', '2026-10-26T00:00', '2026-10-28T13:00'],
    ['last_week', '2026-10-19T00:00', '2026-10-26T00:00'],
    ['this_month', '2026-10-01T00:00', '2026-10-28T17:00'],
    ['last_month', '2026-09-01T00:00', '2026-10-01T00:00'],
  ] as const)('of %s are those of the zone, up to the bucket that is being filled', (range, from, to) => {
    expect(at().shown({ range })).toEqual([from, to]);
  });

  it('are whole where they have 23 or 25 hours, and a week on Sunday is the one that ends', () => {
    const back = at().window({ ...FREE, from: '2026-10-25', to: '2026-10-25' });
    expect((back.to - back.from) / HOUR).toBe(25);
    expect(back.starts).toHaveLength(25);
    const ahead = at(Date.UTC(2026, 3, 1)).window({ ...FREE, from: '2026-03-29', to: '2026-03-29' });
    expect((ahead.to - ahead.from) / HOUR).toBe(23);
    expect(at(Date.UTC(2026, 9, 25, 20)).shown({ range: 'this_week' })[0]).toBe('2026-10-19T00:00');
  });

  it('begin with the first moment where midnight is left out', () => {
    // In Beirut the clocks go from 0:00 to 1:00.
    const { shown } = at(Date.UTC(2026, 3, 1), 'Asia/Beirut');
    expect(shown({ ...FREE, from: '2026-03-29', to: '2026-03-29' })).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:00',
    ]);
  });

  it('are the buckets of a long range, as long as they are', () => {
    const { starts, bucketMs } = at().window({ ...FREE, from: '2026-03-01', to: '2026-10-27' });
    expect(bucketMs).toBe(DAY);
    expect(starts).toHaveLength(241);
    expect(starts.every((start) => isoTime(start, 'Europe/Berlin').slice(11, 16) === '00:00')).toBe(true);
  });
});

describe('from and to', () => {
  it('take days, times of the zone, times with their zone, and milliseconds', () => {
    const { shown } = at();
    const day = ['2026-10-27T00:00', '2026-10-28T00:00'];
    expect(shown({ ...FREE, from: '2026-10-27', to: '2026-10-27' })).toEqual(day);
    expect(shown({ ...FREE, from: '2026-10-27T00:00', to: '2026-10-28T00:00' })).toEqual(day);
    expect(shown({ ...FREE, from: '2026-10-26T23:00:00Z', to: '2026-10-28T00:00+01:00' })).toEqual(day);
    const [from, to] = [Date.UTC(2026, 9, 26, 23), Date.UTC(2026, 9, 27, 23)];
    expect(shown({ ...FREE, from: String(from), to: String(to) })).toEqual(day);
  });

  it('without an end, or with the current day, go on', () => {
    const { shown, window } = at();
    expect(shown({ ...FREE, from: '2026-10-28' })).toEqual(shown({ range: 'today' }));
    expect(shown({ ...FREE, from: '2026-10-28', to: '2026-10-28' })).toEqual(shown({ range: 'today' }));
    expect(spanOf({ ...FREE, from: '2026-10-28' }, window({ ...FREE, from: '2026-10-28' })).range).toBeNull();
  });

  it('go out to whole buckets as they are kept at that age, and no further', () => {
    const { shown } = at();
    expect(shown({ ...FREE, from: '2026-10-28T09:07', to: '2026-10-28T09:12' })).toEqual([
      '2026-10-28T09:07',
      '2026-10-28T09:12',
    ]);
    expect(shown({ ...FREE, from: '2026-10-20T14:20', to: '2026-10-20T16:20' })).toEqual([
      '2026-10-20T14:00',
      '2026-10-20T17:00',
    ]);
    expect(shown({ ...FREE, from: '2026-10-28T09:07', to: '2026-10-28T09:12' }, 'key')).toEqual([
      '2026-10-28T09:00',
      '2026-10-28T10:00',
    ]);
    // Six hours of UTC.
    expect(shown({ ...FREE, from: '2026-09-20', to: '2026-09-20' }, 'token')).toEqual([
      '2026-09-19T20:00',
      '2026-09-21T02:00',
    ]);
    expect(at(NOON, 'Asia/Kolkata').shown({ ...FREE, from: '2026-10-20', to: '2026-10-20' })).toEqual([
      '2026-10-19T23:30',
      '2026-10-21T00:30',
    ]);
  });

  it('cut no bucket that is kept: all begin at a multiple of its length', () => {
    const kinds = ['all', 'key', 'token'] as const;
    for (const kind of kinds) {
      for (let days = 0; days < 60; days += 1) {
        const from = String(NOON - days * DAY - 3 * HOUR);
        const { starts, to } = at(NOON, 'Asia/Kathmandu').window({ ...FREE, from }, kind);
        const step = kind === 'token' && days > 7 ? 6 * HOUR : days > 1 ? HOUR : 60_000;
        const old = starts.filter((start) => NOON - start > (kind === 'token' ? 8 : 2) * DAY);
        expect(old.filter((start) => start % step !== 0)).toEqual([]);
        expect(starts.length).toBeLessThanOrEqual(171);
        expect(to).toBeGreaterThan(NOON);
      }
    }
  });

  it.each([
    ['yesterday', undefined, 'from: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
    ['2026-02-30', undefined, 'from: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
    ['2026-02-30T10:00', undefined, 'from: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
    ['2026-10-01', '2026-10-32', 'to: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
    ['2026-10-01T24:00', undefined, 'from: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
    ['2026-10-27', '2026-10-26', 'to: must be after the beginning'],
    ['2026-10-27T10:00', '2026-10-27T10:00', 'to: must be after the beginning'],
    ['2026-10-29', undefined, 'from: must not be in the future'],
    ['2026-10-27', '2026-10-29', 'to: must not be in the future'],
    ['2025-09-22', undefined, 'from: must be at most 400 days ago: older figures are not kept'],
    [undefined, '2026-10-27', 'from: is missing'],
  ])('from %s to %s: %s', (from, to, message) => {
    expect(at().failure(from, to)).toBe(message);
  });
});

describe('what a range is compared with', () => {
  it('is as long a time right before it', () => {
    const { compared, window } = at();
    const { from, to } = window({ range: '24h' });
    expect(compared({ range: '24h' }, 'before')).toEqual(
      [2 * from - to, from].map((time) => isoTime(time, 'Europe/Berlin').slice(0, 16)),
    );
    expect(compared({ ...FREE, from: '2026-10-12', to: '2026-10-18' }, 'before')).toEqual([
      '2026-10-05T00:00',
      '2026-10-12T00:00',
    ]);
    expect(compared({ ...FREE, from: '2026-10-20T14:00', to: '2026-10-20T16:00' }, 'before')).toEqual([
      '2026-10-20T12:00',
      '2026-10-20T14:00',
    ]);
    expect(compared({ range: 'last_month' }, 'before')).toEqual(['2026-08-02T00:00', '2026-09-01T00:00']);
  });

  it('by days is of as many days, whatever their hours', () => {
    expect(at().compared({ ...FREE, from: '2026-10-25', to: '2026-10-25' }, 'before')).toEqual([
      '2026-10-24T00:00',
      '2026-10-25T00:00',
    ]);
    expect(at().compared({ ...FREE, from: '2026-10-26', to: '2026-10-26' }, 'before')).toEqual([
      '2026-10-25T00:00',
      '2026-10-26T00:00',
    ]);
  });

  it('of what is under way is the same part of the day, the week or the month before', () => {
    const { compared } = at();
    expect(compared({ range: 'today' }, 'before')).toEqual(['2026-10-27T00:00', '2026-10-27T12:10']);
    expect(compared({ range: 'this_week' }, 'before')).toEqual(['2026-10-19T00:00', '2026-10-21T13:00']);
    expect(compared({ range: 'this_month' }, 'before')).toEqual(['2026-09-01T00:00', '2026-09-28T17:00']);
    const march = at(Date.UTC(2026, 2, 30, 11)).compared({ range: 'this_month' }, 'before');
    expect(march?.[0]).toBe('2026-01-30T00:00');
  });

  it('is the same time a week before, by the clock, if that is wanted', () => {
    const { compared } = at();
    expect(compared({ range: 'yesterday' }, 'week')).toEqual(['2026-10-20T00:00', '2026-10-21T00:00']);
    // Of that age it is kept by the hour.
    expect(compared({ range: '24h' }, 'week')).toEqual(['2026-10-20T12:00', '2026-10-21T12:00']);
    expect(compared({ range: '24h' }, 'none')).toBeUndefined();
  });

  it('is nothing where what is kept makes no time of that length', () => {
    expect(
      at().compared({ ...FREE, from: '2026-10-28T09:10', to: '2026-10-28T09:40' }, 'week'),
    ).toBeUndefined();
  });
});
