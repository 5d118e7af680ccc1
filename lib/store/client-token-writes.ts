import { keyHint } from '../balancer/attribution/key-hint';
import {
  NEVER_USED,
  NO_TOKEN_RULES,
  TOKEN_COLUMNS,
  tokenColumns,
  tokenValues,
  type ClientTokenRow,
  type ClientTokenSettings,
} from './client-token-row';
import { textColumn } from './database/columns';
import { assignments } from './database/assignments';
import { cutText } from './database/cut-text';
import { newRowId } from './database/row-id';
import { resetPeriod, type StoredPeriod } from './spent-period';
import { StoreError } from './store-error';
import type { WriteParts } from './write-parts';

export interface ClientTokenWrites {
  create(
    name: string,
    value: string,
    settings?: Partial<ClientTokenSettings>,
    /** The period of its budget. */
    spentPeriod?: string,
  ): Promise<ClientTokenRow>;
  /** Throws `not_found`; `conflict` when `expectedVersion` is given and is not the stored version. */
  update(id: string, patch: Partial<ClientTokenSettings>, expectedVersion?: number): Promise<void>;
  /**
   * Nothing is spent in that period yet: what anybody has spent before is not added any more. Returns the name that it
   * is stored under from now on. Throws `not_found`.
   */
  resetSpent(id: string, period: string): Promise<StoredPeriod>;
  /** Throws `not_found`. */
  remove(id: string): Promise<void>;
}

const NAME_MAX = 191;

export function clientTokenWrites({ session, cipher, now }: WriteParts): ClientTokenWrites {
  const marks = TOKEN_COLUMNS.map(() => '?').join(', ');
  const insert = `INSERT INTO ClientToken (${TOKEN_COLUMNS.join(', ')}) VALUES (${marks})`;

  return {
    async create(name, value, settings = {}, spentPeriod = '') {
      const at = now();
      const row: ClientTokenRow = {
        id: newRowId(at),
        value,
        hint: keyHint(value),
        ...NO_TOKEN_RULES,
        ...settings,
        name: cutText(name, NAME_MAX),
        ...NEVER_USED,
        spentPeriod,
        createdAt: at,
        version: 1,
      };
      await session.execute(insert, tokenValues(row, cipher));
      return row;
    },

    async update(id, patch, expectedVersion) {
      await periodNow(session, id);
      const columns = tokenColumns(patch);
      const set = Object.keys(columns).length === 0 ? '' : `${assignments(columns)}, `;
      const isExpected = expectedVersion === undefined ? '' : ' AND version = ?';
      const changed = await session.execute(
        `UPDATE ClientToken SET ${set}version = version + 1 WHERE id = ?${isExpected}`,
        [...Object.values(columns), id, ...(expectedVersion === undefined ? [] : [expectedVersion])],
      );
      if (changed === 0) throw new StoreError('conflict', 'The token was changed by somebody else');
    },

    async resetSpent(id, period) {
      // Without a budget there is nothing to be reset.
      const before = await periodNow(session, id);
      const stored = period === '' ? period : resetPeriod(period, before, now());
      await session.execute(
        'UPDATE ClientToken SET spentPeriod = ?, spentNano = 0, spentTokens = 0, spentRequests = 0 WHERE id = ?',
        [stored, id],
      );
      return stored;
    },

    async remove(id) {
      const removed = await session.execute('DELETE FROM ClientToken WHERE id = ?', [id]);
      if (removed === 0) throw new StoreError('not_found', 'The token does not exist');
    },
  };
}

/** Throws `not_found`: MySQL counts a row as changed only if it is another one after, so that would not tell. */
async function periodNow(session: WriteParts['session'], id: string): Promise<StoredPeriod> {
  const [known] = await session.query('SELECT spentPeriod FROM ClientToken WHERE id = ?', [id]);
  if (known === undefined) throw new StoreError('not_found', 'The token does not exist');
  return textColumn(known, 'spentPeriod');
}
