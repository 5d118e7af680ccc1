import { inBatches } from '../database/batches';
import { numberOrNull } from '../database/columns';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { createReceipts } from '../database/receipts';
import type { Receipt } from '../database/receipts';
import { recount } from './recount';
import { compactRollups } from './rollup-compaction';
import { readMoves } from './rollup-moves';
import { readSums, type ReadSums, type SumsQuery } from './rollup-sums';
import { CHAINS, LONGEST_SUM_MS, resolutionsOf } from './usage-chains';
import {
  BUCKET_COLUMNS,
  COUNT_COLUMNS,
  LATER_COLUMNS,
  LEAST_COLUMNS,
  MOST_COLUMNS,
  ROLLUP_COLUMNS,
  rollupValues,
} from './rollup-row';
import { readSeries } from './rollup-series';
import type { SeriesQuery } from './rollup-series';
import type { Resolution, UsageDelta, UsageRollup } from '../rows';
import type { Slices } from '../database/slices';
import { mergeUsage } from './usage-delta';

export type { Dimension, SeriesQuery } from './rollup-series';

export interface RollupStore {
  /**
   * Adds to the buckets, making those that are missing. In batches of 200, each all or nothing; with a receipt at most
   * 200 deltas, which are added once however often they are given.
   */
  add(deltas: readonly UsageDelta[], receipt?: Receipt): Promise<void>;
  /** Whether what was given with this receipt, the last one of all, has been added. */
  hasAdded(receipt: Receipt): Promise<boolean>;
  /** When the first bucket begins that there is of these resolutions; null if there is none. */
  firstAt(resolutions: readonly Resolution[]): Promise<number | null>;
  /** Sums over everything that the query does not group by; ascending by bucket. */
  series(query: SeriesQuery): Promise<UsageRollup[]>;
  /**
   * What `series` says of all resolutions of a kind together, in no order, from sums of hours and days if there are any
   * (see usage-cover.ts); undefined if there are none and it takes many rows.
   */
  sums(query: SumsQuery): Promise<ReadSums | undefined>;
  /**
   * Adds what is ten minutes old to the sums. Moves minutes that are older than 48 h, those of single keys older than
   * 2 h, into their hours, and those of tokens and of proxies step by step into quarters of an hour, hours and six
   * hours. Returns how many rows became coarser. Works in small transactions: it may be stopped at any point and run
   * again, or run twice at once, and nothing is lost or counted twice.
   */
  compact(now: number): Promise<number>;
  /**
   * Another text after each move of rows, whichever process made it: what was read in several statements is right if it
   * is the same before and after.
   */
  moves(): Promise<string>;
  /** See recount.ts. Done in small slices beside everything else; a repeat finds nothing to do. */
  recount(signal: AbortSignal): Promise<void>;
  /**
   * Deletes at most `limit` (at most 1,000) buckets that are older than the longest sum that holds `atMs`: up to eight
   * days are kept longer, so that sums say the same as their rows. Returns how many; repeat until it is less.
   */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
}

const DELETE_MAX = 1_000;
/** One statement each: a few milliseconds. */
const DELETE_SLICE = 50;
const RESOLUTIONS: readonly Resolution[] = (['all', 'key', 'token', 'attempt'] as const).flatMap((kind) => [
  ...resolutionsOf(kind),
  ...CHAINS[kind].sums.map(({ resolution }) => resolution),
]);

function insertRollup(database: Database): string {
  const merged = { sum: [...COUNT_COLUMNS, ...LATER_COLUMNS], least: LEAST_COLUMNS, most: MOST_COLUMNS };
  return `INSERT INTO UsageRollup (${ROLLUP_COLUMNS.join(', ')}) VALUES (${ROLLUP_COLUMNS.map(() => '?').join(', ')})
    ${database.dialect.mergeOnDuplicate('UsageRollup', BUCKET_COLUMNS, merged)}`;
}

export function createRollupStore(
  database: Database,
  { slices, readSlices }: { readonly slices: Slices; readonly readSlices: Slices },
  now: () => number,
): RollupStore {
  const insert = insertRollup(database);
  const receipts = createReceipts(database, now);
  return {
    async add(deltas, receipt) {
      await inBatches(mergeUsage(deltas), EACH_MAX, (batch) =>
        receipts.once(receipt, async (session) => {
          await session.executeEach(insert, batch.map(rollupValues));
        }),
      );
    },

    hasAdded: (receipt) => receipts.has(receipt),

    async firstAt(resolutions) {
      // Each is the first entry of a range of the primary key.
      const columns = resolutions.map(
        (_, index) => `(SELECT MIN(bucketStart) FROM UsageRollup WHERE resolution = ?) AS first${index}`,
      );
      const [row = {}] = await database.query(`SELECT ${columns.join(', ')}`, [...resolutions]);
      const firsts = resolutions.flatMap((_, index) => numberOrNull(row, `first${index}`) ?? []);
      return firsts.length === 0 ? null : Math.min(...firsts);
    },

    series: (query) => readSeries(database.reader, readSlices, query),

    recount: (signal) => recount(database, slices, insert, signal),

    sums: (query) => readSums(database.reader, readSlices, query, now()),

    compact: (at) => compactRollups({ database, slices, insert, now: at }),

    moves: () => readMoves(database.reader),

    async deleteOlderThan(atMs, limit) {
      const before = Math.floor(atMs / LONGEST_SUM_MS) * LONGEST_SUM_MS;
      let deleted = 0;
      for (const resolution of RESOLUTIONS) {
        for (;;) {
          const wanted = Math.min(DELETE_SLICE, Math.min(limit, DELETE_MAX) - deleted);
          if (wanted <= 0) return deleted;
          const count = await slices.run(() =>
            database.execute(database.dialect.deleteOldestBuckets, [resolution, before, wanted]),
          );
          deleted += count;
          if (count < wanted) break;
        }
      }
      return deleted;
    },
  };
}
