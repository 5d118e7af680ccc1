import { textColumn } from '../database/columns';
import type { Database, SqlRow } from '../database/database';
import { all, testedConditions, walkedColumn } from './log-filter';
import type { Condition, LogFilters } from './log-filter';
import { logIdTime, timeOfLogId } from './log-id';
import { createSliceSize } from '../database/slice-size';
import type { SliceBounds, SliceSize } from '../database/slice-size';
import type { Slices } from '../database/slices';

export type { LogFilters } from './log-filter';

export interface LogPageQuery {
  /** `nextBefore` of the page before; without it the newest rows. */
  readonly before?: string;
  readonly limit: number;
  readonly filters?: LogFilters;
  /** How long to search at most, with the rests between slices; the slice under way is finished. Default 1,500. */
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

/** How pages of one kind of log are read. */
export interface LogPageShape {
  readonly table: string;
  readonly searched: readonly string[];
  readonly modelColumns: readonly string[];
  readonly outcomeColumn: string;
  /** How much earlier than its `at` the time may be that a row's id begins with. It is never later. */
  readonly idLagMs: number;
}

export interface LogPageReader {
  /** Newest first, in slices that never look at the same row twice. */
  read<Row>(
    columns: readonly string[],
    read: (row: SqlRow) => Row,
    query: LogPageQuery,
  ): Promise<LogPage<Row>>;
}

const SEARCH_MS = 1_500;
/** Above every id. */
const LAST_ID = '~';

/**
 * What a slice may look at: few enough rows that it is short from a cold disk too. Those of one key lie far apart, each
 * on a page of its own. On MySQL a slice costs a round trip and holds nobody.
 */
const LOCAL: SliceBounds = { first: 100, least: 10, most: 1_000, aimMs: 3 };
const LOCAL_KEY: SliceBounds = { ...LOCAL, first: 25, most: 50 };
const REMOTE: SliceBounds = { first: 5_000, least: 200, most: 50_000, aimMs: 100 };
/** Rows to take over with one statement. */
const FETCHED_MAX = { local: 200, remote: 1_000 };

interface Walk {
  readonly from: string;
  readonly where: readonly Condition[];
  readonly tested: readonly Condition[];
  /** Inclusive. */
  readonly floor: string;
  /** Exclusive. */
  readonly ceiling: string;
}

/**
 * Walks down an index, that of the key or the provider, or the ids, and tests everything else row by row. Each slice is
 * one range of the index with one bound at either end: with two lower bounds SQLite takes the first and reads on to the
 * end of the table.
 */
// oxlint-disable-next-line max-lines-per-function -- the steps of one walk, over what all of its slices share
export function createLogPageReader(database: Database, slices: Slices, shape: LogPageShape): LogPageReader {
  const { dialect } = database;
  const isLocal = dialect.holdsEventLoop;
  const fetchedMax = isLocal ? FETCHED_MAX.local : FETCHED_MAX.remote;
  const sizes = new Map<string, SliceSize>();

  /** One for each kind of search: they cost differently. */
  function sizeFor({ text, keyId, provider }: LogFilters): SliceSize {
    const kind = `${keyId === undefined ? (provider === undefined ? 'id' : 'provider') : 'key'} ${text ? 'text' : ''}`;
    const known = sizes.get(kind);
    if (known !== undefined) return known;
    const size = createSliceSize(isLocal ? (keyId === undefined ? LOCAL : LOCAL_KEY) : REMOTE);
    sizes.set(kind, size);
    return size;
  }

  function walkOf(filters: LogFilters): Walk {
    const { from, to } = filters;
    const column = walkedColumn(filters);
    return {
      from:
        column === undefined
          ? shape.table
          : `${shape.table} ${dialect.byIndex(`${shape.table}_${column}_id_idx`)}`,
      where: column === undefined ? [] : [{ sql: `${column} = ?`, params: [filters[column] ?? ''] }],
      tested: testedConditions(dialect, shape, filters),
      floor: from === undefined ? '' : logIdTime(from - shape.idLagMs),
      ceiling: to === undefined ? LAST_ID : logIdTime(to + 1),
    };
  }

  /** The id of the last row of a full slice; undefined when fewer rows are left. */
  async function sliceEnd(walk: Walk, before: string, rows: number): Promise<string | undefined> {
    const { sql, params } = all([...walk.where, range(walk.floor, before)]);
    const [row] = await database.query(
      `SELECT id FROM ${walk.from} WHERE ${sql} ORDER BY id DESC LIMIT 1 OFFSET ${rows - 1}`,
      params,
    );
    return row && textColumn(row, 'id');
  }

  /** Rows of one slice that pass, and where the next slice starts; undefined at the end. */
  async function readSlice(
    walk: Walk,
    columns: readonly string[],
    before: string,
    size: SliceSize,
    wanted: number,
  ) {
    const startedAt = slices.now();
    const rowsMax = size.rows;
    const limit = Math.min(wanted, fetchedMax, rowsMax);
    const isFree = walk.tested.length === 0;
    const end = isFree ? undefined : await sliceEnd(walk, before, rowsMax);
    const { sql, params } = all([...walk.where, range(end ?? walk.floor, before), ...walk.tested]);
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
      const walk = walkOf(filters);
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

function range(from: string, before: string): Condition {
  return { sql: 'id < ? AND id >= ?', params: [before, from] };
}
