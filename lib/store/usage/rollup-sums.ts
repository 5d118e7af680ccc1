import { numberColumn } from '../database/columns';
import type { Reader, SqlValue } from '../database/database';
import {
  groupColumns,
  readRow,
  readSeries,
  summedColumns,
  sumStart,
  type SeriesQuery,
} from './rollup-series';
import type { Slices } from '../database/slices';
import type { Resolution, UsageRollup } from '../rows';
import { CHAINS, resolutionsOf, type UsageKind } from './usage-chains';
import { coverOf, type UsagePart } from './usage-cover';
import { UsageSums } from './usage-sums';

export interface SumsQuery extends Omit<SeriesQuery, 'resolution'> {
  readonly kind: UsageKind;
  /** True: in one statement however many rows that takes, while those who read here wait for it. Default false. */
  readonly isAtOnce?: boolean;
}

export interface ReadSums {
  /** In no order. */
  readonly rows: UsageRollup[];
  /** Whether they were read in one statement: then what was moved meanwhile is in them once. */
  readonly isOfOneMoment: boolean;
}

/** Rows for one statement: on SQLite a quarter of a second. What takes more is read in slices, beside others. */
const AT_ONCE_MAX = { local: 100_000, remote: 1_000_000 };

/**
 * The same as the series of all resolutions of a kind together, read from as few rows as can be, and in one statement
 * if they are not too many. Undefined where the sums cannot be cut at the times asked for, or do not keep apart what is;
 * with `isAtOnce` all rows are read then.
 */
export async function readSums(
  database: Reader,
  slices: Slices,
  query: SumsQuery,
  now: number,
): Promise<ReadSums | undefined> {
  const parts = partsOf(query, now);
  if (parts === undefined) return undefined;
  const where = conditionOf(parts, query);
  const read = await slices.run(() => readAtOnce(database, query, where));
  return read === undefined
    ? { rows: await readInSlices(database, slices, query, parts), isOfOneMoment: false }
    : { rows: read, isOfOneMoment: true };
}

function partsOf(query: SumsQuery, now: number): readonly UsagePart[] | undefined {
  const { kind, from, to, starts = [], isTotal = false, groupBy = [], isAtOnce = false } = query;
  const isApart = (column: 'provider' | 'model') => groupBy.includes(column) || query[column] !== undefined;
  const parts = CHAINS[kind].without.some(isApart)
    ? undefined
    : coverOf(kind, isTotal ? [from, to] : [...starts, to], now);
  return parts ?? (isAtOnce ? [{ resolutions: resolutionsOf(kind), from, to }] : undefined);
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Each resolution is one range of an index. */
function conditionOf(parts: readonly UsagePart[], query: SumsQuery): Condition {
  const filters = FILTERS.filter((column) => query[column] !== undefined);
  const tests = [...filters.map((column) => `${column} = ?`), RANGE].join(' AND ');
  const values = filters.map((column) => query[column] ?? '');
  const ranges = parts.flatMap(({ resolutions, from, to }) =>
    resolutions.map((resolution): SqlValue[] => [...values, resolution, from, to]),
  );
  return { sql: `(${ranges.map(() => `(${tests})`).join(' OR ')})`, params: ranges.flat() };
}

const FILTERS = ['keyId', 'token', 'provider', 'model'] as const;
const RANGE = 'resolution = ? AND bucketStart >= ? AND bucketStart < ?';

/** Undefined if it is too much. */
async function readAtOnce(
  database: Reader,
  query: SumsQuery,
  { sql, params }: Condition,
): Promise<UsageRollup[] | undefined> {
  if (query.isAtOnce !== true) {
    const most = AT_ONCE_MAX[database.dialect.isLocal ? 'local' : 'remote'];
    const some = `SELECT 1 AS one FROM UsageRollup WHERE ${sql} LIMIT ${most + 1}`;
    const [count] = await database.query(`SELECT COUNT(*) AS found FROM (${some}) counted`, params);
    if (count === undefined || numberColumn(count, 'found') > most) return undefined;
  }
  const resolution = nameOf(query);
  const asked = { ...query, resolution };
  const rows = await database.query(
    `SELECT ${summedColumns(asked).join(', ')} FROM UsageRollup WHERE ${sql} GROUP BY ${groupColumns(asked).join(', ')}`,
    params,
  );
  const sums = new UsageSums<UsageRollup>();
  for (const row of rows) sums.add(inItsSum(readRow(row, asked), query));
  return [...sums.byKey.values()];
}

async function readInSlices(
  database: Reader,
  slices: Slices,
  query: SumsQuery,
  parts: readonly UsagePart[],
): Promise<UsageRollup[]> {
  const sums = new UsageSums<UsageRollup>();
  for (const { resolutions, from, to } of parts) {
    for (const resolution of resolutions) {
      for (const row of await readSeries(database, slices, { ...query, resolution, from, to })) {
        sums.add(inItsSum({ ...row, resolution: nameOf(query) }, query));
      }
    }
  }
  return [...sums.byKey.values()];
}

function inItsSum(row: UsageRollup, query: SumsQuery): UsageRollup {
  return { ...row, bucketStart: sumStart(query, row.bucketStart) };
}

/** As what is counted on later is called. */
function nameOf({ kind }: SumsQuery): Resolution {
  return CHAINS[kind].unsummed.at(-1) ?? 'minute';
}
