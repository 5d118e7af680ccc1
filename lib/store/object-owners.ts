import { numberColumn, textColumn } from './database/columns';
import { SMALL_ROWS_MAX, type Database } from './database/database';

/** Which key has made an object at a provider, or was shown it. */
export interface ObjectOwnerRow {
  /** At most 255 characters. */
  readonly objectId: string;
  /** Slug. */
  readonly provider: string;
  readonly keyId: string;
  /** Some answer has only mentioned the object. */
  readonly isSupposed: boolean;
}

export type ObjectPlace = Pick<ObjectOwnerRow, 'objectId' | 'provider'>;

export interface ObjectOwnerStore {
  /** Those of the objects that are known, the one seen last of each at the end. At most 64 are asked for. */
  find(objectIds: readonly string[]): Promise<ObjectOwnerRow[]>;
  /**
   * Overwrites what was known of the same objects at the same providers; what is only supposed overwrites nothing but
   * when they were seen. Any number, each with when it was seen.
   */
  save(rows: readonly (ObjectOwnerRow & { readonly seenAt: number })[]): Promise<void>;
  delete(places: readonly ObjectPlace[]): Promise<void>;
  /** Those that nobody has seen since; returns how many were deleted. */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
}

const COLUMNS = 'objectId, provider, keyId, createdAt';
const IDS_MAX = 64;

export function createObjectOwnerStore(database: Database): ObjectOwnerStore {
  const insert = (replaced: readonly string[]) => `INSERT INTO ObjectOwner (${COLUMNS}, lastSeenAt)
    VALUES (?, ?, ?, ?, ?) ${database.dialect.replaceOnDuplicate(['objectId', 'provider'], replaced)}`;
  const known = insert(['keyId', 'createdAt', 'lastSeenAt']);
  const supposed = insert(['lastSeenAt']);
  return {
    async find(objectIds) {
      const ids = objectIds.slice(0, IDS_MAX);
      const marks = ids.map(() => '?').join(', ');
      const rows = await database.query(
        `SELECT ${COLUMNS} FROM ObjectOwner WHERE objectId IN (${marks}) ORDER BY lastSeenAt`,
        ids,
      );
      return rows.map(ownerRow);
    },

    async save(rows) {
      for (let start = 0; start < rows.length; start += SMALL_ROWS_MAX) {
        const some = rows.slice(start, start + SMALL_ROWS_MAX);
        for (const isSupposed of [false, true]) {
          const lists = some
            .filter((row) => row.isSupposed === isSupposed)
            .map((row) => [row.objectId, row.provider, row.keyId, isSupposed ? 0 : row.seenAt, row.seenAt]);
          if (lists.length > 0) await database.executeEach(isSupposed ? supposed : known, lists);
        }
      }
    },

    async delete(places) {
      if (places.length === 0) return;
      await database.executeEach(
        'DELETE FROM ObjectOwner WHERE objectId = ? AND provider = ?',
        places.map(({ objectId, provider }) => [objectId, provider]),
      );
    },

    async deleteOlderThan(atMs, limit) {
      const rows = await database.query(
        'SELECT objectId, provider FROM ObjectOwner WHERE lastSeenAt < ? ORDER BY lastSeenAt LIMIT ?',
        [atMs, limit],
      );
      if (rows.length === 0) return 0;
      const keys = rows.map((row) => [textColumn(row, 'objectId'), textColumn(row, 'provider'), atMs]);
      const sql = 'DELETE FROM ObjectOwner WHERE objectId = ? AND provider = ? AND lastSeenAt < ?';
      return database.executeEach(sql, keys);
    },
  };
}

function ownerRow(row: Readonly<Record<string, unknown>>): ObjectOwnerRow {
  return {
    objectId: textColumn(row, 'objectId'),
    provider: textColumn(row, 'provider'),
    keyId: textColumn(row, 'keyId'),
    isSupposed: numberColumn(row, 'createdAt') === 0,
  };
}
