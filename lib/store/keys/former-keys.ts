import { textColumn } from '../database/columns';
import type { Database } from '../database/database';
import { accountOf } from './key-row';

/** What is left of keys that were deleted for good: they have made objects that live at their provider. */
export interface FormerKeyStore {
  /** The account of a key, also of one that may still come back; undefined if none is known. */
  accountOf(keyId: string): Promise<string | undefined>;
  /** Deletes what is left of keys that were deleted before then; returns how many there were. */
  deleteOlderThan(atMs: number, limit: number): Promise<number>;
}

export function createFormerKeyStore(database: Database): FormerKeyStore {
  const isFormer = 'deletedAt IS NOT NULL AND deletionId IS NULL';
  return {
    async accountOf(keyId) {
      const [row] = await database.query('SELECT account, uses FROM ApiKey WHERE id = ?', [keyId]);
      return (row && accountOf(row)) ?? undefined;
    },

    async deleteOlderThan(atMs, limit) {
      const rows = await database.query(`SELECT id FROM ApiKey WHERE deletedAt < ? AND ${isFormer} LIMIT ?`, [
        atMs,
        limit,
      ]);
      if (rows.length === 0) return 0;
      const ids = rows.map((row) => [textColumn(row, 'id')]);
      return database.executeEach(`DELETE FROM ApiKey WHERE id = ? AND ${isFormer}`, ids);
    },
  };
}
