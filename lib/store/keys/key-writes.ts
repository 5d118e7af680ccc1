import type { Limits } from '../../balancer/limits/limits';
import { assignments } from '../database/assignments';
import { inBatches } from '../database/batches';
import { EACH_MAX } from '../database/database';
import type { ConfigSource } from '../config-source';
import type { KeyStateChange } from '../rows';
import { StoreError } from '../store-error';
import type { WriteParts } from '../write-parts';
import { importKeys } from './key-import';
import type { ImportedKeys, NewKey } from './key-import';
import { patchColumns, type KeyState } from './key-row';
import { epochsOf, writeKeyStates } from './key-state-writes';
import { retagKeys, type TaggedKey } from './key-tag-writes';
import { keyTrashWrites } from './key-trash';
import type { KeyTrash } from './key-trash';

/** What can be changed about a key; what is left out stays. `providerId` moves it. */
export interface ApiKeyPatch extends Partial<KeyState> {
  readonly providerId?: string;
  readonly weight?: number;
  readonly note?: string;
  readonly egressId?: string | null;
  readonly limits?: Limits | null;
  readonly account?: string | null;
  readonly tags?: readonly string[];
  readonly source?: ConfigSource;
}

export interface KeyWrites extends KeyTrash {
  /**
   * Adds what the provider does not have yet, in batches; a failure (`not_found`: no such provider) leaves the batches
   * done before it.
   */
  importMany(providerId: string, keys: readonly NewKey[], source: ConfigSource): Promise<ImportedKeys>;
  /**
   * Counts the version up. Throws `not_found`; `duplicate` when the provider moved to has the value already; `conflict`
   * when `expectedVersion` is given and is not the stored version.
   */
  update(id: string, patch: ApiKeyPatch, expectedVersion?: number): Promise<void>;
  /** Gives keys the same values, in batches, and counts each one's version up. Those that are gone are passed over. */
  updateMany(ids: readonly string[], patch: ApiKeyPatch): Promise<void>;
  /**
   * Gives each key the tags that `change` makes of those it has, whoever has written them, and counts the versions of
   * those up that change. Returns the keys that are there, with undefined where they stay as `change` gives none. In
   * batches.
   */
  retag(
    ids: readonly string[],
    change: (tags: readonly string[]) => readonly string[] | undefined,
  ): Promise<ReadonlyMap<string, TaggedKey | undefined>>;
  /** Number of keys that were there. In batches. For good, unlike `discard`. */
  removeMany(ids: readonly string[]): Promise<number>;
  /**
   * Writes what each change speaks of. A key that is gone stays gone. Returns how often a person has switched each that
   * is there, by id, this time included.
   */
  setStates(changes: readonly KeyStateChange[]): Promise<ReadonlyMap<string, number>>;
}

export function keyWrites(parts: WriteParts): KeyWrites {
  const { session, now } = parts;

  return {
    ...keyTrashWrites(parts),

    importMany: (providerId, keys, source) => importKeys(parts, { providerId, keys, source, at: now() }),

    async update(id, patch, expectedVersion) {
      const columns = { ...patchColumns(patch), updatedAt: now() };
      const isExpected = expectedVersion === undefined ? '' : ' AND version = ?';
      const changed = await session.execute(
        `UPDATE ApiKey SET ${assignments(columns)}, version = version + 1
          WHERE id = ? AND deletedAt IS NULL${isExpected}`,
        [...Object.values(columns), id, ...(expectedVersion === undefined ? [] : [expectedVersion])],
      );
      if (changed > 0) return;
      const [known] = await session.query('SELECT id FROM ApiKey WHERE id = ? AND deletedAt IS NULL', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The key does not exist');
      throw new StoreError('conflict', 'The key was changed by somebody else');
    },

    async updateMany(ids, patch) {
      const columns = { ...patchColumns(patch), updatedAt: now() };
      const sql = `UPDATE ApiKey SET ${assignments(columns)}, version = version + 1
        WHERE id = ? AND deletedAt IS NULL`;
      await inBatches(ids, EACH_MAX, async (batch) => {
        await session.executeEach(
          sql,
          batch.map((id) => [...Object.values(columns), id]),
        );
      });
    },

    retag: (ids, change) => retagKeys(parts, ids, change),

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, EACH_MAX, async (batch) => {
        removed += await session.executeEach(
          'DELETE FROM ApiKey WHERE id = ?',
          batch.map((id) => [id]),
        );
      });
      return removed;
    },

    async setStates(changes) {
      const at = now();
      await inBatches(changes, EACH_MAX, (batch) => writeKeyStates(session, batch, at));
      const ids = changes.map(({ keyId }) => keyId);
      return epochsOf(session, ids);
    },
  };
}
