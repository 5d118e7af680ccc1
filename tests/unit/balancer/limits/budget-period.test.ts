import { describe, expect, it } from 'vitest';
import { periodAt, Periods } from '../../../../lib/balancer/limits/budget-period';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => (ms === Infinity ? 'never' : new Date(ms).toISOString());

describe('the period of a budget', () => {
  it.each([
    ['day', '2026-11-30T12:00:00Z', 'UTC', 'day 2026-11-30', '2026-12-01T00:00:00.000Z'],
    ['day', '2026-11-30T12:00:00Z', 'Asia/Shanghai', 'day 2026-11-30', '2026-11-30T16:00:00.000Z'],
    ['day', '2026-11-30T17:00:00Z', 'Asia/Shanghai', 'day 2026-12-01', '2026-12-01T16:00:00.000Z'],
    ['day', '2026-11-30T11:00:00Z', 'Pacific/Kiritimati', 'day 2026-12-01', '2026-12-01T10:00:00.000Z'],
    ['day', '2026-11-30T03:00:00Z', 'Pacific/Pago_Pago', 'day 2026-11-29', '2026-11-30T11:00:00.000Z'],
    // The clocks go back, and this day has 25 hours.
    ['day', '2026-10-25T12:00:00Z', 'Europe/Berlin', 'day 2026-10-25', '2026-10-25T23:00:00.000Z'],
    ['day', '2026-10-24T23:00:00Z', 'Europe/Berlin', 'day 2026-10-25', '2026-10-25T23:00:00.000Z'],
    // Monday begins the week, also for the Sunday at its end.
    ['week', '2026-11-30T00:00:00Z', 'UTC', 'week 2026-11-30', '2026-12-07T00:00:00.000Z'],
    ['week', '2026-12-06T23:59:59Z', 'UTC', 'week 2026-11-30', '2026-12-07T00:00:00.000Z'],
    ['week', '2026-11-29T23:30:00Z', 'Europe/Berlin', 'week 2026-11-30', '2026-12-06T23:00:00.000Z'],
    ['month', '2026-12-31T23:59:59Z', 'UTC', 'month 2026-12-01', '2027-01-01T00:00:00.000Z'],
    ['month', '2026-12-31T23:59:59Z', 'Asia/Tokyo', 'month 2027-01-01', '2027-01-31T15:00:00.000Z'],
    ['total', '2026-12-31T23:59:59Z', 'UTC', 'total', 'never'],
  ] as const)('%s at %s in %s is %s', (kind, now, zone, name, end) => {
    const period = periodAt(kind, at(now), zone);
    expect([period.name, iso(period.endsAt)]).toEqual([name, end]);
    expect(period.endsAt).toBeGreaterThan(at(now));
  });

  it('is another one as soon as it is over, and the one before if the clock is set back', () => {
    const periods = new Periods('UTC');
    const names = [
      '2026-11-30T10:00:00Z',
      '2026-11-30T23:59:59Z',
      '2026-12-01T00:00:00Z',
      '2026-11-30T09:00:00Z',
    ];
    expect(names.map((time) => periods.at('day', at(time)).name)).toEqual([
      'day 2026-11-30',
      'day 2026-11-30',
      'day 2026-12-01',
      'day 2026-11-30',
    ]);
  });
});
