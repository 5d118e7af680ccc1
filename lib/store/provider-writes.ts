import { setImmediate as nextTurn } from 'node:timers/promises';
import { assignments } from './database/assignments';
import { textColumn } from './database/columns';
import type { SqlValue } from './database/database';
import { newRowId } from './database/row-id';
import { providerColumns } from './provider-row';
import type { ProviderInput, ProviderPatch } from './provider-row';
import type { ProviderRow } from './rows';
import { StoreError } from './store-error';
import type { WriteParts } from './write-parts';

export interface ProviderWrites {
  /** Throws `duplicate` when the slug is taken. Slugs are kept in lower case. */
  create(input: ProviderInput): Promise<ProviderRow>;
  /**
   * Throws `not_found`; `duplicate` when the slug is taken; `conflict` when `expectedVersion` is given and is not the
   * stored version.
   */
  update(id: string, patch: ProviderPatch, expectedVersion?: number): Promise<void>;
  /** Removes the keys in batches, then the provider. Nothing happens when it is gone already. */
  remove(id: string): Promise<void>;
  /** Takes a provider without keys out of all lists such that `restore` can give it back. Its slug is free at once. */
  discard(id: string): Promise<void>;
  /** Gives back what was discarded under this slug, if that was not before `notBeforeMs`; returns its id. */
  restore(slug: string, notBeforeMs: number): Promise<string | undefined>;
  /** Removes for good what was discarded before `atMs`; returns how many. */
  purgeDiscarded(atMs: number): Promise<number>;
}

const REMOVED_KEYS_BATCH = 1_000;

// oxlint-disable-next-line max-lines-per-function -- a closure over the session: one short function for each verb
export function providerWrites({ session, cipher, now }: WriteParts): ProviderWrites {
  const deleteKeys = `DELETE FROM ApiKey WHERE id IN
    (SELECT id FROM (SELECT id FROM ApiKey WHERE providerId = ? LIMIT ${REMOVED_KEYS_BATCH}) AS batch)`;

  async function remove(id: string): Promise<void> {
    while ((await session.execute(deleteKeys, [id])) === REMOVED_KEYS_BATCH) await nextTurn();
    await session.execute('DELETE FROM Provider WHERE id = ?', [id]);
  }

  async function removeDiscarded(condition: string, value: SqlValue): Promise<number> {
    const sql = `SELECT id FROM Provider WHERE removedAt IS NOT NULL AND ${condition}`;
    const discarded = await session.query(sql, [value]);
    for (const row of discarded) await remove(textColumn(row, 'id'));
    return discarded.length;
  }

  return {
    async create(input) {
      const at = now();
      const added = { id: newRowId(at), createdAt: at, updatedAt: at, version: 1 };
      const row: ProviderRow = { ...input, ...added, slug: input.slug.toLowerCase() };
      await removeDiscarded('slug = ?', row.slug);
      const columns = { ...providerColumns(row.id, input, cipher), ...added };
      const names = Object.keys(columns);
      await session.execute(
        `INSERT INTO Provider (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        Object.values(columns),
      );
      return row;
    },

    async update(id, patch, expectedVersion) {
      const columns = { ...providerColumns(id, patch, cipher), updatedAt: now() };
      if (patch.slug !== undefined) await removeDiscarded('slug = ?', patch.slug.toLowerCase());
      const isExpected = expectedVersion === undefined ? '' : ' AND version = ?';
      const changed = await session.execute(
        `UPDATE Provider SET ${assignments(columns)}, version = version + 1 WHERE id = ?${isExpected}`,
        [...Object.values(columns), id, ...(expectedVersion === undefined ? [] : [expectedVersion])],
      );
      if (changed > 0) return;
      const [known] = await session.query('SELECT id FROM Provider WHERE id = ?', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The provider does not exist');
      throw new StoreError('conflict', 'The provider was changed by somebody else');
    },

    remove,

    async discard(id) {
      await session.execute('UPDATE Provider SET removedAt = ? WHERE id = ?', [now(), id]);
    },

    async restore(slug, notBeforeMs) {
      const [row] = await session.query('SELECT id FROM Provider WHERE slug = ? AND removedAt >= ?', [
        slug.toLowerCase(),
        notBeforeMs,
      ]);
      if (row === undefined) return undefined;
      const id = textColumn(row, 'id');
      await session.execute('UPDATE Provider SET removedAt = NULL WHERE id = ?', [id]);
      return id;
    },

    purgeDiscarded: (atMs) => removeDiscarded('removedAt < ?', atMs),
  };
}
