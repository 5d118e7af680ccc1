import type { UsageQuery } from '../../store/usage/usage-book';
import type { Resolution, UsageRollup } from '../../store/rows';
import type { AdminContext } from '../context';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Statistics of all traffic, of each key and of each client token are kept apart, and get coarser at other ages. */
export type UsageKind = 'all' | 'key' | 'token';

interface Grain {
  /** So old it may be. */
  readonly ageMs: number;
  readonly bucketMs: number;
}

/** How long the buckets are at least, by their age: none is moved into a longer one before (see `compact`). */
const GRAINS: Readonly<Record<UsageKind, readonly Grain[]>> = {
  all: [{ ageMs: 48 * HOUR_MS, bucketMs: MINUTE_MS }],
  key: [{ ageMs: HOUR_MS, bucketMs: MINUTE_MS }],
  token: [
    { ageMs: HOUR_MS, bucketMs: MINUTE_MS },
    { ageMs: 48 * HOUR_MS, bucketMs: 15 * MINUTE_MS },
    { ageMs: 8 * DAY_MS, bucketMs: HOUR_MS },
    { ageMs: Infinity, bucketMs: 6 * HOUR_MS },
  ],
};

/** Older figures may have been moved by the time they are read. Of tokens all is looked through at any age. */
const IN_MINUTES_MS: Readonly<Record<UsageKind, number>> = { all: 47 * HOUR_MS, key: HOUR_MS, token: -1 };

/** Everything that may hold a part of them, the longest first. */
const RESOLUTIONS: Readonly<Record<UsageKind, readonly Resolution[]>> = {
  all: ['hour', 'minute'],
  key: ['key_hour', 'key_min'],
  token: ['tok_6h', 'tok_hour', 'tok_quar', 'tok_min'],
};

/** Only at whole multiples of this, since the epoch, can what is so old be cut exactly. */
export function grainAt(kind: UsageKind, at: number, now: number): number {
  return GRAINS[kind].find(({ ageMs }) => now - at <= ageMs)?.bucketMs ?? HOUR_MS;
}

type Query = Omit<UsageQuery, 'resolutions' | 'from' | 'to' | 'starts'>;

interface ReadWindow {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  readonly starts: readonly number[];
}

export function kindOf({ keyId, token, groupBy }: Pick<Query, 'keyId' | 'token' | 'groupBy'>): UsageKind {
  if (token !== undefined || groupBy?.includes('token') === true) return 'token';
  return keyId !== undefined || groupBy?.includes('keyId') === true ? 'key' : 'all';
}

/** What there is about a window up to this moment. Rows are counted on later: use them at once. */
export function readUsage(
  { usage, now }: Pick<AdminContext, 'usage' | 'now'>,
  { from, to, bucketMs, starts }: ReadWindow,
  query: Query,
): Promise<readonly UsageRollup[]> {
  const kind = kindOf(query);
  const isInMinutes = now() - from <= IN_MINUTES_MS[kind];
  const resolutions = isInMinutes ? RESOLUTIONS[kind].slice(-1) : RESOLUTIONS[kind];
  // Of many hours that make a day each is not worth a row of its own.
  const isByDay = bucketMs === DAY_MS && query.isTotal !== true;
  return usage.read({ ...query, from, to, resolutions, ...(isByDay && { starts }) });
}

/** When the first bucket of the kind begins; null while there is none. */
export function firstRecordAt(
  { store }: Pick<AdminContext, 'store'>,
  kind: UsageKind,
): Promise<number | null> {
  return store.rollups.firstAt(RESOLUTIONS[kind]);
}
