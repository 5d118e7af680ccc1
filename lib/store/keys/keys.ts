import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from '../database/batches';
import type { Cipher } from '../secrets/cipher';
import { textColumn } from '../database/columns';
import { cutText } from '../database/cut-text';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { importKeys } from './key-import';
import type { ImportedKeys, NewKey } from './key-import';
import { createKeyTrash } from './key-trash';
import type { KeyTrash } from './key-trash';
import { KEY_COLUMNS, NOTE_MAX, cutReason, readKey } from './key-row';
import { writeKeyStates } from './key-state-writes';
import { createReceipts } from '../database/receipts';
import type { Receipt } from '../database/receipts';
import type { ApiKeyRow, ConfigSource, KeyState, KeyStateChange } from '../rows';
import { StoreError } from '../store-error';

export type { NewKey } from './key-import';

/** What can be changed about a key; what is left out stays. `providerId` moves it. */
export interface ApiKeyPatch extends Partial<KeyState> {
  readonly providerId?: string;
  readonly weight?: number;
  readonly note?: string;
  readonly egressId?: string | null;
  readonly source?: ConfigSource;
}

export interface KeyStore extends KeyTrash {
  /**
   * All keys of all providers in the order they were added, read in pages so that the event loop is never held for more than a few
   * milliseconds. A key that cannot be decrypted is left out and reported.
   */
  loadAll(onUnreadable?: (id: string) => void): Promise<ApiKeyRow[]>;
  /**
   * Adds what the provider does not have yet, in batches; a failure (`not_found`: no such provider) leaves the batches done
   * before it.
   */
  importMany(providerId: string, keys: readonly NewKey[], source: ConfigSource): Promise<ImportedKeys>;
  /**
   * Counts the version up. Throws `not_found`; `duplicate` when the provider moved to has the value already; `conflict` when
   * `expectedVersion` is given and is not the stored version.
   */
  update(id: string, patch: ApiKeyPatch, expectedVersion?: number): Promise<void>;
  /** Number of keys that were there. In batches. For good, unlike `discard`. */
  removeMany(ids: readonly string[]): Promise<number>;
  /**
   * Writes what each change speaks of. A key that is gone stays gone. In batches of 200, each all or nothing; with a receipt at most 200
   * changes, which are written once however often they are given.
   */
  saveStates(changes: readonly KeyStateChange[], receipt?: Receipt): Promise<void>;
}

/** Keys to decrypt at a time: about two milliseconds. */
const SLICE = 200;
/** Keys to read with one statement. */
const PAGE = { holdingLoop: SLICE, remote: 5 * SLICE };

export function createKeyStore(database: Database, cipher: Cipher, now: () => number): KeyStore {
  const pageSize = database.dialect.holdsEventLoop ? PAGE.holdingLoop : PAGE.remote;
  const selectPage = `SELECT ${KEY_COLUMNS.join(', ')} FROM ApiKey WHERE id > ? AND deletedAt + 0 IS NULL ORDER BY id LIMIT ${pageSize}`;
  const receipts = createReceipts(database, now);

  return {
    ...createKeyTrash(database, cipher, now),

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

    importMany: (providerId, keys, source) =>
      importKeys(database, cipher, { providerId, keys, source, at: now() }),

    async update(id, patch, expectedVersion) {
      const { modelCooldowns, note, reason, ...rest } = patch;
      const data = {
        ...rest,
        ...(modelCooldowns === undefined ? {} : { modelCooldowns: JSON.stringify(modelCooldowns) }),
        ...(note === undefined ? {} : { note: cutText(note, NOTE_MAX) }),
        ...(reason === undefined ? {} : { reason: cutReason(reason) }),
        updatedAt: now(),
        version: { increment: 1 },
      };
      const where = {
        id,
        deletedAt: null,
        ...(expectedVersion !== undefined && { version: expectedVersion }),
      };
      const { count } = await database.prisma((client) => client.apiKey.updateMany({ where, data }));
      if (count > 0) return;
      const [known] = await database.query('SELECT id FROM ApiKey WHERE id = ? AND deletedAt IS NULL', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The key does not exist');
      throw new StoreError('conflict', 'The key was changed by somebody else');
    },

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, EACH_MAX, async (batch) => {
        removed += await database.executeEach(
          'DELETE FROM ApiKey WHERE id = ?',
          batch.map((id) => [id]),
        );
      });
      return removed;
    },

    async saveStates(changes, receipt) {
      const at = now();
      await inBatches(changes, EACH_MAX, (batch) =>
        receipts.once(receipt, (session) => writeKeyStates(session, batch, at)),
      );
    },
  };
}
