import { queryOptions } from '@tanstack/react-query';
import type { LogFilter, LogHistogramAnswer, LogKind } from '../admin/contract/logs';
import { asked } from './asked';
import { follows, type Follows } from './live-follower';
import { isSameButTime, logsKey } from './logs';
import { call } from './request';

/** Counting a large log takes long: so much of the time is spent on it at most. */
const SHARE = 1 / 20;
const PACE_MS = { least: 2_000, most: 64_000 } as const;
const KEPT_MS = 60_000;
/** How long to count on at most; and when somebody wants to know it all. */
const COUNT_MS = 1_500;
const THOROUGH_MS = 10_000;

/** How the bars follow the traffic, by what it took to count them. */
export function histogramFollows(tookMs: number): Follows {
  let paceMs: number = PACE_MS.least;
  while (paceMs < PACE_MS.most && paceMs * SHARE < tookMs) paceMs *= 2;
  return follows(['traffic'], paceMs, Math.max(KEPT_MS, paceMs));
}

function fetchPart(kind: LogKind, query: LogFilter & { readonly cursor?: string }, signal: AbortSignal) {
  return kind === 'requests'
    ? call('logs.requestsHistogram', { query, signal })
    : call('logs.errorsHistogram', { query, signal });
}

/** Counts on, each time for a moment, until all is counted or it has taken too long. */
export async function countInParts(
  part: (cursor: string | undefined) => Promise<LogHistogramAnswer>,
  mostMs: number,
): Promise<LogHistogramAnswer> {
  let counted = await part(undefined);
  while (counted.nextCursor !== null && counted.tookMs < mostMs) {
    counted = joined(counted, await part(counted.nextCursor));
  }
  return counted;
}

/** Both are of the same time, or the later one of a bar's length later. */
function joined(newer: LogHistogramAnswer, older: LogHistogramAnswer): LogHistogramAnswer {
  const added = new Map(older.bars.map((bar) => [bar.at, bar]));
  const bars = newer.bars.map(({ at, succeeded, failed, other }) => ({
    at,
    succeeded: succeeded + (added.get(at)?.succeeded ?? 0),
    failed: failed + (added.get(at)?.failed ?? 0),
    other: other + (added.get(at)?.other ?? 0),
  }));
  const total = bars.reduce((sum, { succeeded, failed, other }) => sum + succeeded + failed + other, 0);
  const { isComplete, countedTo, nextCursor } = older;
  return { ...newer, bars, total, isComplete, countedTo, nextCursor, tookMs: newer.tookMs + older.tookMs };
}

function fetchHistogram(kind: LogKind, filter: LogFilter, isThorough: boolean, signal: AbortSignal) {
  const part = (cursor: string | undefined) =>
    fetchPart(kind, { ...filter, ...(cursor !== undefined && { cursor }) }, signal);
  return countInParts(part, isThorough ? THOROUGH_MS : COUNT_MS);
}

/** How many rows pass the filter, by time. */
export const logHistogramQuery = (kind: LogKind, filter: LogFilter, isThorough: boolean) =>
  queryOptions({
    queryKey: [...logsKey, kind, filter, 'histogram', isThorough],
    queryFn: ({ signal }) =>
      asked<LogHistogramAnswer>(() => fetchHistogram(kind, filter, isThorough, signal)),
    // A window of time moves on by the minute, and that is no reason to take the bars away.
    placeholderData: (previous, query) =>
      query !== undefined && isSameButTime(query.queryKey, kind, filter) ? previous : undefined,
  });
