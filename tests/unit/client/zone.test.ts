import { describe, expect, test } from 'vitest';
import { isoTime, yearOf, yearUnlike, zoneName } from '../../../lib/client/zone';

const WINTER = Date.UTC(2026, 0, 15, 12, 30, 5, 700);
const SUMMER = Date.UTC(2026, 6, 15, 12, 30, 5, 700);

describe('the zone of a time', () => {
  test.each([
    [WINTER, 'UTC', 'UTC', '2026-01-15T12:30:05+00:00'],
    [WINTER, 'Europe/Berlin', 'UTC+1', '2026-01-15T13:30:05+01:00'],
    [SUMMER, 'Europe/Berlin', 'UTC+2', '2026-07-15T14:30:05+02:00'],
    [WINTER, 'Asia/Shanghai', 'UTC+8', '2026-01-15T20:30:05+08:00'],
    [WINTER, 'America/St_Johns', 'UTC-3:30', '2026-01-15T09:00:05-03:30'],
    [WINTER, 'Asia/Kathmandu', 'UTC+5:45', '2026-01-15T18:15:05+05:45'],
    [WINTER, 'Pacific/Kiritimati', 'UTC+14', '2026-01-16T02:30:05+14:00'],
  ])('%i in %s is told as %s and as %s', (at, zone, name, iso) => {
    expect(zoneName(at, zone)).toBe(name);
    expect(isoTime(at, zone)).toBe(iso);
  });

  test('the whole time names the very moment', () => {
    for (const zone of ['UTC', 'America/Los_Angeles', 'Australia/Lord_Howe']) {
      for (const at of [WINTER, SUMMER]) expect(Date.parse(isoTime(at, zone))).toBe(at - (at % 1000));
    }
  });
});

describe('a short date', () => {
  test.each([
    [Date.UTC(2029, 0, 31), 'UTC', 2029],
    [Date.UTC(2026, 11, 31, 23, 30), 'UTC', 2026],
    [Date.UTC(2026, 11, 31, 23, 30), 'Europe/Berlin', 2027],
    [Date.UTC(2027, 0, 1, 4), 'America/Los_Angeles', 2026],
  ])('%i in %s is of the year %i', (at, zone, year) => expect(yearOf(at, zone)).toBe(year));

  test('shows the year where it is not the current one', () => {
    const textOf = (at: number, language: string) =>
      new Intl.DateTimeFormat(language, {
        timeZone: 'UTC',
        ...yearUnlike(2026, at, 'UTC'),
        month: 'short',
        day: '2-digit',
      }).format(at);
    expect([textOf(WINTER, 'en'), textOf(WINTER, 'zh')]).toEqual(['Jan 15', '1月15日']);
    const later = Date.UTC(2029, 0, 31);
    expect([textOf(later, 'en'), textOf(later, 'zh')]).toEqual(['Jan 31, 2029', '2029年1月31日']);
    expect(yearUnlike(0, later, 'UTC')).toEqual({});
  });
});
