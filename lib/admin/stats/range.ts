import type { SeriesQuery, UsageRollup } from '../../store';
import type { StatsRange } from '../contract/stats';
import type { AdminContext } from '../context';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What is older than that may be in hours. */
const ALL_KEYS = { minutes: 'minute', hours: 'hour', minutesReachMs: 47 * HOUR_MS } as const;
const EACH_KEY = { minutes: 'key_min', hours: 'key_hour', minutesReachMs: HOUR_MS } as const;

const FRESH_MS = { short: 1_000, long: 5_000 };

const RANGES: Readonly<Record<StatsRange, { readonly lengthMs: number; readonly bucketMs: number }>> = {
  '1h': { lengthMs: HOUR_MS, bucketMs: MINUTE_MS },
  '24h': { lengthMs: DAY_MS, bucketMs: 15 * MINUTE_MS },
  '7d': { lengthMs: 7 * DAY_MS, bucketMs: HOUR_MS },
  '30d': { lengthMs: 30 * DAY_MS, bucketMs: 6 * HOUR_MS },
};

export interface StatsWindow {
  readonly from: number;
  /** The millisecond after the last. */
  readonly to: number;
  readonly bucketMs: number;
}

/** Whole buckets, the last of which is the one that is being filled. */
export function windowOf(range: StatsRange, now: number): StatsWindow {
  const { lengthMs, bucketMs } = RANGES[range];
  return wholeBuckets(lengthMs, bucketMs, now);
}

/** The same for statistics by key, which beyond an hour are kept by the hour. */
export function keyWindowOf(range: StatsRange, now: number): StatsWindow {
  const { lengthMs, bucketMs } = RANGES[range];
  return wholeBuckets(lengthMs, range === '1h' ? bucketMs : Math.max(bucketMs, HOUR_MS), now);
}

function wholeBuckets(lengthMs: number, bucketMs: number, now: number): StatsWindow {
  const to = (Math.floor(now / bucketMs) + 1) * bucketMs;
  return { from: to - lengthMs, to, bucketMs };
}

/**
 * What the store has about a window, in minutes and, further back, in hours. It is read once for all who ask within a few
 * seconds: with many keys it is much.
 */
export function readUsage(
  { store, cache, now }: Pick<AdminContext, 'store' | 'cache' | 'now'>,
  { from, to, bucketMs }: StatsWindow,
  query: Omit<SeriesQuery, 'resolution' | 'from' | 'to'>,
): Promise<UsageRollup[]> {
  const name = `usage ${JSON.stringify([from, to, query])}`;
  return cache.get(name, bucketMs === MINUTE_MS ? FRESH_MS.short : FRESH_MS.long, async () => {
    const isByKey = query.keyId !== undefined || query.groupBy?.includes('keyId') === true;
    const kept = isByKey ? EACH_KEY : ALL_KEYS;
    const minutes = await store.rollups.series({ ...query, from, to, resolution: kept.minutes });
    if (from >= now() - kept.minutesReachMs) return minutes;
    return [...(await store.rollups.series({ ...query, from, to, resolution: kept.hours })), ...minutes];
  });
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
