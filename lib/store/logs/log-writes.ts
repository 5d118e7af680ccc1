import { textColumn } from '../database/columns';
import type { WriteParts } from '../write-parts';

/** Deletes log rows for a person, as part of a transaction. */
export interface LogWrites {
  /** Number of rows that were there. */
  removeMany(ids: readonly string[]): Promise<number>;
  /**
   * Deletes some of the oldest rows before `atMs`, as many as one transaction should. Repeat it while there may be
   * more.
   */
  removeOldest(atMs: number): Promise<{ readonly removed: number; readonly mayBeMore: boolean }>;
}

/** Rows for one transaction: on SQLite less than three milliseconds. */
export const LOG_ROWS_AT_ONCE = 100;
/** Where a statement costs a round trip, and blocks nothing here. */
const OLDEST_AT_ONCE_REMOTE = 1_000;

export function logWrites(
  { session, dialect }: Pick<WriteParts, 'session' | 'dialect'>,
  table: 'RequestLog' | 'ErrorLog',
): LogWrites {
  const oldest = `SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ${LOG_ROWS_AT_ONCE}`;

  function removeMany(ids: readonly string[]): Promise<number> {
    return session.executeEach(
      `DELETE FROM ${table} WHERE id = ?`,
      ids.map((id) => [id]),
    );
  }

  return {
    removeMany,
    async removeOldest(atMs) {
      if (!dialect.isLocal) {
        const removed = await session.execute(dialect.deleteOldest(table), [atMs, OLDEST_AT_ONCE_REMOTE]);
        return { removed, mayBeMore: removed === OLDEST_AT_ONCE_REMOTE };
      }
      const found = await session.query(oldest, [atMs]);
      const removed = await removeMany(found.map((row) => textColumn(row, 'id')));
      return { removed, mayBeMore: found.length === LOG_ROWS_AT_ONCE };
    },
  };
}
