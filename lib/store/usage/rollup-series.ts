import { numberColumn, textColumn } from '../database/columns';
import type { Dialect, Reader, SqlRow, SqlValue } from '../database/database';
import {
  BUCKET_COLUMNS,
  COUNT_COLUMNS,
  LATER_COLUMNS,
  LEAST_COLUMNS,
  MOST_COLUMNS,
  readRequests,
  readRollup,
} from './rollup-row';
import type { Resolution, UsageRollup } from '../rows';
import { createSliceSize } from '../database/slice-size';
import type { Slices } from '../database/slices';
import { startBefore } from './start-before';
import { UsageSums } from './usage-sums';

export type Dimension = 'provider' | 'keyId' | 'model' | 'token';

export interface SeriesQuery {
  /**
   * Minutes reach back 48 h, those of keys and of client tokens 2 h; hours start where the minutes end, and of tokens
   * quarters of an hour, then hours, then six hours (see usage-chains.ts). Only those of keys have a `keyId`, only
   * those of tokens a `token`; those by proxy and verdict, as old, have these in their place (usage-by-attempt.ts).
   */
  readonly resolution: Resolution;
  /** First millisecond. */
  readonly from: number;
  /** The millisecond after the last. */
  readonly to: number;
  readonly provider?: string;
  readonly keyId?: string;
  readonly model?: string;
  readonly token?: string;
  /** Only rows that have one of these values in a column. */
  readonly among?: { readonly column: Dimension; readonly values: readonly string[] };
  /**
   * Columns to keep apart; the others are summed up and read as ''. The status class is always kept apart. Default:
   * none.
   */
  readonly groupBy?: readonly Dimension[];
  /** One sum from each of these ascending times to the next, in place of one for each bucket. */
  readonly starts?: readonly number[];
  /** True: one sum over the whole time, whose `bucketStart` is `from`. Default: one for each bucket. */
  readonly isTotal?: boolean;
  /** True: requests and attempts only, at a fraction of the cost; all other counts are 0. Default false. */
  readonly isOfRequestsOnly?: boolean;
}

/** Rows that one statement may sum up: others that read wait for it. On a server a slice costs a round trip. */
const LOCAL = { first: 4_000, least: 500, most: 20_000, aimMs: 25 };
const REMOTE = { first: 2_000, least: 500, most: 20_000, aimMs: 50 };
/** The primary key without its first column, which each query fixes. */
const CURSOR = ['bucketStart', 'provider', 'keyId', 'model', 'statusClass', 'token'] as const;

/**
 * Sums up slices of at most 20,000 rows in the database, then the slices here, and lets everything else run in between.
 */
export async function readSeries(
  database: Reader,
  slices: Slices,
  query: SeriesQuery,
): Promise<UsageRollup[]> {
  const sums = new UsageSums<UsageRollup>();
  const size = createSliceSize(database.dialect.isLocal ? LOCAL : REMOTE);
  let start: Bound | undefined;
  do {
    const from: Bound | undefined = start;
    start = await slices.run(async () => {
      const startedAt = slices.now();
      const end = await sliceEnd(database, query, from, size.rows);
      for (const row of await sumSlice(database, query, from, end)) {
        const read = readRow(row, query);
        const isApart = query.starts === undefined;
        sums.add(isApart ? read : { ...read, bucketStart: sumStart(query, read.bucketStart) });
      }
      size.learn(slices.now() - startedAt, end !== undefined);
      return end;
    });
  } while (start !== undefined);
  return inOrder(sums, query);
}

/** When the sum begins that a bucket is a part of. */
export function sumStart(
  { starts, isTotal, from }: Omit<SeriesQuery, 'resolution'>,
  bucketStart: number,
): number {
  if (isTotal === true) return from;
  return starts === undefined ? bucketStart : (startBefore(starts, bucketStart) ?? from);
}

/** By time and then by name. One sum over the whole time may be for each of 50,000 keys: those come in no order. */
function inOrder(sums: UsageSums<UsageRollup>, { isTotal = false }: SeriesQuery): UsageRollup[] {
  if (isTotal) return [...sums.byKey.values()];
  return [...sums.byKey]
    .sort(([a, rowA], [b, rowB]) => rowA.bucketStart - rowB.bucketStart || (a < b ? -1 : 1))
    .map(([, row]) => row);
}

/** Place in the primary key: everything after `start` and up to `end` is one slice. */
interface Bound {
  readonly bucketStart: number;
  readonly values: readonly SqlValue[];
}

async function sliceEnd(
  database: Reader,
  query: SeriesQuery,
  start: Bound | undefined,
  rows: number,
): Promise<Bound | undefined> {
  const { sql, params } = condition(database.dialect, query, start, undefined);
  const [row] = await database.query(
    `SELECT ${CURSOR.join(', ')} FROM ${tableOf(database.dialect, query)} WHERE ${sql} ORDER BY ${CURSOR.join(', ')} LIMIT 1 OFFSET ${rows - 1}`,
    params,
  );
  if (!row) return undefined;
  const bucketStart = numberColumn(row, 'bucketStart');
  return { bucketStart, values: [bucketStart, ...CURSOR.slice(1).map((column) => textColumn(row, column))] };
}

