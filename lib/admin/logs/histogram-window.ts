const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Shown where nobody has said from when. */
const DEFAULT_MS = DAY_MS;

export const BARS_MAX = 60;
/** What a bar may cover; beyond the last of them twice as much again and again. */
const BAR_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 4].map((days) => days * DAY_MS),
];

export interface HistogramWindow {
  /** First and last millisecond. */
  readonly from: number;
  readonly to: number;
  readonly barMs: number;
  /** When each bar begins. The first may begin before `from`. */
  readonly starts: readonly number[];
}

/**
 * The bars of a span of time: whole minutes or more each, 61 at most. Without an end it ends with the bar that `now` is
 * in, without a beginning it is 24 hours.
 */
export function histogramWindow(asked: { from?: number; to?: number }, now: number): HistogramWindow {
  const last = asked.to ?? Math.max(now, asked.from ?? 0);
  const barMs = barMsOf(asked.from === undefined ? DEFAULT_MS : last - asked.from + 1);
  const startOf = (at: number) => Math.floor(at / barMs) * barMs;
  const end = startOf(last) + barMs;
  const from = asked.from ?? Math.max(0, end - DEFAULT_MS);
  const starts: number[] = [];
  for (let at = startOf(from); at < end; at += barMs) starts.push(at);
  return { from, to: asked.to ?? end - 1, barMs, starts };
}

function barMsOf(lengthMs: number): number {
  const found = BAR_MS.find((ms) => lengthMs <= ms * BARS_MAX);
  if (found !== undefined) return found;
  let ms = 8 * DAY_MS;
  while (lengthMs > ms * BARS_MAX) ms *= 2;
  return ms;
}
