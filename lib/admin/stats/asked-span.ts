import { addDays, calendarDay, timeOfWall, wallTime } from '../../config/wall-clock';
import { ROLLUP_DAYS } from '../../store/usage/kept-days';
import type { StatsRange } from '../contract/stats';
import { wrongField } from '../error';

const DAY_MS = 86_400_000;

/** A range by its name, unless `from` is given. */
export interface RangeQuestion {
  readonly range: StatsRange;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type CalendarRange = Exclude<StatsRange, '1h' | '24h' | '7d' | '30d'>;

/** Exactly what was asked for. `to` is the millisecond after the last, and may be later on the current day. */
export interface AskedSpan {
  readonly from: number;
  readonly to: number;
}

/** Local midnight; where there is none, the first moment of the day. */
export function startOfDay(day: string, zone: string): number {
  return timeOfWall(`${day}T00:00`, zone) ?? 0;
}

export function dayOf(at: number, zone: string): string {
  return wallTime(at, zone).slice(0, 10);
}

/** The time that the clocks there showed so many days earlier when they show this one now. */
export function daysBefore(at: number, days: number, zone: string): number {
  const wall = wallTime(at, zone);
  return timeOfWall(`${addDays(wall.slice(0, 10), -days)}${wall.slice(10)}`, zone) ?? at;
}

/** The days of the range, by the clocks of the zone: the last one whole, though it may not be over. */
export function calendarSpan(range: CalendarRange, now: number, zone: string): AskedSpan {
  const [first, end] = daysOf(range, dayOf(now, zone));
  return { from: startOfDay(first, zone), to: startOfDay(end, zone) };
}

/** The first day, and the one after the last. */
function daysOf(range: CalendarRange, today: string): readonly [string, string] {
  const tomorrow = addDays(today, 1);
  const monday = addDays(today, -((new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7));
  const first = `${today.slice(0, 7)}-01`;
  switch (range) {
    case 'today':
      return [today, tomorrow];
    case 'yesterday':
      return [addDays(today, -1), today];
    case 'this_week':
      return [monday, tomorrow];
    case 'last_week':
      return [addDays(monday, -7), monday];
    case 'this_month':
      return [first, tomorrow];
    case 'last_month':
      return [monthBefore(first), first];
  }
}

/** The first day of the month before that of a first day. */
export function monthBefore(first: string): string {
  return `${addDays(first, -1).slice(0, 7)}-01`;
}

/** Throws `invalid_input` for what is no time, the wrong way round, to come, or no longer kept. */
export function freeSpan(
  from: string | undefined,
  to: string | undefined,
  now: number,
  zone: string,
): AskedSpan {
  if (from === undefined) throw wrongField('from', 'is missing');
  const begin = edgeOf('from', from, zone);
  const today = dayOf(now, zone);
  const end = to === undefined ? startOfDay(addDays(today, 1), zone) : edgeOf('to', to, zone);
  if (begin > now) throw wrongField('from', 'must not be in the future');
  if (end > startOfDay(addDays(today, 1), zone)) throw wrongField('to', 'must not be in the future');
  if (end <= begin) throw wrongField('to', 'must be after the beginning');
  if (begin < now - ROLLUP_DAYS * DAY_MS) {
    throw wrongField('from', `must be at most ${ROLLUP_DAYS} days ago: older figures are not kept`);
  }
  return { from: begin, to: end };
}

const TIME =
  /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?$/;
const MILLISECONDS = /^\d{12,15}$/;

/** A day as `from` is its beginning, as `to` its end. */
function edgeOf(name: 'from' | 'to', text: string, zone: string): number {
  if (MILLISECONDS.test(text)) return Number(text);
  const day = calendarDay(text);
  if (day !== undefined) return startOfDay(name === 'from' ? day : addDays(day, 1), zone);
  const [, date = '', clock = '', offset] = TIME.exec(text) ?? [];
  const wall = `${date}T${clock}`;
  const at =
    calendarDay(date) === undefined
      ? undefined
      : offset === undefined
        ? timeOfWall(wall, zone)
        : Date.parse(`${wall}${offset}`);
  if (at === undefined || Number.isNaN(at)) {
    throw wrongField(name, 'must be a day or a time such as 2026-11-03 or 2026-11-03T14:00');
  }
  return at;
}
