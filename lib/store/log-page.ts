import { setImmediate as nextTurn } from 'node:timers/promises';
import { textColumn } from './columns';
import type { Database, SqlRow, SqlValue } from './database';

export interface LogFilters {
  /** First millisecond. */
  readonly from?: number;
  /** Last millisecond. */
  readonly to?: number;
  /** Slug. */
  readonly provider?: string;
  readonly keyId?: string;
  readonly model?: string;
  /** One status, or all from the first to the second. */
  readonly status?: number | readonly [number, number];
  /** Of a request its outcome, of an error its verdict. */
  readonly outcome?: string;
  /** Every outcome but `success`. */
  readonly isFailure?: boolean;
  /** Hint of the client token; of requests only. */
  readonly token?: string;
  /** Occurs anywhere in the row's words, whatever its case. */
  readonly text?: string;
}

export interface LogPageQuery {
  /** `nextBefore` of the page before; without it the newest rows. */
  readonly before?: string;
  readonly limit: number;
  readonly filters?: LogFilters;
}

export interface LogPage<Row> {
  readonly rows: Row[];
  /**
   * Where the next page starts; undefined at the end. It may be given with fewer rows than asked for, or none, when a rare match
   * made the search stop after 200,000 rows: ask again with it to search on.
   */
  readonly nextBefore: string | undefined;
}

interface Shape<Row> {
  readonly table: string;
  readonly columns: readonly string[];
  readonly searched: readonly string[];
  readonly outcomeColumn: string;
  readonly read: (row: SqlRow) => Row;
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Rows that one statement may look at: about two milliseconds. Searching text costs about 12 µs a row. */
const WINDOW_ROWS = 2_000;
const TEXT_WINDOW_ROWS = 200;
/** On MySQL a window costs a round trip and holds nobody. */
const REMOTE_FACTOR = 10;
const SCANNED_ROWS_MAX = 200_000;
/** Ids are made in order of time, but not at the very time that the row names: a long request may lie this far off. */
const ID_SLACK_MS = 3_600_000;
/** Above every id. */
const LAST_ID = '~';

/**
 * Walks down an index in windows of at most 2,000 rows (200 when text is searched), and lets everything else run between two of them. The index is that of
 * the key or the provider, or the ids; everything else is tested row by row.
 */
export async function readLogPage<Row>(
  database: Database,
  shape: Shape<Row>,
  query: LogPageQuery,
): Promise<LogPage<Row>> {
  const filters = query.filters ?? {};
  const indexed = indexCondition(filters);
  const tested = testedConditions(database, shape, filters);
  const floor =
    filters.from === undefined ? '' : await idNear(database, shape.table, filters.from - ID_SLACK_MS, '');
  const ceiling =
    filters.to === undefined
      ? LAST_ID
      : await idNear(database, shape.table, filters.to + ID_SLACK_MS, LAST_ID);

  const rows: Row[] = [];
  let before = query.before === undefined || query.before > ceiling ? ceiling : query.before;
  const windowRows =
    (filters.text ? TEXT_WINDOW_ROWS : WINDOW_ROWS) * (database.dialect.holdsEventLoop ? 1 : REMOTE_FACTOR);
  for (let scanned = 0; scanned < SCANNED_ROWS_MAX; scanned += windowRows) {
    if (scanned > 0) await nextTurn();
    const bounds = all([indexed, { sql: 'id < ? AND id >= ?', params: [before, floor] }]);
    const end = tested.length === 0 ? undefined : await windowEnd(database, shape.table, bounds, windowRows);
    const window = all([
      bounds,
      ...tested,
      ...(end === undefined ? [] : [{ sql: 'id >= ?', params: [end] }]),
    ]);
    const wanted = query.limit - rows.length;
    const found = await database.query(
      `SELECT ${shape.columns.join(', ')} FROM ${shape.table} WHERE ${window.sql} ORDER BY id DESC LIMIT ${Math.max(1, Math.floor(wanted))}`,
      window.params,
    );
    rows.push(...found.map(shape.read));
    const last = found.at(-1);
    if (rows.length >= query.limit) return { rows, nextBefore: last && textColumn(last, 'id') };
    if (end === undefined) return { rows, nextBefore: undefined };
    before = end;
  }
  return { rows, nextBefore: before };
}

/** The id of the last row of a full window; undefined when fewer rows are left. */
async function windowEnd(
  database: Database,
  table: string,
  bounds: Condition,
  windowRows: number,
): Promise<string | undefined> {
  const [row] = await database.query(
    `SELECT id FROM ${table} WHERE ${bounds.sql} ORDER BY id DESC LIMIT 1 OFFSET ${windowRows - 1}`,
    bounds.params,
  );
  return row && textColumn(row, 'id');
}

/** The id of the first row at or after a time, found by the index of `at`. */
async function idNear(database: Database, table: string, atMs: number, otherwise: string): Promise<string> {
  const [row] = await database.query(`SELECT id FROM ${table} WHERE at >= ? ORDER BY at LIMIT 1`, [atMs]);
  // No row that late: nothing lies above a ceiling, and nothing matches above a floor.
  if (!row) return otherwise === '' ? LAST_ID : otherwise;
  return textColumn(row, 'id');
}

function indexCondition({ keyId, provider }: LogFilters): Condition {
  if (keyId !== undefined) return { sql: 'keyId = ?', params: [keyId] };
  if (provider !== undefined) return { sql: 'provider = ?', params: [provider] };
  return { sql: '1 = 1', params: [] };
}

function testedConditions(database: Database, shape: Shape<unknown>, filters: LogFilters): Condition[] {
  const conditions: Condition[] = [];
  const test = (sql: string, ...params: SqlValue[]) => conditions.push({ sql, params });
  // `+ 0` keeps the databases from choosing the index of `at`, which would make them sort the whole range by id.
  if (filters.from !== undefined) test('at + 0 >= ?', filters.from);
  if (filters.to !== undefined) test('at + 0 <= ?', filters.to);
  if (filters.keyId !== undefined && filters.provider !== undefined) test('provider = ?', filters.provider);
  if (filters.model !== undefined) test('model = ?', filters.model);
  if (typeof filters.status === 'number') test('status = ?', filters.status);
  else if (filters.status) test('status BETWEEN ? AND ?', ...filters.status);
  if (filters.outcome !== undefined) test(`${shape.outcomeColumn} = ?`, filters.outcome);
  if (filters.isFailure === true) test(`${shape.outcomeColumn} <> 'success'`);
  if (filters.token !== undefined) test('token = ?', filters.token);
  if (filters.text !== undefined && filters.text !== '') {
    const pattern = `%${filters.text.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
    const anyOf = shape.searched.map((column) => database.dialect.contains(column)).join(' OR ');
    test(`(${anyOf})`, ...shape.searched.map(() => pattern));
  }
  return conditions;
}

function all(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    params: conditions.flatMap((condition) => condition.params),
  };
}
