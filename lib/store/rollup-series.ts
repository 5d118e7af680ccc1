import { setImmediate as nextTurn } from 'node:timers/promises';
import { numberColumn, textColumn } from './columns';
import type { Database, SqlRow, SqlValue } from './database';
import { BUCKET_COLUMNS, COUNT_COLUMNS, readRollup } from './rollup-row';
import type { Resolution, UsageRollup } from './rows';
import { bucketKey, UsageSums } from './usage-sums';

type Dimension = 'provider' | 'keyId' | 'model';

export interface SeriesQuery {
  /** Minutes reach back 48 h, those of keys 2 h; hours start where the minutes end. Only those of keys have a `keyId`. */
  readonly resolution: Resolution;
  /** First millisecond. */
  readonly from: number;
  /** The millisecond after the last. */
  readonly to: number;
  readonly provider?: string;
  readonly keyId?: string;
  readonly model?: string;
  /** Columns to keep apart; the others are summed up and read as ''. The status class is always kept apart. Default: none. */
  readonly groupBy?: readonly Dimension[];
  /** True: one sum over the whole time, whose `bucketStart` is `from`. Default: one for each bucket. */
  readonly isTotal?: boolean;
}

/** Rows that one statement may sum up. */
const SLICE_ROWS = 2_000;
/** The primary key without its first column, which each query fixes. */
const CURSOR = ['bucketStart', 'provider', 'keyId', 'model', 'statusClass'] as const;

/** Sums up slices of at most 2,000 rows in the database, then the slices here, and lets everything else run in between. */
export async function readSeries(database: Database, query: SeriesQuery): Promise<UsageRollup[]> {
  const sums = new UsageSums<UsageRollup>();
  let start: Bound | undefined;
  for (;;) {
    const end = await sliceEnd(database, query, start);
    for (const row of await sumSlice(database, query, start, end)) {
      sums.add(readRollup(row));
    }
    if (end === undefined) break;
    start = end;
    await nextTurn();
  }
  return [...sums.byKey.values()].sort(
    (a, b) => a.bucketStart - b.bucketStart || (bucketKey(a) < bucketKey(b) ? -1 : 1),
  );
}

/** Place in the primary key: everything after `start` and up to `end` is one slice. */
interface Bound {
  readonly bucketStart: number;
  readonly values: readonly SqlValue[];
}

async function sliceEnd(
  database: Database,
  query: SeriesQuery,
  start: Bound | undefined,
): Promise<Bound | undefined> {
  const { sql, params } = condition(query, start, undefined);
  const [row] = await database.query(
    `SELECT ${CURSOR.join(', ')} FROM UsageRollup WHERE ${sql} ORDER BY ${CURSOR.join(', ')} LIMIT 1 OFFSET ${SLICE_ROWS - 1}`,
    params,
  );
  if (!row) return undefined;
  const bucketStart = numberColumn(row, 'bucketStart');
  return { bucketStart, values: [bucketStart, ...CURSOR.slice(1).map((column) => textColumn(row, column))] };
}

async function sumSlice(
  database: Database,
  query: SeriesQuery,
  start: Bound | undefined,
  end: Bound | undefined,
): Promise<SqlRow[]> {
  const bounds = condition(query, start, end);
  const filters = (['provider', 'model'] as const).filter((column) => query[column] !== undefined);
  const where = [bounds.sql, ...filters.map((column) => `${column} = ?`)].join(' AND ');
  const groups = groupColumns(query);
  const columns = BUCKET_COLUMNS.map((column) => {
    if (groups.includes(column)) return column;
    return `${ungrouped(column, query)} AS ${column}`;
  });
  const sums = COUNT_COLUMNS.map((column) => `SUM(${column}) AS ${column}`);
  return database.query(
    `SELECT ${[...columns, ...sums].join(', ')} FROM UsageRollup WHERE ${where} GROUP BY ${groups.join(', ')}`,
    [...bounds.params, ...filters.map((column) => query[column] ?? '')],
  );
}

function groupColumns({ groupBy = [], isTotal = false }: SeriesQuery): string[] {
  return ['statusClass', ...(isTotal ? [] : ['bucketStart']), ...groupBy];
}

/** What stands in a column that is summed over. Nothing here comes from outside but a number. */
function ungrouped(column: string, query: SeriesQuery): string {
  if (column === 'resolution') return `'${query.resolution}'`;
  if (column === 'bucketStart') return String(Number(query.from));
  return "''";
}

function condition(query: SeriesQuery, start: Bound | undefined, end: Bound | undefined) {
  const tests = ['resolution = ?'];
  const params: SqlValue[] = [query.resolution];
  const test = (sql: string, ...values: readonly SqlValue[]) => {
    tests.push(sql);
    params.push(...values);
  };
  const cursor = `(${CURSOR.join(', ')})`;
  const marks = `(${CURSOR.map(() => '?').join(', ')})`;
  // MySQL finds the range by the plain comparisons only; the rows of values are tested after that.
  test('bucketStart >= ?', start?.bucketStart ?? query.from);
  if (end) test('bucketStart <= ?', end.bucketStart);
  else test('bucketStart < ?', query.to);
  if (start) test(`${cursor} > ${marks}`, ...start.values);
  if (end) test(`${cursor} <= ${marks}`, ...end.values);
  if (query.keyId !== undefined) test('keyId = ?', query.keyId);
  return { sql: tests.join(' AND '), params };
}
