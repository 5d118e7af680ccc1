import { expect, it } from 'vitest';
import { dayOf } from '../../../../lib/balancer/limits/day';

const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;

it.each([
  ['midnight in UTC if nothing is said', undefined, '2026-03-05T12:00:00Z', '2026-03-05T00:00:00Z', 24],
  ['the first moment of it', undefined, '2026-03-05T00:00:00Z', '2026-03-05T00:00:00Z', 24],
  ['the last moment', undefined, '2026-03-04T23:59:59.999Z', '2026-03-04T00:00:00Z', 24],
  [
    'an hour of its own, before it',
    { time: '07:30', zone: 'UTC' },
    '2026-03-05T07:29:59Z',
    '2026-03-04T07:30:00Z',
    24,
  ],
  [
    'an hour of its own, after it',
    { time: '07:30', zone: 'UTC' },
    '2026-03-05T07:30:00Z',
    '2026-03-05T07:30:00Z',
    24,
  ],
  [
    'midnight in California, as Gemini has it',
    { time: '00:00', zone: 'America/Los_Angeles' },
    '2026-01-05T07:59:59Z',
    '2026-01-04T08:00:00Z',
    24,
  ],
  [
    'a day with an hour less',
    { time: '00:00', zone: 'America/Los_Angeles' },
    '2026-03-08T20:00:00Z',
    '2026-03-08T08:00:00Z',
    23,
  ],
  [
    'a day with an hour more',
    { time: '00:00', zone: 'Europe/Berlin' },
    '2026-10-25T12:00:00Z',
    '2026-10-24T22:00:00Z',
    25,
  ],
  [
    'a zone of half hours, where it is tomorrow already',
    { time: '00:00', zone: 'Asia/Kolkata' },
    '2026-03-05T19:00:00Z',
    '2026-03-05T18:30:00Z',
    24,
  ],
] as const)('a day begins at %s', (_name, reset, now, from, hours) => {
  const day = dayOf(at(now), reset);
  expect(new Date(day.from).toISOString()).toBe(new Date(from).toISOString());
  expect((day.to - day.from) / HOUR).toBe(hours);
  expect(dayOf(day.to - 1, reset)).toEqual(day);
  expect(dayOf(day.to, reset).from).toBe(day.to);
});
