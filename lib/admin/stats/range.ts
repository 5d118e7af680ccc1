import { addDays } from '../../config/wall-clock';
import type { AdminContext } from '../context';
import {
  calendarSpan,
  dayOf,
  freeSpan,
  startOfDay,
  type AskedSpan,
  type CalendarRange,
  type RangeQuestion,
} from './asked-span';
import type { UsageKind } from '../../store/usage/usage-chains';
import { grainAt } from './usage-kinds';

export type { RangeQuestion } from './asked-span';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ROLLING = {
  '1h': { lengthMs: HOUR_MS, bucketMs: MINUTE_MS },
  '24h': { lengthMs: DAY_MS, bucketMs: 15 * MINUTE_MS },
  '7d': { lengthMs: 7 * DAY_MS, bucketMs: HOUR_MS },
  '30d': { lengthMs: 30 * DAY_MS, bucketMs: 6 * HOUR_MS },
} as const;

/** The shortest that makes no more of them than a chart has room for; beyond that, days. */
const BUCKETS_MS = [1, 5, 15, 60, 360].map((minutes) => minutes * MINUTE_MS);
const BUCKETS_MAX = 170;

export interface StatsWindow {
  readonly from: number;
  /** The millisecond after the last. */
  readonly to: number;
  /** Of most of them: the last one may be shorter, and days have 23 to 25 hours. */
  readonly bucketMs: number;
  /** When each bucket begins. */
  readonly starts: readonly number[];
}

type Clock = Pick<AdminContext, 'now' | 'settings'>;

export const zoneOf = ({ settings }: Pick<AdminContext, 'settings'>): string => settings.current.TIMEZONE;

export function rollingOf({
  range,
  from,
  to,
}: RangeQuestion): (typeof ROLLING)[keyof typeof ROLLING] | undefined {
  if (from !== undefined || to !== undefined) return undefined;
  return range in ROLLING ? ROLLING[range as keyof typeof ROLLING] : undefined;
}

/**
 * Whole buckets, as long as they are kept of that kind, that hold what was asked for; the last one may still be being
 * filled. Throws `invalid_input` for a `from` and `to` that make no range.
 */
export function windowOf(context: Clock, question: RangeQuestion, kind: UsageKind = 'all'): StatsWindow {
  const now = context.now();
  const rolling = rollingOf(question);
  if (rolling === undefined)
    return windowAround(askedSpan(question, now, zoneOf(context)), now, kind, zoneOf(context));
  const { lengthMs } = rolling;
  const bucketMs = Math.max(rolling.bucketMs, grainAt(kind, now - lengthMs + 1, now));
  const to = (Math.floor(now / bucketMs) + 1) * bucketMs;
  return evenWindow(to - lengthMs, to, bucketMs);
}

/** For an answer: what was asked for, and what it holds. */
export function spanOf({ range, from, to }: RangeQuestion, window: StatsWindow) {
  return {
    range: from === undefined && to === undefined ? range : null,
    from: window.from,
    to: window.to,
  };
}

/** For an answer: the buckets, and when they begin if that is not one length after the other. */
export function bucketsOf({ bucketMs, starts }: StatsWindow) {
  return { bucketMs, ...(bucketMs === DAY_MS && { starts: [...starts] }) };
}

/** Of what does not roll on. */
export function askedSpan({ range, from, to }: RangeQuestion, now: number, zone: string): AskedSpan {
  if (from !== undefined || to !== undefined) return freeSpan(from, to, now, zone);
  return calendarSpan(range as CalendarRange, now, zone);
}

function windowAround(span: AskedSpan, now: number, kind: UsageKind, zone: string): StatsWindow {
  const grain = grainAt(kind, span.from, now);
  const from = floorTo(span.from, grain);
  const wanted = Math.min(span.to, now + 1);
  const bucketMs =
    BUCKETS_MS.find((length) => length >= grain && (wanted - from) / length <= BUCKETS_MAX) ?? DAY_MS;
  const end = ceilTo(span.to, grainAt(kind, span.to, now));
  if (bucketMs === DAY_MS) return daysWindow(from, end, { span, now, kind, zone });
  const to = span.to > now ? Math.min(end, from + ceilTo(wanted - from, bucketMs)) : end;
  return evenWindow(from, to, bucketMs);
}

export function evenWindow(from: number, to: number, bucketMs: number): StatsWindow {
  const count = Math.max(0, Math.ceil((to - from) / bucketMs));
  return { from, to, bucketMs, starts: Array.from({ length: count }, (_, index) => from + index * bucketMs) };
}

interface Around {
  readonly span: AskedSpan;
  readonly now: number;
  readonly kind: UsageKind;
  readonly zone: string;
}

/** By days of the calendar, as exactly as what is so old can be cut. */
function daysWindow(from: number, to: number, { span, now, kind, zone }: Around): StatsWindow {
  const starts = [from];
  for (let day = addDays(dayOf(span.from, zone), 1); ; day = addDays(day, 1)) {
    const at = startOfDay(day, zone);
    const start = floorTo(at, grainAt(kind, at, now));
    if (start >= to) return { from, to, bucketMs: DAY_MS, starts };
    if (start > from) starts.push(start);
  }
}

export function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step;
}

function ceilTo(at: number, step: number): number {
  return Math.ceil(at / step) * step;
}

/** Rows that have the same key together, in the order in which keys first appear. */
export function groupRows<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
