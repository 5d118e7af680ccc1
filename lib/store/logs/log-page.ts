import { textColumn } from '../database/columns';
import type { Reader, SqlRow } from '../database/database';
import type { SliceSize } from '../database/slice-size';
import type { Slices } from '../database/slices';
import { all, type LogFilters } from './log-filter';
import { timeOfLogId } from './log-id';
import { createSliceSizes, idRange, logWalkOf, sliceEnd, type LogWalk, type LogWalkShape } from './log-walk';

export type { LogFilters } from './log-filter';

export interface LogPageQuery {
  /** `nextBefore` of the page before; without it the newest rows. */
  readonly before?: string;
  readonly limit: number;
  readonly filters?: LogFilters;
  /** How long to search at most, with the rests between slices; the slice under way is finished. Default 200. */
  readonly searchMs?: number;
  /** The reader has left: the search ends with the slice under way. */
  readonly signal?: AbortSignal;
}

export interface LogPage<Row> {
  readonly rows: Row[];
  /** Where the next page starts; undefined at the end. */
  readonly nextBefore: string | undefined;
  /**
   * Set when the search was cut short before the page was full or the end was reached: all rows that are newer than
   * this were looked at (milliseconds since the epoch). Ask again with `nextBefore` to search on.
   */
  readonly searchedTo: number | undefined;
}

export interface LogPageReader {
  /** Newest first, in slices that never look at the same row twice. */
  read<Row>(
    columns: readonly string[],
    read: (row: SqlRow) => Row,
    query: LogPageQuery,
  ): Promise<LogPage<Row>>;
}

const SEARCH_MS = 200;
/** Rows to take over with one statement. */
const FETCHED_MAX = { local: 200, remote: 1_000 };

/** Reads pages by walking down the log, slice by slice. */
export function createLogPageReader(database: Reader, slices: Slices, shape: LogWalkShape): LogPageReader {
  const { dialect } = database;
  const isLocal = dialect.isLocal;
  const fetchedMax = isLocal ? FETCHED_MAX.local : FETCHED_MAX.remote;
  const sizeFor = createSliceSizes(isLocal);

  /** Rows of one slice that pass, and where the next slice starts; undefined at the end. */
  async function readSlice(
    walk: LogWalk,
    columns: readonly string[],
    before: string,
    size: SliceSize,
    wanted: number,
  ) {
    const startedAt = slices.now();
    const rowsMax = size.rows;
    const limit = Math.min(wanted, fetchedMax, rowsMax);
    const isFree = walk.tested.length === 0;
    const end = isFree ? undefined : await sliceEnd(database, walk, before, rowsMax);
    const { sql, params } = all([...walk.where, idRange(end ?? walk.floor, before), ...walk.tested]);
    const found = await database.query(
      `SELECT ${columns.join(', ')} FROM ${walk.from} WHERE ${sql} ORDER BY id DESC LIMIT ${limit}`,
      params,
    );
    size.learn(slices.now() - startedAt, isFree ? found.length === rowsMax : end !== undefined);
    const last = found.at(-1);
    const next = last !== undefined && found.length === limit ? textColumn(last, 'id') : end;
    return { found, next };
  }

  return {
    async read(columns, read, query) {
      const { filters = {}, limit, searchMs = SEARCH_MS, signal } = query;
      const until = slices.now() + searchMs;
      const size = sizeFor(filters);
      const wanted = Math.max(1, Math.floor(limit));
      const walk = logWalkOf(dialect, shape, filters);
      const rows: ReturnType<typeof read>[] = [];
      let before = query.before === undefined || query.before > walk.ceiling ? walk.ceiling : query.before;
      for (;;) {
        const { found, next } = await slices.run(() =>
          readSlice(walk, columns, before, size, wanted - rows.length),
        );
        for (const row of found) rows.push(read(row));
        if (next === undefined) return { rows, nextBefore: undefined, searchedTo: undefined };
        if (rows.length >= wanted) return { rows, nextBefore: next, searchedTo: undefined };
        before = next;
        if (slices.now() < until && signal?.aborted !== true) continue;
        return { rows, nextBefore: before, searchedTo: timeOfLogId(before) };
      }
    },
  };
}
