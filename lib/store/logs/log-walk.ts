import { textColumn } from '../database/columns';
import type { Dialect, Reader } from '../database/database';
import { createSliceSize } from '../database/slice-size';
import type { SliceBounds, SliceSize } from '../database/slice-size';
import { all, testedConditions, walkedColumn } from './log-filter';
import type { Condition, LogFilters, SearchedShape } from './log-filter';
import { logIdTime } from './log-id';

/** What a walk through one kind of log has to know of it. */
export interface LogWalkShape extends SearchedShape {
  readonly table: string;
  /** How much earlier than its `at` the time may be that a row's id begins with. It is never later. */
  readonly idLagMs: number;
}

/**
 * The way down an index, that of the key or the provider, or the ids; everything else is tested row by row. Each slice
 * is one range of the index with one bound at either end: with two lower bounds SQLite takes the first and reads on to
 * the end of the table.
 */
export interface LogWalk {
  readonly from: string;
  readonly where: readonly Condition[];
  readonly tested: readonly Condition[];
  /** Inclusive. */
  readonly floor: string;
  /** Exclusive. */
  readonly ceiling: string;
}

/** Above every id. */
const LAST_ID = '~';

/**
 * What a slice may look at: few enough rows that it is short from a cold disk too, and others that read have their turn
 * soon. Those of one key lie far apart, each on a page of its own. On a server a slice costs a round trip.
 */
const LOCAL: SliceBounds = { first: 100, least: 20, most: 10_000, aimMs: 20 };
const LOCAL_KEY: SliceBounds = { ...LOCAL, first: 50, most: 1_000 };
const REMOTE: SliceBounds = { first: 2_000, least: 200, most: 50_000, aimMs: 50 };

export function logWalkOf(dialect: Dialect, shape: LogWalkShape, filters: LogFilters): LogWalk {
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
export async function sliceEnd(
  database: Reader,
  walk: LogWalk,
  before: string,
  rows: number,
): Promise<string | undefined> {
  const { sql, params } = all([...walk.where, idRange(walk.floor, before)]);
  const [row] = await database.query(
    `SELECT id FROM ${walk.from} WHERE ${sql} ORDER BY id DESC LIMIT 1 OFFSET ${rows - 1}`,
    params,
  );
  return row && textColumn(row, 'id');
}

export function idRange(from: string, before: string): Condition {
  return { sql: 'id < ? AND id >= ?', params: [before, from] };
}

/** A size for each kind of walk: they cost differently. */
export function createSliceSizes(isLocal: boolean): (filters: LogFilters) => SliceSize {
  const sizes = new Map<string, SliceSize>();
  return (filters) => {
    const column = walkedColumn(filters);
    const kind = `${column ?? 'id'} ${filters.text ? 'text' : ''}`;
    const known = sizes.get(kind);
    if (known !== undefined) return known;
    const size = createSliceSize(isLocal ? (column === 'keyId' ? LOCAL_KEY : LOCAL) : REMOTE);
    sizes.set(kind, size);
    return size;
  };
}
