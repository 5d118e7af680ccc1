import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from '../database/batches';
import type { Cipher } from '../secrets/cipher';
import { textColumn } from '../database/columns';
import { EACH_MAX } from '../database/database';
import type { SqlRow } from '../database/database';
import { accountOf, KEY_COLUMNS, readKey, type ApiKeyRow } from './key-row';
import type { WriteParts } from '../write-parts';

/** Keys that were deleted and may come back. They are no keys for anything else in the store. */
export interface KeyTrash {
  /** Deletes keys in batches such that `restore` can give them back. */
  discard(ids: readonly string[], deletionId: string): Promise<void>;
  /**
   * Gives back some of what is left of a deletion that was not before `notBeforeMs`, as many as one transaction should.
   * Go on with the `next` of the call before until there is none. Keys that cannot be decrypted stay.
   */
  restoreSome(deletionId: string, notBeforeMs: number, after?: string): Promise<RestoredKeys>;
  /**
   * Gives back those keys of a provider that have these values and were discarded under this id, not before
   * `notBeforeMs`. In batches.
   */
  revive(revival: Revival): Promise<ApiKeyRow[]>;
  /**
   * Deletes for good what was discarded before `atMs`; returns how many. In batches. Nothing is left of a key but its
   * id, its account and a mark by which it is known if it comes again: what it has made at the provider is its own.
   */
  purgeDiscarded(atMs: number): Promise<number>;
  /** Moves keys to another provider in batches. The provider must not have any of them. */
  moveMany(ids: readonly string[], providerId: string): Promise<void>;
}

export interface RestoredKeys {
  readonly rows: readonly ApiKeyRow[];
  readonly next: string | undefined;
}

export interface Revival {
  readonly providerId: string;
  readonly values: readonly string[];
  readonly deletionId: string;
  readonly notBeforeMs: number;
}

/** In the place of a secret that is gone for good. */
const STRIPPED = Buffer.alloc(0);

const BATCH = { restore: 200, purge: 500 };

// oxlint-disable-next-line max-lines-per-function -- a closure over the session: one short function for each verb
export function keyTrashWrites({ session, cipher, now }: WriteParts): KeyTrash {
  const discard = 'UPDATE ApiKey SET deletedAt = ?, deletionId = ? WHERE id = ? AND deletedAt IS NULL';
  const select = `SELECT ${KEY_COLUMNS.join(', ')} FROM ApiKey
    WHERE deletedAt >= ? AND deletionId = ? AND id > ? ORDER BY id LIMIT ${BATCH.restore}`;
  const selectDiscarded = `SELECT ${KEY_COLUMNS.join(', ')} FROM ApiKey
    WHERE providerId = ? AND deletedAt >= ? AND deletionId = ? AND lookup IN`;
  const giveBack = 'UPDATE ApiKey SET deletedAt = NULL, deletionId = NULL WHERE id = ?';
  const oldest = `SELECT id, account, uses FROM ApiKey
    WHERE deletedAt < ? AND deletionId IS NOT NULL LIMIT ${BATCH.purge}`;
  const strip = `UPDATE ApiKey SET account = ?, sealedValue = ?, hint = '', note = '', reason = NULL, egressId = NULL,
    limits = NULL, tags = NULL, uses = NULL, modelCooldowns = '{}', deletionId = NULL
    WHERE id = ? AND deletedAt IS NOT NULL AND deletionId IS NOT NULL`;
  // MySQL does not read from the table it deletes from, unless through a derived one.
  const makeRoom = `DELETE FROM ApiKey WHERE providerId = ? AND deletedAt IS NOT NULL AND lookup IN
    (SELECT lookup FROM (SELECT lookup FROM ApiKey WHERE id = ?) AS moved)`;
  const move = `UPDATE ApiKey SET providerId = ?, source = 'dashboard', version = version + 1, updatedAt = ? WHERE id = ?`;

  return {
    async discard(ids, deletionId) {
      const at = now();
      await inBatches(ids, EACH_MAX, async (batch) => {
        await session.executeEach(
          discard,
          batch.map((id) => [at, deletionId, id]),
        );
      });
    },

    async restoreSome(deletionId, notBeforeMs, after = '') {
      const page = await session.query(select, [notBeforeMs, deletionId, after]);
      const rows = page.flatMap((row) => readOrNone(row, cipher));
      await session.executeEach(
        giveBack,
        rows.map((row) => [row.id]),
      );
      const last = page.at(-1);
      const isOver = last === undefined || page.length < BATCH.restore;
      return { rows, next: isOver ? undefined : textColumn(last, 'id') };
    },

    async revive({ providerId, values, deletionId, notBeforeMs }) {
      const revived: ApiKeyRow[] = [];
      const [any] = await session.query(
        'SELECT id FROM ApiKey WHERE deletedAt >= ? AND deletionId = ? AND providerId = ? LIMIT 1',
        [notBeforeMs, deletionId, providerId],
      );
      if (any === undefined) return revived;
      await inBatches(values, BATCH.restore, async (batch) => {
        const lookups = batch.map((value) => cipher.lookup(value));
        const found = await session.query(`${selectDiscarded} (${lookups.map(() => '?').join(', ')})`, [
          providerId,
          notBeforeMs,
          deletionId,
          ...lookups,
        ]);
        const readable = found.flatMap((row) => readOrNone(row, cipher));
        await session.executeEach(
          giveBack,
          readable.map((row) => [row.id]),
        );
        revived.push(...readable);
      });
      return revived;
    },

    async purgeDiscarded(atMs) {
      let purged = 0;
      for (;;) {
        const rows = await session.query(oldest, [atMs]);
        purged += await session.executeEach(
          strip,
          rows.map((row) => [accountOf(row), STRIPPED, textColumn(row, 'id')]),
        );
        if (rows.length < BATCH.purge) return purged;
        await nextTurn();
      }
    },

    async moveMany(ids, providerId) {
      const at = now();
      await inBatches(ids, EACH_MAX, async (batch) => {
        await session.executeEach(
          makeRoom,
          batch.map((id) => [providerId, id]),
        );
        await session.executeEach(
          move,
          batch.map((id) => [providerId, at, id]),
        );
      });
    },
  };
}

function readOrNone(row: SqlRow, cipher: Cipher): ApiKeyRow[] {
  try {
    return [readKey(row, cipher)];
  } catch {
    return [];
  }
}
