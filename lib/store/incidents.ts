import { inBatches } from './database/batches';
import { numberColumn, numberOrNull, textColumn, whole, wholeOrNull } from './database/columns';
import { cutText } from './database/cut-text';
import type { Database, SqlRow, SqlValue } from './database/database';
import type { Slices } from './database/slices';

/** Something that was wrong, from when until when. Times are milliseconds since the epoch. */
export interface IncidentRow {
  /** Of `newRowId`, by when it began. */
  readonly id: string;
  /** What it is about: the same for as long as it lasts. At most 500 characters. */
  readonly about: string;
  readonly kind: string;
  readonly severity: string;
  readonly beganAt: number;
  /** null: it lasts. */
  readonly endedAt: number | null;
  /** When it was last seen to last. */
  readonly seenAt: number;
  /** JSON, made by the caller, without secrets. */
  readonly item: string;
  /** When the item was as it is here. */
  readonly toldAt: number;
}

export interface IncidentFilter {
  readonly kind?: string | undefined;
  /** Those that had not ended before. */
  readonly from?: number | undefined;
  /** Those that had begun by then. */
  readonly to?: number | undefined;
}

export interface IncidentStore {
  /** Adds rows, or overwrites those of the same id. In transactions of 200 rows at most. */
  save(rows: readonly IncidentRow[]): Promise<void>;
  /** All that last, and those that ended at that time or later; the newest 1,000 of them. */
  recent(endedAt: number): Promise<IncidentRow[]>;
  /** Newest first; `before` is the id of the last row of the page before. */
  page(query: {
    readonly filter: IncidentFilter;
    readonly before?: string | undefined;
    readonly limit: number;
    /** Rows to pass over first. */
    readonly skip?: number;
  }): Promise<IncidentRow[]>;
  count(filter: IncidentFilter): Promise<number>;
  /** Deletes at most `limit` of those that ended before; returns how many. */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
  /** Deletes the oldest of those that are over beyond 10,000 rows; returns how many. */
  prune(): Promise<number>;
}

const COLUMNS = [
  'id',
  'about',
  'kind',
  'severity',
  'beganAt',
  'endedAt',
  'seenAt',
  'item',
  'toldAt',
] as const;
/** Few enough to look at all of them in some milliseconds. */
const ROWS_MAX = 10_000;
const RECENT_MAX = 1_000;
const BATCH_ROWS = 200;
const DELETE_MAX = 200;
const ABOUT_MAX = 500;
/** Above every id. */
const LAST_ID = '~';

const SELECT = `SELECT ${COLUMNS.join(', ')} FROM Incident`;

export function createIncidentStore(database: Database, slices: Slices): IncidentStore {
  const [, ...replaced] = COLUMNS;
  const insert = `INSERT INTO Incident (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
    ${database.dialect.replaceOnDuplicate(['id'], replaced)}`;
  return {
    ...reads(database, slices),
    ...deletions(database, slices),
    async save(rows) {
      await inBatches(rows, BATCH_ROWS, async (batch) => {
        await database.executeEach(insert, batch.map(valuesOf));
      });
    },
  };
}

function reads(database: Database, slices: Slices): Pick<IncidentStore, 'recent' | 'page' | 'count'> {
  const query = (sql: string, params: readonly SqlValue[]) => slices.run(() => database.query(sql, params));
  return {
    async recent(endedAt) {
      const where = 'WHERE endedAt IS NULL OR endedAt >= ?';
      const sql = `${SELECT} ${where} ORDER BY id DESC LIMIT ${RECENT_MAX}`;
      return (await query(sql, [whole(endedAt)])).map(read);
    },

    async page({ filter, before = LAST_ID, limit, skip = 0 }) {
      const { where, params } = conditionsOf(filter);
      const sql = `${SELECT} WHERE id < ? ${where} ORDER BY id DESC LIMIT ? OFFSET ?`;
      return (await query(sql, [before, ...params, limit, skip])).map(read);
    },

    async count(filter) {
      const { where, params } = conditionsOf(filter);
      const sql = `SELECT COUNT(*) AS rowCount FROM Incident WHERE id < '${LAST_ID}' ${where}`;
      const [row = {}] = await query(sql, params);
      return numberColumn(row, 'rowCount');
    },
  };
}

function deletions(database: Database, slices: Slices): Pick<IncidentStore, 'deleteOlderThan' | 'prune'> {
  async function remove(which: string, params: readonly SqlValue[], limit: number): Promise<number> {
    const find = `SELECT id FROM Incident WHERE ${which} ORDER BY endedAt LIMIT ?`;
    const rows = await slices.run(() => database.query(find, [...params, Math.min(limit, DELETE_MAX)]));
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => [textColumn(row, 'id')]);
    return slices.run(() => database.executeEach('DELETE FROM Incident WHERE id = ?', ids));
  }
  return {
    deleteOlderThan: (atMs, limit) => remove('endedAt < ?', [whole(atMs)], limit),

    async prune() {
      const [row = {}] = await slices.run(() => database.query('SELECT COUNT(*) AS present FROM Incident'));
      let deleted = 0;
      for (let left = numberColumn(row, 'present') - ROWS_MAX; left > 0;) {
        const batch = await remove('endedAt IS NOT NULL', [], left);
        if (batch === 0) break;
        deleted += batch;
        left -= batch;
      }
      return deleted;
    },
  };
}

function conditionsOf({ kind, from, to }: IncidentFilter): { where: string; params: SqlValue[] } {
  const conditions: [string, SqlValue][] = [];
  if (kind !== undefined) conditions.push(['AND kind = ?', kind]);
  if (from !== undefined) conditions.push(['AND (endedAt IS NULL OR endedAt >= ?)', from]);
  if (to !== undefined) conditions.push(['AND beganAt <= ?', to]);
  return { where: conditions.map(([sql]) => sql).join(' '), params: conditions.map(([, value]) => value) };
}

function valuesOf(row: IncidentRow): SqlValue[] {
  return [
    row.id,
    cutText(row.about, ABOUT_MAX),
    ...[row.kind, row.severity, whole(row.beganAt), wholeOrNull(row.endedAt), whole(row.seenAt)],
    ...[row.item, whole(row.toldAt)],
  ];
}

function read(row: SqlRow): IncidentRow {
  return {
    id: textColumn(row, 'id'),
    about: textColumn(row, 'about'),
    kind: textColumn(row, 'kind'),
    severity: textColumn(row, 'severity'),
    beganAt: numberColumn(row, 'beganAt'),
    endedAt: numberOrNull(row, 'endedAt'),
    seenAt: numberColumn(row, 'seenAt'),
    item: textColumn(row, 'item'),
    toldAt: numberColumn(row, 'toldAt'),
  };
}
