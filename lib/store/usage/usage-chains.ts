import type { Resolution, UsageBucket } from '../rows';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const SIX_HOURS_MS = 6 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
/** Of the longest sums: statistics end at the beginning of such a time. */
export const LONGEST_SUM_MS = 8 * DAY_MS;

/**
 * Statistics of all traffic, of each key, of each client token, and of each proxy and verdict are kept apart, and get
 * coarser at other ages.
 */
export type UsageKind = 'all' | 'key' | 'token' | 'attempt';

/** One row for all buckets of its length, which begin at its whole multiples since the epoch. */
export interface SumLevel {
  readonly resolution: Resolution;
  readonly lengthMs: number;
  /** Only what is no older may be read from it; a day later it is deleted. */
  readonly ageMs: number;
}

/** Rows move on, one way only, and each is in exactly one resolution at any moment. */
export interface Step {
  readonly from: Resolution;
  readonly to: Resolution;
  readonly keptMs: number;
  /** Of a bucket of `to`. Only whole ones are moved, so that no time lies half in each resolution. */
  readonly lengthMs: number;
}

interface Chain {
  /** As rows are written, and as versions without sums left them: in no sum yet, the longest first. */
  readonly unsummed: readonly Resolution[];
  /** Rows that are in the sums as well. */
  readonly summed: readonly Resolution[];
  /** The longest first. */
  readonly sums: readonly SumLevel[];
  /** What the sums do not keep apart. */
  readonly without: readonly ('provider' | 'model')[];
  /** From rows in no sum to rows that are: in the same transaction they are added to the sums. */
  readonly summing: readonly Step[];
  /** Of summed rows to longer buckets: their sums stay. */
  readonly coarser: readonly Step[];
}

/** Under way still, or nearly: what is summed up sooner is only summed up twice. */
const FRESH_MS = 10 * MINUTE_MS;

const level = (resolution: Resolution, lengthMs: number, ageMs = Infinity): SumLevel => ({
  resolution,
  lengthMs,
  ageMs,
});

/**
 * Those of tokens, and by proxy and verdict, go as coarse as the statistics are shown, and no coarser: so they add up
 * to those of all together.
 */
function gettingCoarser(name: 'tok' | 'att'): Chain {
  return {
    unsummed: [`${name}_6h`, `${name}_hour`, `${name}_quar`, `${name}_min`],
    summed: [`${name}_6s`, `${name}_hs`, `${name}_qs`, `${name}_ms`],
    sums: [
      level(`${name}_s192`, LONGEST_SUM_MS),
      level(`${name}_s24`, DAY_MS),
      level(`${name}_s6`, SIX_HOURS_MS),
      level(`${name}_s1`, HOUR_MS, 8 * DAY_MS),
      level(`${name}_s15`, QUARTER_MS, 48 * HOUR_MS),
    ],
    without: ['provider', 'model'],
    summing: [
      { from: `${name}_min`, to: `${name}_ms`, keptMs: FRESH_MS, lengthMs: MINUTE_MS },
      { from: `${name}_quar`, to: `${name}_qs`, keptMs: 0, lengthMs: QUARTER_MS },
      { from: `${name}_hour`, to: `${name}_hs`, keptMs: 0, lengthMs: HOUR_MS },
      { from: `${name}_6h`, to: `${name}_6s`, keptMs: 0, lengthMs: SIX_HOURS_MS },
    ],
    coarser: [
      { from: `${name}_ms`, to: `${name}_qs`, keptMs: 2 * HOUR_MS, lengthMs: QUARTER_MS },
      { from: `${name}_qs`, to: `${name}_hs`, keptMs: 48 * HOUR_MS, lengthMs: HOUR_MS },
      { from: `${name}_hs`, to: `${name}_6s`, keptMs: 8 * DAY_MS, lengthMs: SIX_HOURS_MS },
    ],
  };
}

/**
 * How rows of each kind get older. With thousands of keys or tokens nearly every request has a minute of its own: those
 * are not kept for long.
 */
export const CHAINS: Readonly<Record<UsageKind, Chain>> = {
  all: {
    unsummed: ['hour', 'minute'],
    summed: ['all_hs', 'all_ms'],
    sums: [
      level('all_s192', LONGEST_SUM_MS),
      level('all_s24', DAY_MS),
      level('all_s6', SIX_HOURS_MS),
      level('all_s1', HOUR_MS),
      level('all_s15', QUARTER_MS, 48 * HOUR_MS),
    ],
    without: [],
    summing: [
      { from: 'minute', to: 'all_ms', keptMs: FRESH_MS, lengthMs: MINUTE_MS },
      { from: 'hour', to: 'all_hs', keptMs: 0, lengthMs: HOUR_MS },
    ],
    coarser: [{ from: 'all_ms', to: 'all_hs', keptMs: 48 * HOUR_MS, lengthMs: HOUR_MS }],
  },
  key: {
    unsummed: ['key_hour', 'key_min'],
    summed: ['key_hs', 'key_ms'],
    sums: [level('key_s24', DAY_MS), level('key_s6', SIX_HOURS_MS), level('key_s1', HOUR_MS, 48 * HOUR_MS)],
    without: ['model'],
    summing: [
      { from: 'key_min', to: 'key_ms', keptMs: FRESH_MS, lengthMs: MINUTE_MS },
      { from: 'key_hour', to: 'key_hs', keptMs: 0, lengthMs: HOUR_MS },
    ],
    coarser: [{ from: 'key_ms', to: 'key_hs', keptMs: 2 * HOUR_MS, lengthMs: HOUR_MS }],
  },
  token: gettingCoarser('tok'),
  attempt: gettingCoarser('att'),
};

/** Everything that may hold a part of what there is of a kind, the longest first; sums of it are not among it. */
export function resolutionsOf(kind: UsageKind): Resolution[] {
  return [...CHAINS[kind].summed, ...CHAINS[kind].unsummed];
}

/** The sums that such a row belongs in. */
export function sumsOfRow<Row extends UsageBucket>(
  row: Row,
  { sums, without }: Pick<Chain, 'sums' | 'without'>,
  lengthMs: number,
  now: number,
): Row[] {
  return sums
    .filter((sum) => sum.lengthMs >= lengthMs && now - row.bucketStart <= sum.ageMs + DAY_MS)
    .map((sum) => ({
      ...row,
      resolution: sum.resolution,
      bucketStart: Math.floor(row.bucketStart / sum.lengthMs) * sum.lengthMs,
      ...(without.includes('provider') && { provider: '' }),
      ...(without.includes('model') && { model: '' }),
    }));
}

/** When a sum of this level is of no use any more; -Infinity of one that is kept. */
export function sumsEndAt({ ageMs }: SumLevel, now: number): number {
  return now - ageMs - DAY_MS;
}
