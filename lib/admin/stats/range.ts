import type { UsageQuery } from '../../store/usage/usage-book';
import type { Resolution, UsageRollup } from '../../store/rows';
import type { StatsRange } from '../contract/stats';
import type { AdminContext } from '../context';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Older figures may be kept by the hour. */
const ALL_KEYS = { minutes: 'minute', hours: 'hour', minutesReachMs: 47 * HOUR_MS } as const;
const EACH_KEY = { minutes: 'key_min', hours: 'key_hour', minutesReachMs: HOUR_MS } as const;
const EACH_TOKEN = ['tok_6h', 'tok_hour', 'tok_quar', 'tok_min'] as const satisfies readonly Resolution[];

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

/** Whole buckets; the last one is still being filled. */
export function windowOf(range: StatsRange, now: number): StatsWindow {
  const { lengthMs, bucketMs } = RANGES[range];
  return wholeBuckets(lengthMs, bucketMs, now);
}

/** The same for statistics by key, which beyond an hour are kept by the hour. */
export function keyWindowOf(range: StatsRange, now: number): StatsWindow {
  const { lengthMs, bucketMs } = RANGES[range];
  return wholeBuckets(lengthMs, range === '1h' ? bucketMs : Math.max(bucketMs, HOUR_MS), now);
}

/** As long a time, right before it. */
export function windowBefore({ from, to, bucketMs }: StatsWindow): StatsWindow {
  return { from: 2 * from - to, to: from, bucketMs };
}

function wholeBuckets(lengthMs: number, bucketMs: number, now: number): StatsWindow {
  const to = (Math.floor(now / bucketMs) + 1) * bucketMs;
  return { from: to - lengthMs, to, bucketMs };
}

function isBy(name: 'keyId' | 'token', query: Pick<UsageQuery, 'keyId' | 'token' | 'groupBy'>): boolean {
  return query[name] !== undefined || query.groupBy?.includes(name) === true;
}

/** What there is about a window up to this moment. Rows are counted on later: use them at once. */
export function readUsage(
  { usage, now }: Pick<AdminContext, 'usage' | 'now'>,
  { from, to }: StatsWindow,
  query: Omit<UsageQuery, 'resolutions' | 'from' | 'to'>,
): Promise<readonly UsageRollup[]> {
  if (isBy('token', query)) return usage.read({ ...query, from, to, resolutions: EACH_TOKEN });
  const { hours, minutes, minutesReachMs } = isBy('keyId', query) ? EACH_KEY : ALL_KEYS;
  const resolutions = from >= now() - minutesReachMs ? [minutes] : [hours, minutes];
  return usage.read({ ...query, from, to, resolutions });
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
