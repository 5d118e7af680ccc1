import type { StatsRange } from '../admin/contract/stats';
import { addDays, calendarDay, timeOfWall } from '../config/wall-clock';

export const rollingRanges = ['1h', '24h', '7d', '30d'] as const satisfies readonly StatsRange[];
export const calendarRanges = [
  ...(['today', 'yesterday', 'this_week', 'last_week', 'this_month', 'last_month'] as const),
] as const satisfies readonly StatsRange[];

/** As an address has it: a name, or both ends as the admin API takes them, `2026-11-03..2026-11-09`. */
export type RangeText = string;

const NAMES: readonly StatsRange[] = [...rollingRanges, ...calendarRanges];
const BETWEEN = '..';

/** What an address says, if it has the form of one. Whether both ends make a range, the server says. */
export function rangeOf(text: string): RangeText {
  return NAMES.some((range) => range === text) || endsOf(text) !== undefined ? text : '24h';
}

export function nameOf(range: RangeText): StatsRange | undefined {
  return NAMES.find((name) => name === range);
}

/** Of a free range. */
export function endsOf(range: RangeText): readonly [from: string, to: string] | undefined {
  const [from = '', to = '', ...more] = range.split(BETWEEN);
  return from === '' || to === '' || more.length > 0 ? undefined : [from, to];
}

export const freeRange = (from: string, to: string): RangeText => `${from}${BETWEEN}${to}`;

/** What the server is asked for. */
export function rangeQuery(range: RangeText) {
  const [from, to] = endsOf(range) ?? [];
  if (from !== undefined && to !== undefined) return { from, to };
  return { range: nameOf(range) ?? ('24h' as const) };
}

export type RangeQuery = ReturnType<typeof rangeQuery>;

/** When an end of a free range is, by the clocks of the zone: of a day its beginning, as `to` its end. */
export function timeOfEnd(text: string, side: 'from' | 'to', zone: string): number | undefined {
  const day = calendarDay(text);
  if (day === undefined) return timeOfWall(text, zone);
  return timeOfWall(`${side === 'from' ? day : addDays(day, 1)}T00:00`, zone);
}

/**
 * How a range goes on. `live`: it reaches now. `moving`: days that are over, until the next begins. `past`: nothing
 * changes it.
 */
export function courseOf(range: RangeText, now: number, zone: string): 'live' | 'moving' | 'past' {
  if (range === 'yesterday' || range === 'last_week' || range === 'last_month') return 'moving';
  const [, to] = endsOf(range) ?? [];
  const end = to === undefined ? undefined : timeOfEnd(to, 'to', zone);
  return end !== undefined && end <= now ? 'past' : 'live';
}
