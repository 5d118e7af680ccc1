import type { LogBarItem, LogHistogramAnswer, LogKind } from '@/lib/admin/contract/logs';
import type { LogView } from '../log-view';

/** From the bottom of a bar to its top. */
export const PARTS = ['succeeded', 'other', 'failed'] as const;
export type BarPart = (typeof PARTS)[number];
export type BarCounts = Readonly<Record<BarPart, number>>;

/** What is told of a log; nothing in the log of errors has succeeded. */
export const partsOf = (kind: LogKind, counts: BarCounts): readonly BarPart[] =>
  (['succeeded', 'failed', 'other'] as const).filter((part) =>
    part === 'other' ? counts.other > 0 : part === 'failed' || kind === 'requests',
  );

export const totalOf = ({ succeeded, failed, other }: BarCounts): number => succeeded + failed + other;

export function sumOf(bars: readonly LogBarItem[]): BarCounts {
  const sums = { succeeded: 0, failed: 0, other: 0 };
  for (const bar of bars) for (const part of PARTS) sums[part] += bar[part];
  return sums;
}

/** Whether rows of this bar may be missing, because the count did not get there. */
export const isUncounted = (
  { at }: LogBarItem,
  { countedTo }: Pick<LogHistogramAnswer, 'countedTo'>,
): boolean => countedTo !== null && at < countedTo;

type Bars = Pick<LogHistogramAnswer, 'from' | 'to' | 'barMs' | 'bars'>;

/** Milliseconds from the first of some bars to behind the last, no more than what is counted. */
export function spanOf({ from, to, barMs, bars }: Bars, first: number, last: number): [number, number] {
  const [begin = from, end = to] = [bars[first]?.at, bars[last]?.at];
  return [Math.max(begin, from), Math.min(end + barMs - 1, to) + 1];
}

/** The bar that begins then, or the nearest there is. */
export function indexOfBar({ barMs, bars }: Pick<Bars, 'barMs' | 'bars'>, at: number): number {
  const index = Math.round((at - (bars[0]?.at ?? at)) / barMs);
  return Math.min(Math.max(0, index), Math.max(0, bars.length - 1));
}

const MINUTE = 60_000;
const minuteText = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;

/** The view of the rows of some bars. The address names the first minute and the last. */
export function barsPatch(bars: Bars, first: number, last: number): Pick<LogView, 'since' | 'from' | 'to'> {
  const [begin, end] = spanOf(bars, first, last);
  return { since: '', from: minuteText(begin), to: minuteText(Math.max(begin, end - MINUTE)) };
}
