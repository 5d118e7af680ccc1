import { endsOf, freeRange, timeOfEnd, type RangeText } from '../../lib/client/ranges';
import { wallTime } from '../../lib/client/zone';
import { addDays, calendarDay } from '../../lib/config/wall-clock';

/** What the form says: days, or times by the clocks of the dashboard's zone. */
export interface RangeDraft {
  readonly hasTimes: boolean;
  readonly from: string;
  readonly to: string;
}

export type RangeProblem = 'missing' | 'order' | 'future';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of a free range its ends; else the days that are shown, or today. */
export function rangeDraftOf(range: RangeText, now: number, zone: string, shown?: Span): RangeDraft {
  const dayOf = (at: number) => wallTime(at, zone).slice(0, 10);
  const today = dayOf(now);
  const days = shown === undefined ? [] : [dayOf(shown.from), dayOf(Math.min(shown.to - 1, now))];
  const [from = today, to = today] = endsOf(range) ?? days;
  const areDays = [from, to].every((end) => calendarDay(end) !== undefined);
  const areTimes = [from, to].every((end) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(end));
  if (areDays || areTimes) return { hasTimes: !areDays, from, to };
  return { hasTimes: false, from: today, to: today };
}

/** The same range by times, or the days that it is of. */
export function withTimes(draft: RangeDraft, hasTimes: boolean): RangeDraft {
  const { from, to } = draft;
  if (hasTimes) {
    const after = calendarDay(to) === undefined ? '' : `${addDays(to, 1)}T00:00`;
    return { hasTimes, from: from === '' ? '' : `${from}T00:00`, to: after };
  }
  const last = to.slice(0, 10);
  const isBefore = to.endsWith('T00:00') && calendarDay(last) !== undefined && last > from.slice(0, 10);
  return { hasTimes, from: from.slice(0, 10), to: isBefore ? addDays(last, -1) : last };
}

/** What is wrong with which end; undefined for a range that can be asked for. The current day may be chosen whole. */
export function draftProblem(
  { from, to, hasTimes }: RangeDraft,
  now: number,
  zone: string,
): { readonly end: 'from' | 'to'; readonly problem: RangeProblem } | undefined {
  const [start, stop] = [timeOfEnd(from, 'from', zone), timeOfEnd(to, 'to', zone)];
  if (start === undefined || from === '') return { end: 'from', problem: 'missing' };
  if (stop === undefined || to === '') return { end: 'to', problem: 'missing' };
  if (start > now) return { end: 'from', problem: 'future' };
  const today = wallTime(now, zone).slice(0, 10);
  if (hasTimes ? to > `${addDays(today, 1)}T00:00` : to > today) return { end: 'to', problem: 'future' };
  return stop <= start ? { end: 'to', problem: 'order' } : undefined;
}

export const draftRange = ({ from, to }: RangeDraft): RangeText => freeRange(from, to);
