import { assignments } from '../database/assignments';
import { inBatches } from '../database/batches';
import { numberColumn, textColumn } from '../database/columns';
import { cutText } from '../database/cut-text';
import { EACH_MAX } from '../database/database';
import type { SqlValue } from '../database/database';
import { NOTE_MAX } from '../keys/key-row';
import type { ConfigSource } from '../config-source';
import type { EgressRow, EgressStateChange } from '../rows';
import { StoreError } from '../store-error';
import type { WriteParts } from '../write-parts';
import { COLUMNS, egressValues, newEgressRow } from './egress-row';
import type { NewEgress } from './egress-row';
import { writeEgressStates } from './egress-state-writes';

/** What a person or the settings change; what is left out stays. */
export interface EgressPatch {
  readonly source?: ConfigSource;
  readonly isShared?: boolean;
  readonly note?: string;
}

export interface EgressWrites {
  /** Adds what is not there yet; returns the rows added. */
  createMany(proxies: readonly NewEgress[]): Promise<EgressRow[]>;
  /** Throws `not_found`; `conflict` when `expectedVersion` is given and is not the stored version. */
  update(id: string, patch: EgressPatch, expectedVersion?: number): Promise<void>;
  /** Number of proxies that were there. Keys pinned to them are free again. */
  removeMany(ids: readonly string[]): Promise<number>;
  /**
   * Writes what each change speaks of. A proxy that is gone stays gone. Returns how often a person has switched each,
   * by id, this time included.
   */
  setStates(changes: readonly EgressStateChange[]): Promise<ReadonlyMap<string, number>>;
}

export function egressWrites({ session, dialect, cipher, now }: WriteParts): EgressWrites {
  const insert = `INSERT INTO EgressProxy (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
    ${dialect.ignoreDuplicate('id')}`;

  return {
    async createMany(proxies) {
      const at = now();
      const made = proxies.map((proxy, index) => newEgressRow(proxy, at, index));
      await inBatches(made, EACH_MAX, async (batch) => {
        await session.executeEach(
          insert,
          batch.map((row) => egressValues(row, cipher)),
        );
      });
      // A row that was ignored as a duplicate is the one whose id is not there.
      const present = new Set(
        (await session.query('SELECT id FROM EgressProxy')).map((row) => textColumn(row, 'id')),
      );
      return made.filter((row) => present.has(row.id));
    },

    async update(id, patch, expectedVersion) {
      const columns = { ...patchColumns(patch), updatedAt: now() };
      const isExpected = expectedVersion === undefined ? '' : ' AND version = ?';
      const changed = await session.execute(
        `UPDATE EgressProxy SET ${assignments(columns)}, version = version + 1 WHERE id = ?${isExpected}`,
        [...Object.values(columns), id, ...(expectedVersion === undefined ? [] : [expectedVersion])],
      );
      if (changed > 0) return;
      const [known] = await session.query('SELECT id FROM EgressProxy WHERE id = ?', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The proxy does not exist');
      throw new StoreError('conflict', 'The proxy was changed by somebody else');
    },

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, EACH_MAX, async (batch) => {
        const lists = batch.map((id) => [id]);
        removed += await session.executeEach('DELETE FROM EgressProxy WHERE id = ?', lists);
        await session.executeEach('UPDATE ApiKey SET egressId = NULL WHERE egressId = ?', lists);
      });
      return removed;
    },

    async setStates(changes) {
      await inBatches(changes, EACH_MAX, (batch) => writeEgressStates(session, batch));
      const rows = await session.query('SELECT id, epoch FROM EgressProxy');
      return new Map(rows.map((row) => [textColumn(row, 'id'), numberColumn(row, 'epoch')]));
    },
  };
}

function patchColumns({ source, isShared, note }: EgressPatch): Record<string, SqlValue> {
  return {
    ...(source !== undefined && { source }),
    ...(isShared !== undefined && { isShared: Number(isShared) }),
    ...(note !== undefined && { note: cutText(note, NOTE_MAX) }),
  };
}
