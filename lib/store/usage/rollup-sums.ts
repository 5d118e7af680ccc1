import { numberColumn } from '../database/columns';
import type { Reader, SqlValue } from '../database/database';
import { ROLLUP_COLUMNS } from './rollup-row';
import {
  amongOf,
  groupColumns,
  readRow,
  readSeries,
  summedColumns,
  tableOf,
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
 * The same as the series of all resolutions of a kind together: from as few rows as can be, and in one statement if
 * those are not too many. Undefined for too many rows where there are no sums of them.
 */
export async function readSums(
  database: Reader,
  slices: Slices,
  query: SumsQuery,
  now: number,
): Promise<ReadSums | undefined> {
  const { kind, from, to } = query;
  const cover = coverFor(query, now);
  const parts = cover ?? [{ resolutions: resolutionsOf(kind), from, to }];
  const rows = await slices.run(() => readAtOnce(database, query, parts));
  if (rows !== undefined) return { rows, isOfOneMoment: true };
  if (cover === undefined) return undefined;
  return { rows: await readInSlices(database, slices, query, cover), isOfOneMoment: false };
}

/** Undefined where the sums cannot be cut at the times asked for, or do not keep apart what is. */
function coverFor(query: SumsQuery, now: number): readonly UsagePart[] | undefined {
  const { kind, from, to, starts = [], isTotal = false, groupBy = [] } = query;
  const isApart = (column: 'provider' | 'model') =>
    groupBy.includes(column) || query[column] !== undefined || query.among?.column === column;
  if (CHAINS[kind].without.some(isApart)) return undefined;
  return coverOf(kind, isTotal ? [from, to] : [...starts, to], now);
}

/** Rows of a query, to be summed up. */
interface Rows {
  /** What stands behind FROM. */
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Each resolution is one range of the primary key, or of the index by key or token. */
function rowsOf({ dialect }: Reader, parts: readonly UsagePart[], query: SumsQuery, columns: string): Rows {
  const filters = FILTERS.filter((column) => query[column] !== undefined);
  const among = amongOf(query);
  const tests = [...filters.map((column) => `${column} = ?`), ...among.tests, RANGE].join(' AND ');
  const values = [...filters.map((column) => query[column] ?? ''), ...among.params];
  const ranges = parts.flatMap(({ resolutions, from, to }) =>
    resolutions.map((resolution): SqlValue[] => [...values, resolution, from, to]),
  );
  const { column, values: [value] = [] } = query.among ?? {};
  const table = tableOf(dialect, {
    ...query,
    ...(column !== undefined && value !== undefined && { [column]: value }),
  });
  const select = `SELECT ${columns} FROM ${table} WHERE ${tests}`;
  return { sql: `(${ranges.map(() => select).join(' UNION ALL ')}) counted`, params: ranges.flat() };
}

const FILTERS = ['keyId', 'token', 'provider', 'model'] as const;
const RANGE = 'resolution = ? AND bucketStart >= ? AND bucketStart < ?';

/** Undefined if it is too much. */
async function readAtOnce(
  database: Reader,
  query: SumsQuery,
  parts: readonly UsagePart[],
): Promise<UsageRollup[] | undefined> {
  if (query.isAtOnce !== true) {
    const most = AT_ONCE_MAX[database.dialect.isLocal ? 'local' : 'remote'];
    const all = rowsOf(database, parts, query, '1 AS one');
    const some = `SELECT one FROM ${all.sql} LIMIT ${most + 1}`;
    const [count] = await database.query(`SELECT COUNT(*) AS found FROM (${some}) some_of_them`, all.params);
    if (count === undefined || numberColumn(count, 'found') > most) return undefined;
  }
  const resolution = nameOf(query);
  const asked = { ...query, resolution };
  const { sql, params } = rowsOf(database, parts, query, ROLLUP_COLUMNS.join(', '));
  const rows = await database.query(
    `SELECT ${summedColumns(asked).join(', ')} FROM ${sql} GROUP BY ${groupColumns(asked).join(', ')}`,
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
