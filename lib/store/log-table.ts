import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from './batches';
import { numberColumn, textColumn } from './columns';
import { EACH_MAX } from './database';
import type { Database, SqlRow, SqlValue } from './database';
import { readLogPage } from './log-page';
import type { LogPage, LogPageQuery } from './log-page';

export type { LogFilters, LogPage, LogPageQuery } from './log-page';

/** How one kind of log row is kept. */
export interface LogTableShape<Row> {
  readonly table: 'RequestLog' | 'ErrorLog';
  readonly columns: readonly string[];
  /** Rows for one transaction. */
  readonly batchMax: number;
  /** Columns that `text` searches. */
  readonly searched: readonly string[];
  readonly outcomeColumn: string;
  /** Values for `columns`, cut to what the columns hold. */
  readonly write: (row: Row) => SqlValue[];
  readonly read: (row: SqlRow) => Row;
}

/** No statement of a log holds SQLite for more than a few milliseconds, however many rows there are. */
export interface LogTable<Row> {
  /** In batches, each all or nothing. A row whose id is there already is left as it is, so a repeat is harmless. */
  insertMany(rows: readonly Row[]): Promise<void>;
  /** Newest first. */
  page(query: LogPageQuery): Promise<LogPage<Row>>;
  get(id: string): Promise<Row | undefined>;
  /** All rows, counted in slices. */
  count(): Promise<number>;
  /** Deletes at most `limit` (at most 1,000) of the oldest rows before `atMs`; returns how many. Repeat until it is less. */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
  /** Number of rows that were there. In batches. */
  removeMany(ids: readonly string[]): Promise<number>;
}

const DELETE_MAX = 1_000;
const COUNTED_SLICE = 20_000;

export function createLogTable<Row>(database: Database, shape: LogTableShape<Row>): LogTable<Row> {
  const { table, columns } = shape;
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ${database.dialect.ignoreDuplicate('id')}`;

  return {
    async insertMany(rows) {
      await inBatches(rows, shape.batchMax, async (batch) => {
        await database.executeEach(insert, batch.map(shape.write));
      });
    },

    page: (query) => readLogPage(database, shape, query),

    async get(id) {
      const [row] = await database.query(`SELECT ${columns.join(', ')} FROM ${table} WHERE id = ?`, [id]);
      return row && shape.read(row);
    },

    async count() {
      const slice = `SELECT COUNT(*) AS rowCount, MAX(id) AS lastId
        FROM (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${COUNTED_SLICE}) AS slice`;
      let total = 0;
      let after = '';
      for (;;) {
        const [row] = await database.query(slice, [after]);
        const counted = row ? numberColumn(row, 'rowCount') : 0;
        total += counted;
        if (!row || counted < COUNTED_SLICE) return total;
        after = textColumn(row, 'lastId');
        await nextTurn();
      }
    },

    deleteOlderThan: (atMs, limit) =>
      database.execute(database.dialect.deleteOldest(table), [atMs, Math.min(limit, DELETE_MAX)]),

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, EACH_MAX, async (batch) => {
        removed += await database.executeEach(
          `DELETE FROM ${table} WHERE id = ?`,
          batch.map((id) => [id]),
        );
      });
      return removed;
    },
  };
}
