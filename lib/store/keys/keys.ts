import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from '../database/batches';
import type { Cipher } from '../secrets/cipher';
import { textColumn } from '../database/columns';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { KEY_COLUMNS, readKey, readSaid, SAID_COLUMNS, type ApiKeyRow, type SaidOfKey } from './key-row';
import { writeKeyStates } from './key-state-writes';
import { createReceipts } from '../database/receipts';
import type { Receipt } from '../database/receipts';
import type { KeyStateChange } from '../rows';

export interface KeyStore {
  /**
   * All keys of all providers in the order they were added, read in pages so that the event loop is never held for more
   * than a few milliseconds. A key that cannot be decrypted is left out and reported.
   */
  loadAll(onUnreadable?: (id: string) => void): Promise<ApiKeyRow[]>;
  /** What people have last said of these keys; those that are gone are left out. In batches. */
  saidOf(keyIds: readonly string[]): Promise<SaidOfKey[]>;
  /**
   * Writes what each change speaks of. A key that is gone stays gone. In batches of 200, each all or nothing; with a
   * receipt at most 200 changes, which are written once however often they are given.
   */
  saveStates(changes: readonly KeyStateChange[], receipt?: Receipt): Promise<void>;
}

const SELECT_SAID = `SELECT ${SAID_COLUMNS.join(', ')} FROM ApiKey`;
/** Keys to decrypt at a time: about two milliseconds. */
const SLICE = 200;
/** Keys to read with one statement. */
const PAGE = { holdingLoop: SLICE, remote: 5 * SLICE };

export function createKeyStore(database: Database, cipher: Cipher, now: () => number): KeyStore {
  const pageSize = database.dialect.holdsEventLoop ? PAGE.holdingLoop : PAGE.remote;
  const selectPage = `SELECT ${KEY_COLUMNS.join(', ')} FROM ApiKey WHERE id > ? AND deletedAt + 0 IS NULL ORDER BY id LIMIT ${pageSize}`;
  const receipts = createReceipts(database, now);

  return {
    async loadAll(onUnreadable) {
      const keys: ApiKeyRow[] = [];
      let after = '';
      for (;;) {
        const page = await database.query(selectPage, [after]);
        await inBatches(page, SLICE, (slice) => {
          for (const row of slice) {
            after = textColumn(row, 'id');
            try {
              keys.push(readKey(row, cipher));
            } catch {
              onUnreadable?.(after);
            }
          }
        });
        if (page.length < pageSize) return keys;
        await nextTurn();
      }
    },

    async saidOf(keyIds) {
      const said: SaidOfKey[] = [];
      await inBatches(keyIds, EACH_MAX, async (batch) => {
        const places = batch.map(() => '?').join(', ');
        const rows = await database.query(`${SELECT_SAID} WHERE id IN (${places})`, batch);
        said.push(...rows.map(readSaid));
      });
      return said;
    },

    async saveStates(changes, receipt) {
      const at = now();
      await inBatches(changes, EACH_MAX, (batch) =>
        receipts.once(receipt, (session) => writeKeyStates(session, batch, at)),
      );
    },
  };
}
