import type { StatsCompare } from '../contract/stats';
import type { AdminContext } from '../context';
import {
  askedSpan,
  evenWindow,
  floorTo,
  rollingOf,
  zoneOf,
  type RangeQuestion,
  type StatsWindow,
} from './range';
import { dayOf, daysBefore, monthBefore, startOfDay, type AskedSpan } from './asked-span';
import type { UsageKind } from '../../store/usage/usage-chains';
import { firstRecordAt, grainAt } from './usage-kinds';

const DAY_MS = 86_400_000;
/** Two times that differ by more say nothing about each other. A day may have an hour less or more. */
const LENGTH_SHARE_MAX = 0.05;

interface Compared {
  readonly question: RangeQuestion;
  readonly window: StatsWindow;
  readonly compare: StatsCompare;
  readonly kind?: UsageKind;
}

/**
 * The time that a window is compared with. It goes down to the beginnings of buckets as they are kept, which may be
 * longer than those of the window. Undefined for `none`, and where that makes a time of another length.
 */
export function windowCompared(
  context: Pick<AdminContext, 'now' | 'settings'>,
  { question, window, compare, kind = 'all' }: Compared,
): StatsWindow | undefined {
  if (compare === 'none') return undefined;
  const now = context.now();
  const back = compare === 'week' ? byDays(7, zoneOf(context)) : shiftOf(context, question, window);
  const begin = back(window.from);
  const grain = grainAt(kind, begin, now);
  const from = floorTo(begin, grain);
  const to = floorTo(back(window.to), grain);
  const lengthMs = window.to - window.from;
  if (to <= from || Math.abs(to - from - lengthMs) > LENGTH_SHARE_MAX * lengthMs) return undefined;
  const bucketMs = Math.max(window.bucketMs, grain);
  if (bucketMs < DAY_MS) return evenWindow(from, to, bucketMs);
  const starts = window.starts.map((at) => floorTo(back(at), grain)).filter((at) => at < to);
  return { from, to, bucketMs, starts };
}

/** The same, unless it begins before the first record: what was then is not known. */
export async function knownWindow(
  context: Pick<AdminContext, 'now' | 'settings' | 'store'>,
  compared: Compared,
): Promise<StatsWindow | undefined> {
  const window = windowCompared(context, compared);
  if (window === undefined) return undefined;
  const firstAt = await firstRecordAt(context, compared.kind ?? 'all');
  return firstAt === null || window.from < firstAt ? undefined : window;
}

type Shift = (at: number) => number;

const byDays =
  (days: number, zone: string): Shift =>
  (at) =>
    daysBefore(at, days, zone);

/** To the period before: by days of the calendar where whole days were asked for. */
function shiftOf(
  context: Pick<AdminContext, 'now' | 'settings'>,
  question: RangeQuestion,
  window: StatsWindow,
): Shift {
  const byLength: Shift = (at) => at - (window.to - window.from);
  if (rollingOf(question) !== undefined) return byLength;
  const zone = zoneOf(context);
  const span = askedSpan(question, context.now(), zone);
  const isWhole = [span.from, span.to].every((at) => startOfDay(dayOf(at, zone), zone) === at);
  return isWhole ? byDays(periodDays(question, span, zone), zone) : byLength;
}

/** What is under way is compared with the same part of the day, week or month before. */
function periodDays({ range, from }: RangeQuestion, span: AskedSpan, zone: string): number {
  const days = Math.round((span.to - span.from) / DAY_MS);
  if (from !== undefined) return days;
  if (range === 'this_week') return 7;
  if (range !== 'this_month') return days;
  const first = dayOf(span.from, zone);
  const monthDays = Math.round((span.from - startOfDay(monthBefore(first), zone)) / DAY_MS);
  // A month that is longer than the one before has no such part at its end.
  return Math.max(days, monthDays);
}
