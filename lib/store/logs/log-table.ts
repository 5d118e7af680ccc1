import { inBatches } from '../database/batches';
import { numberColumn, textColumn } from '../database/columns';
import type { Database, SqlRow, SqlValue } from '../database/database';
import { byWholeId } from './whole-id';
import type { LogFilters } from './log-filter';
import { createLogPageReader } from './log-page';
import type { LogPage, LogPageQuery } from './log-page';
import { createLogCounter } from './log-histogram';
import type { LogHistogram, LogHistogramQuery, LogHistogramShape } from './log-histogram';
import type { Slices } from '../database/slices';

export type { LogFilters, LogPage, LogPageQuery } from './log-page';

/** How one kind of log row is kept. */
export interface LogTableShape<Row, Listed> extends LogHistogramShape {
  readonly table: 'RequestLog' | 'ErrorLog';
  readonly columns: readonly string[];
  /** Columns of a list: what is long is left out. */
  readonly listed: readonly string[];
  /** Rows for one transaction. */
  readonly batchMax: number;
  /** Values for `columns`, cut to what the columns hold. */
  readonly write: (row: Row) => SqlValue[];
  readonly read: (row: SqlRow) => Row;
  readonly readListed: (row: SqlRow) => Listed;
}

/** Nothing of a log holds SQLite for more than a few milliseconds, however many rows there are. */
export interface LogTable<Row, Listed> {
  /** In batches, each all or nothing. A row whose id is there already is left as it is, so a repeat is harmless. */
  insertMany(rows: readonly Row[]): Promise<void>;
  /** Newest first. */
  page(query: LogPageQuery): Promise<LogPage<Listed>>;
  /** The same with everything that a row has. */
  wholePage(query: LogPageQuery): Promise<LogPage<Row>>;
  get(id: string): Promise<Row | undefined>;
  /** How many rows of the filter each span of time has; in time that is bounded. */
  histogram(query: LogHistogramQuery): Promise<LogHistogram>;
  /** Rows, counted in slices up to `atMost`; without it all of them. */
  count(atMost?: number): Promise<number>;
  /**
   * Deletes at most `limit` (at most 1,000) of the oldest rows before `atMs`; returns how many. Repeat until it is
   * less.
   */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
  /** Number of rows that were there. In batches. */
  removeMany(ids: readonly string[]): Promise<number>;
}

const DELETE_MAX = 1_000;
const COUNTED_SLICE = 1_000;
const DELETED_SLICE = 100;

// oxlint-disable-next-line max-lines-per-function -- a closure over the session: one short function for each verb
export function createLogTable<Row, Listed>(
  database: Database,
  { slices, readSlices }: { readonly slices: Slices; readonly readSlices: Slices },
  shape: LogTableShape<Row, Listed>,
): LogTable<Row, Listed> {
  const { table, columns, listed } = shape;
  const { dialect, reader } = database;
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ${dialect.ignoreDuplicate('id')}`;
  const oldest = `SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ?`;
  const pages = createLogPageReader(reader, readSlices, shape);
  const counter = createLogCounter(reader, readSlices, shape);

  function remove(ids: readonly string[]): Promise<number> {
    return slices.run(() =>
      database.executeEach(
        `DELETE FROM ${table} WHERE id = ?`,
        ids.map((id) => [id]),
      ),
    );
  }

  function known<Filters extends LogFilters>(filters: Filters): Promise<Filters> {
    return byWholeId(reader, table, filters);
  }

  return {
    async insertMany(rows) {
      await inBatches(rows, shape.batchMax, async (batch) => {
        await database.executeEach(insert, batch.map(shape.write));
      });
    },

    async page(query) {
      return pages.read(listed, shape.readListed, { ...query, filters: await known(query.filters ?? {}) });
    },

    async wholePage(query) {
      return pages.read(columns, shape.read, { ...query, filters: await known(query.filters ?? {}) });
    },

    async histogram(query) {
      return counter.count({ ...query, filters: await known(query.filters) });
    },

    async get(id) {
      const [row] = await database.query(`SELECT ${columns.join(', ')} FROM ${table} WHERE id = ?`, [id]);
      return row && shape.read(row);
    },

    async count(atMost = Infinity) {
      // By the index of `at`, which holds the ids as well: the rows themselves are on hundreds of times as many pages.
      const after = `FROM ${table} ${dialect.byIndex(`${table}_at_idx`)} WHERE at >= ? AND (at > ? OR id > ?)`;
      const sliceEnd = `SELECT at, id ${after} ORDER BY at, id LIMIT 1 OFFSET ${COUNTED_SLICE - 1}`;
      const rest = `SELECT COUNT(*) AS rowCount ${after}`;
      let total = 0;
      let last: SqlValue[] = [0, 0, ''];
      while (total < atMost) {
        const [end] = await readSlices.run(() => reader.query(sliceEnd, last));
        if (end === undefined) {
          const [row] = await readSlices.run(() => reader.query(rest, last));
          total += row ? numberColumn(row, 'rowCount') : 0;
          break;
        }
        total += COUNTED_SLICE;
        const at = numberColumn(end, 'at');
        last = [at, at, textColumn(end, 'id')];
      }
      return Math.min(total, atMost);
    },

    async deleteOlderThan(atMs, limit) {
      const most = Math.min(limit, DELETE_MAX);
      if (!dialect.isLocal) return database.execute(dialect.deleteOldest(table), [atMs, most]);
      let deleted = 0;
      while (deleted < most) {
        const wanted = Math.min(DELETED_SLICE, most - deleted);
        const found = await slices.run(() => database.query(oldest, [atMs, wanted]));
        await remove(found.map((row) => textColumn(row, 'id')));
        deleted += found.length;
        if (found.length < wanted) break;
      }
      return deleted;
    },

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, DELETED_SLICE, async (batch) => {
        removed += await remove(batch);
      });
      return removed;
    },
  };
}
