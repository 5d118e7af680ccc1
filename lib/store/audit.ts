import { numberColumn, textColumn } from './database/columns';
import { cutText } from './database/cut-text';
import type { Database, SqlRow } from './database/database';
import { newRowId } from './database/row-id';
import type { AuditRow } from './rows';
import type { Slices } from './database/slices';

export type NewAuditEntry = Omit<AuditRow, 'id' | 'at'>;

export interface AuditStore {
  /** Stamps the entry with an id and the time. */
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

export function createAuditStore(database: Database, slices: Slices, now: () => number): AuditStore {
  const insert = 'INSERT INTO AuditLog (id, at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)';
  const select = `SELECT id, at, actor, action, target, detail FROM AuditLog WHERE id < ? ORDER BY id DESC LIMIT ?`;
  const nth = `SELECT id FROM AuditLog WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?`;
  const count = `SELECT COUNT(*) AS rowCount FROM (SELECT id FROM AuditLog LIMIT ?) AS counted`;
  let sequence = 0;

  /** The id of the last of so many entries; undefined when there are fewer. */
  async function idBefore(before: string, entries: number): Promise<string | undefined> {
    const [row] = await slices.run(() => database.query(nth, [before, entries - 1]));
    return row && textColumn(row, 'id');
  }

  return {
    async insert(entry) {
      const at = now();
      sequence = (sequence + 1) % SEQUENCE_MAX;
      const row: AuditRow = {
        id: newRowId(at, sequence),
        at,
        actor: cutText(entry.actor, 191),
        action: cutText(entry.action, 64),
        target: cutText(entry.target, 500),
        detail: entry.detail,
      };
      await database.execute(insert, [row.id, row.at, row.actor, row.action, row.target, row.detail]);
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
