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
/** How long to count when somebody wants to know it all. */
const THOROUGH_MS = 10_000;

/** How the bars follow the traffic, by what it took to count them. */
export function histogramFollows(tookMs: number): Follows {
  let paceMs: number = PACE_MS.least;
  while (paceMs < PACE_MS.most && paceMs * SHARE < tookMs) paceMs *= 2;
  return follows(['traffic'], paceMs, Math.max(KEPT_MS, paceMs));
}

function fetchHistogram(kind: LogKind, filter: LogFilter, isThorough: boolean, signal: AbortSignal) {
  const query = { ...filter, ...(isThorough && { searchMs: THOROUGH_MS }) };
  return kind === 'requests'
    ? call('logs.requestsHistogram', { query, signal })
    : call('logs.errorsHistogram', { query, signal });
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
