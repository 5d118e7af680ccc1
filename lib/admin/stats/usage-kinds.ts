import type { UsageQuery } from '../../store/usage/usage-book';
import type { Dimension } from '../../store/usage/rollups';
import { ATTEMPT_COLUMNS } from '../../store/usage/usage-by-attempt';
import type { Resolution, UsageRollup } from '../../store/rows';
import { resolutionsOf, type UsageKind } from '../../store/usage/usage-chains';
import type { AdminContext } from '../context';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Grain {
  /** So old it may be. */
  readonly ageMs: number;
  readonly bucketMs: number;
}

const GETTING_COARSER: readonly Grain[] = [
  { ageMs: HOUR_MS, bucketMs: MINUTE_MS },
  { ageMs: 48 * HOUR_MS, bucketMs: 15 * MINUTE_MS },
  { ageMs: 8 * DAY_MS, bucketMs: HOUR_MS },
  { ageMs: Infinity, bucketMs: 6 * HOUR_MS },
];

/** How long the buckets are at least, by their age: none is moved into a longer one before (see `compact`). */
const GRAINS: Readonly<Record<UsageKind, readonly Grain[]>> = {
  all: [{ ageMs: 48 * HOUR_MS, bucketMs: MINUTE_MS }],
  key: [{ ageMs: HOUR_MS, bucketMs: MINUTE_MS }],
  token: GETTING_COARSER,
  attempt: GETTING_COARSER,
};

/**
 * Older figures may have been moved by the time they are read. What has more steps than one is looked through at any
 * age.
 */
const IN_MINUTES_MS: Readonly<Record<UsageKind, number>> = {
  all: 47 * HOUR_MS,
  key: HOUR_MS,
  token: -1,
  attempt: -1,
};

const IN_MINUTES: Readonly<Record<UsageKind, readonly Resolution[]>> = {
  all: ['all_ms', 'minute'],
  key: ['key_ms', 'key_min'],
  token: ['tok_ms', 'tok_min'],
  attempt: ['att_ms', 'att_min'],
};

/** Only at whole multiples of this, since the epoch, can what is so old be cut exactly. */
export function grainAt(kind: UsageKind, at: number, now: number): number {
  return GRAINS[kind].find(({ ageMs }) => now - at <= ageMs)?.bucketMs ?? HOUR_MS;
}

/** What can be asked for together is of one kind: provider and model go with each. */
export type UsageDimension = Dimension | keyof typeof ATTEMPT_COLUMNS;
export type UsageFilter = { readonly [Name in UsageDimension]?: string };

interface Query
  extends
    UsageFilter,
    Omit<UsageQuery, 'resolutions' | 'kind' | 'from' | 'to' | 'starts' | 'groupBy' | 'among' | Dimension> {
  readonly groupBy?: readonly UsageDimension[];
  /** Only what has one of these values there. */
  readonly among?: { readonly column: UsageDimension; readonly values: readonly string[] };
}

interface ReadWindow {
  readonly from: number;
  readonly to: number;
  readonly starts: readonly number[];
}

export function kindOf({ groupBy = [], ...filter }: Pick<Query, UsageDimension | 'groupBy'>): UsageKind {
  const { keyId, token, proxy, verdict } = filter;
  if (proxy !== undefined || verdict !== undefined) return 'attempt';
  if (groupBy.includes('proxy') || groupBy.includes('verdict')) return 'attempt';
  if (token !== undefined || groupBy.includes('token')) return 'token';
  return keyId !== undefined || groupBy.includes('keyId') ? 'key' : 'all';
}

function isOfAttempts(dimension: UsageDimension): dimension is keyof typeof ATTEMPT_COLUMNS {
  return dimension in ATTEMPT_COLUMNS;
}

/** Where the rows of such a question hold it. */
export function columnOf(dimension: UsageDimension): Dimension {
  return isOfAttempts(dimension) ? ATTEMPT_COLUMNS[dimension] : dimension;
}

/** What there is about a window up to this moment. Rows are counted on later: use them at once. */
export function readUsage(
  { usage, now }: Pick<AdminContext, 'usage' | 'now'>,
  { from, to, starts }: ReadWindow,
  query: Query,
): Promise<readonly UsageRollup[]> {
  const kind = kindOf(query);
  const isInMinutes = now() - from <= IN_MINUTES_MS[kind];
  const resolutions = isInMinutes ? IN_MINUTES[kind] : resolutionsOf(kind);
  return usage.read({
    ...inColumns(query),
    ...{ kind, from, to, resolutions },
    ...(query.isTotal !== true && { starts }),
  });
}

function inColumns({
  proxy,
  verdict,
  groupBy,
  among,
  ...rest
}: Query): Omit<UsageQuery, 'resolutions' | 'from' | 'to'> {
  return {
    ...rest,
    ...(proxy !== undefined && { [ATTEMPT_COLUMNS.proxy]: proxy }),
    ...(verdict !== undefined && { [ATTEMPT_COLUMNS.verdict]: verdict }),
    ...(groupBy !== undefined && { groupBy: groupBy.map(columnOf) }),
    ...(among !== undefined && { among: { ...among, column: columnOf(among.column) } }),
  };
}

/** When the first bucket of the kind begins; null while there is none. */
export function firstRecordAt(
  { store }: Pick<AdminContext, 'store'>,
  kind: UsageKind,
): Promise<number | null> {
  return store.rollups.firstAt(resolutionsOf(kind));
}
