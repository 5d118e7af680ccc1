import {
  readToken,
  readTokenCounts,
  TOKEN_COLUMNS,
  TOKEN_COUNT_COLUMNS,
  type ClientTokenCounts,
  type ClientTokenRow,
  type SpentOfToken,
} from './client-token-row';
import { textColumn, whole, wholeOrNull } from './database/columns';
import type { Database, SqlSession } from './database/database';
import { createReceipts } from './database/receipts';
import type { Receipt } from './database/receipts';
import type { Cipher } from './secrets/cipher';

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
