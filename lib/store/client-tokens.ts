import { keyHint } from '../balancer/attribution/key-hint';
import {
  NEVER_USED,
  NO_TOKEN_RULES,
  readToken,
  readTokenCounts,
  TOKEN_COLUMNS,
  TOKEN_COUNT_COLUMNS,
  tokenColumns,
  tokenValues,
  type ClientTokenCounts,
  type ClientTokenRow,
  type ClientTokenSettings,
  type SpentOfToken,
} from './client-token-row';
import { assignments } from './database/assignments';
import { textColumn, whole, wholeOrNull } from './database/columns';
import { cutText } from './database/cut-text';
import type { Database, SqlSession } from './database/database';
import { createReceipts } from './database/receipts';
import type { Receipt } from './database/receipts';
import { newRowId } from './database/row-id';
import type { Cipher } from './secrets/cipher';
import { StoreError } from './store-error';
import type { WriteParts } from './write-parts';

/** What was counted of a token since it was last written down. */
export interface ClientTokenUsage {
  readonly id: string;
  readonly requests: number;
  readonly lastUsedAt: number | null;
  /** Of its budget, in the period that it names. */
  readonly spent?: SpentOfToken | undefined;
}

export interface ClientTokenStore {
  /** In the order they were made. One that cannot be decrypted is left out and reported. */
  list(onUnreadable?: (id: string) => void): Promise<ClientTokenRow[]>;
  /**
   * Adds to what is there; of the times the newer counts. What was spent in a period that is over, or in one of another
   * kind than the token has now, is not added. A token that is gone stays gone. All or nothing, and once for a receipt.
   */
  addUsage(usages: readonly ClientTokenUsage[], receipt?: Receipt): Promise<void>;
  /** What is written down of all. */
  counts(): Promise<ClientTokenCounts[]>;
  /** A name for a token that has no row: the same wherever ENCRYPTION_KEY is. Tells nothing about it. */
  nameOf(value: string): string;
}

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
  /** Nothing is spent in that period yet. Throws `not_found`. */
  resetSpent(id: string, period: string): Promise<void>;
  /** Throws `not_found`. */
  remove(id: string): Promise<void>;
}

const NAME_MAX = 191;
const NAME_BYTES = 8;

export function createClientTokenStore(
  database: Database,
  cipher: Cipher,
  now: () => number,
): ClientTokenStore {
  const receipts = createReceipts(database, now);

  return {
    nameOf: (value) => cipher.lookup(`client-token:${value}`).toString('hex', 0, NAME_BYTES),

    async list(onUnreadable) {
      const tokens: ClientTokenRow[] = [];
      const sql = `SELECT ${TOKEN_COLUMNS.join(', ')} FROM ClientToken ORDER BY id`;
      for (const row of await database.query(sql)) {
        try {
          tokens.push(readToken(row, cipher));
        } catch (error) {
          if (!onUnreadable) throw error;
          onUnreadable(textColumn(row, 'id'));
        }
      }
      return tokens;
    },

    async counts() {
      const rows = await database.query(`SELECT ${TOKEN_COUNT_COLUMNS.join(', ')} FROM ClientToken`);
      return rows.map(readTokenCounts);
    },

    async addUsage(usages, receipt) {
      if (usages.length === 0) return;
      await receipts.once(receipt, async (session) => {
        await session.executeEach(
          ADD_USE,
          usages.map(({ id, requests, lastUsedAt }) => {
            const usedAt = wholeOrNull(lastUsedAt);
            return [whole(requests), usedAt, usedAt, id];
          }),
        );
        await addSpent(session, usages);
      });
    },
  };
}

const ADD_USE = `UPDATE ClientToken SET requestCount = requestCount + ?,
  lastUsedAt = CASE WHEN lastUsedAt IS NULL OR lastUsedAt < ? THEN ? ELSE lastUsedAt END WHERE id = ?`;
/** A later period of the same kind begins with nothing. */
const BEGIN_PERIOD = `UPDATE ClientToken SET spentPeriod = ?, spentNano = 0, spentTokens = 0, spentRequests = 0
  WHERE id = ? AND spentPeriod >= ? AND spentPeriod < ?`;
const ADD_SPENT = `UPDATE ClientToken SET spentNano = spentNano + ?, spentTokens = spentTokens + ?,
  spentRequests = spentRequests + ? WHERE id = ? AND spentPeriod = ?`;

async function addSpent(session: SqlSession, usages: readonly ClientTokenUsage[]): Promise<void> {
  const spending = usages.flatMap(({ id, spent }) => (spent === undefined ? [] : [{ id, ...spent }]));
  if (spending.length === 0) return;
  await session.executeEach(
    BEGIN_PERIOD,
    spending.map(({ id, spentPeriod }) => [spentPeriod, id, `${kindOf(spentPeriod)} `, spentPeriod]),
  );
  await session.executeEach(
    ADD_SPENT,
    spending.map(({ id, spentPeriod, spentNano, spentTokens, spentRequests }) => [
      whole(spentNano),
      whole(spentTokens),
      whole(spentRequests),
      id,
      spentPeriod,
    ]),
  );
}

const kindOf = (period: string): string => period.split(' ', 1)[0] ?? '';

export function clientTokenWrites({ session, cipher, now }: WriteParts): ClientTokenWrites {
  const marks = TOKEN_COLUMNS.map(() => '?').join(', ');
  const insert = `INSERT INTO ClientToken (${TOKEN_COLUMNS.join(', ')}) VALUES (${marks})`;

  // MySQL counts a row as changed only if it is another one after.
  async function mustBeThere(id: string): Promise<void> {
    const [known] = await session.query('SELECT id FROM ClientToken WHERE id = ?', [id]);
    if (known === undefined) throw new StoreError('not_found', 'The token does not exist');
  }

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
      await mustBeThere(id);
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
      await mustBeThere(id);
      await session.execute(
        'UPDATE ClientToken SET spentPeriod = ?, spentNano = 0, spentTokens = 0, spentRequests = 0 WHERE id = ?',
        [period, id],
      );
    },

    async remove(id) {
      const removed = await session.execute('DELETE FROM ClientToken WHERE id = ?', [id]);
      if (removed === 0) throw new StoreError('not_found', 'The token does not exist');
    },
  };
}