async function sumSlice(
  database: Reader,
  query: SeriesQuery,
  start: Bound | undefined,
  end: Bound | undefined,
): Promise<SqlRow[]> {
  const bounds = condition(database.dialect, query, start, end);
  const filters = (['provider', 'model'] as const).filter((column) => query[column] !== undefined);
  const among = amongOf(query);
  const where = [bounds.sql, ...filters.map((column) => `${column} = ?`), ...among.tests].join(' AND ');
  return database.query(
    `SELECT ${summedColumns(query).join(', ')} FROM ${tableOf(database.dialect, query)} WHERE ${where} GROUP BY ${groupColumns(query).join(', ')}`,
    [...bounds.params, ...filters.map((column) => query[column] ?? ''), ...among.params],
  );
}

export function amongOf({ among }: Pick<SeriesQuery, 'among'>) {
  if (among === undefined) return { tests: [], params: [] };
  return {
    tests: [`${among.column} IN (${among.values.map(() => '?').join(', ')})`],
    params: among.values,
  };
}

/** What a statement selects that groups by `groupColumns`. */
export function summedColumns(query: SeriesQuery): string[] {
  const groups = groupColumns(query);
  const columns = BUCKET_COLUMNS.map((column) => {
    if (groups.includes(column)) return column;
    return `${ungrouped(column, query)} AS ${column}`;
  });
  const sums = query.isOfRequestsOnly === true ? sumsOf(['requests', 'attempts']) : SUMS;
  return [...columns, ...sums];
}

/** A row of such a statement. */
export function readRow(row: SqlRow, { isOfRequestsOnly, resolution }: SeriesQuery): UsageRollup {
  return isOfRequestsOnly === true ? readRequests(row, resolution) : readRollup(row);
}

function sumsOf(columns: readonly string[]): string[] {
  return columns.map((column) => `SUM(${column}) AS ${column}`);
}

/** NULL if there is one among them. */
function knownOf(columns: readonly string[], pick: 'MIN' | 'MAX' | 'SUM'): string[] {
  return columns.map(
    (column) => `CASE WHEN COUNT(${column}) = COUNT(*) THEN ${pick}(${column}) END AS ${column}`,
  );
}

const SUMS = [
  ...sumsOf(COUNT_COLUMNS),
  ...knownOf(LEAST_COLUMNS, 'MIN'),
  ...knownOf(MOST_COLUMNS, 'MAX'),
  ...knownOf(LATER_COLUMNS, 'SUM'),
];

/** Of all that one time holds, the rows of one key or token are few. */
export function tableOf(dialect: Dialect, { keyId, token }: Pick<SeriesQuery, 'keyId' | 'token'>): string {
  const one = keyId === undefined ? (token === undefined ? undefined : 'token') : 'keyId';
  // With statistics about itself, SQLite would rather skip through the index by token, and read ten times as much.
  if (one === undefined) return `UsageRollup ${dialect.byKey}`;
  return `UsageRollup ${dialect.byIndex(`UsageRollup_${one}_resolution_bucketStart_idx`)}`;
}

export function groupColumns({ groupBy = [], isTotal = false }: SeriesQuery): string[] {
  return ['statusClass', ...(isTotal ? [] : ['bucketStart']), ...groupBy];
}

/** What stands in a column that is summed over. Nothing here comes from outside but a number. */
function ungrouped(column: string, query: SeriesQuery): string {
  if (column === 'resolution') return `'${query.resolution}'`;
  if (column === 'bucketStart') return String(Number(query.from));
  return "''";
}

/**
 * One range of the primary key. SQLite finds it by the rows of values, and given plain comparisons as well it takes
 * those, and reads an hour of all keys for each slice of it. MySQL finds it by the plain comparisons only; the rows of
 * values are tested after that.
 */
function condition(
  { isLocal }: Dialect,
  query: SeriesQuery,
  start: Bound | undefined,
  end: Bound | undefined,
) {
  const tests = ['resolution = ?'];
  const params: SqlValue[] = [query.resolution];
  const test = (sql: string, ...values: readonly SqlValue[]) => {
    tests.push(sql);
    params.push(...values);
  };
  const cursor = `(${CURSOR.join(', ')})`;
  const marks = `(${CURSOR.map(() => '?').join(', ')})`;
  if (!start || !isLocal) test('bucketStart >= ?', start?.bucketStart ?? query.from);
  if (start) test(`${cursor} > ${marks}`, ...start.values);
  if (!end) test('bucketStart < ?', query.to);
  else if (!isLocal) test('bucketStart <= ?', end.bucketStart);
  if (end) test(`${cursor} <= ${marks}`, ...end.values);
  if (query.keyId !== undefined) test('keyId = ?', query.keyId);
  if (query.token !== undefined) test('token = ?', query.token);
  return { sql: tests.join(' AND '), params };
}
