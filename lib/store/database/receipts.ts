import type { Database, SqlSession } from './database';
import { newRowId } from './row-id';

/**
 * Names one piece of writing. Whoever is not told whether it was done, because the connection broke while it was
 * committed, repeats it under the same name, and it is done once.
 */
export type Receipt = string;

export interface Receipts {
  /** Does `work` in a transaction, unless the same receipt has been through before. All or nothing. */
  once(receipt: Receipt | undefined, work: (session: SqlSession) => Promise<void>): Promise<void>;
  /** Whether the writing of this name is done. */
  has(receipt: Receipt): Promise<boolean>;
}

const PREFIX = 'once:';
/** Of a process that has ended without a repeat. */
const KEPT_MS = 3_600_000;

export function newReceipt(atMs: number): Receipt {
  return PREFIX + newRowId(atMs);
}

/** A receipt stays until the next one of the same writer is through. Without one, `work` is simply done. */
export function createReceipts(database: Database, now: () => number): Receipts {
  const find = 'SELECT name FROM StoreMeta WHERE name = ?';
  const keep = 'INSERT INTO StoreMeta (name, value) VALUES (?, ?)';
  const remove = 'DELETE FROM StoreMeta WHERE name = ?';
  const removeOld = `DELETE FROM StoreMeta WHERE name > '${PREFIX}' AND name < ?`;
  let last: Receipt | undefined;

  return {
    async once(receipt, work) {
      if (receipt === undefined) return database.transaction(work);
      await database.transaction(async (session) => {
        if ((await session.query(find, [receipt])).length > 0) return;
        await work(session);
        await session.execute(keep, [receipt, Buffer.alloc(0)]);
        if (last === undefined) await session.execute(removeOld, [newReceipt(now() - KEPT_MS)]);
        else await session.execute(remove, [last]);
      });
      last = receipt;
    },
    has: async (receipt) => (await database.query(find, [receipt])).length > 0,
  };
}
