import { numberColumn, textColumn } from './database/columns';
import { cutText } from './database/cut-text';
import type { Database, SqlRow, SqlSession } from './database/database';
import { newRowId } from './database/row-id';
import type { AuditRow } from './rows';
import type { Slices } from './database/slices';

export type NewAuditEntry = Omit<AuditRow, 'id' | 'at'>;

/** Writes entries as part of the caller's transaction. */
export interface AuditWriter {
  /** Stamps an entry with an id and the time, without writing it. */
  stamped(entry: NewAuditEntry): AuditRow;
  insert(session: SqlSession, row: AuditRow): Promise<void>;
  /** Rewrites the entry of a change that has gone on since. */
  update(session: SqlSession, row: AuditRow): Promise<void>;
}

export interface AuditStore {
  /**
   * Notes what somebody has done that changes nothing here. A change is noted by the unit of work that it is made in.
   */
  insert(entry: NewAuditEntry): Promise<AuditRow>;
  /** Newest first; `before` is the id of the last row of the page before. */
  page(query: {
    readonly before?: string;
    readonly limit: number;
    /** Rows to pass over first. */
    readonly skip?: number;
  }): Promise<AuditRow[]>;
  /** Entries, counted up to `atMost`. */
  count(atMost: number): Promise<number>;
}

/** Of `newRowId`: entries of one millisecond keep their order. */
const SEQUENCE_MAX = 2 ** 20;
/** Above every id. */
const LAST_ID = '~';

const INSERT = 'INSERT INTO AuditLog (id, at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)';
const UPDATE = 'UPDATE AuditLog SET target = ?, detail = ? WHERE id = ?';

export function createAuditWriter(now: () => number): AuditWriter {
  let sequence = 0;
  return {
    stamped(entry) {
      const at = now();
      sequence = (sequence + 1) % SEQUENCE_MAX;
      return { ...cut(entry), id: newRowId(at, sequence), at };
    },
    async insert(session, row) {
      await session.execute(INSERT, [row.id, row.at, row.actor, row.action, row.target, row.detail]);
    },
    async update(session, row) {
      await session.execute(UPDATE, [cutText(row.target, TARGET_MAX), row.detail, row.id]);
    },
  };
}

export function createAuditStore(database: Database, slices: Slices, writer: AuditWriter): AuditStore {
  const select = `SELECT id, at, actor, action, target, detail FROM AuditLog WHERE id < ? ORDER BY id DESC LIMIT ?`;
  const nth = `SELECT id FROM AuditLog WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?`;
  const count = `SELECT COUNT(*) AS rowCount FROM (SELECT id FROM AuditLog LIMIT ?) AS counted`;

  /** The id of the last of so many entries; undefined when there are fewer. */
  async function idBefore(before: string, entries: number): Promise<string | undefined> {
    const [row] = await slices.run(() => database.query(nth, [before, entries - 1]));
    return row && textColumn(row, 'id');
  }

  return {
    async insert(entry) {
      const row = writer.stamped(entry);
      await writer.insert(database, row);
      return row;
    },

    async page({ before = LAST_ID, limit, skip = 0 }) {
      const start = skip === 0 ? before : await idBefore(before, skip);
      if (start === undefined) return [];
      const rows = await slices.run(() => database.query(select, [start, limit]));
      return rows.map(read);
    },

    async count(atMost) {
      const [row] = await slices.run(() => database.query(count, [atMost]));
      return row ? numberColumn(row, 'rowCount') : 0;
    },
  };
}

const TARGET_MAX = 500;

function cut(entry: NewAuditEntry): NewAuditEntry {
  return {
    actor: cutText(entry.actor, 191),
    action: cutText(entry.action, 64),
    target: cutText(entry.target, TARGET_MAX),
    detail: entry.detail,
  };
}

function read(row: SqlRow): AuditRow {
  return {
    id: textColumn(row, 'id'),
    at: numberColumn(row, 'at'),
    actor: textColumn(row, 'actor'),
    action: textColumn(row, 'action'),
    target: textColumn(row, 'target'),
    detail: textColumn(row, 'detail'),
  };
}
