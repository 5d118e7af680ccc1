import type { Cipher } from './secrets/cipher';
import { bytesColumn, numberColumn, numberOrNull, textColumn, whole, wholeOrNull } from './database/columns';
import { cutText } from './database/cut-text';
import type { Database, SqlRow } from './database/database';
import type { WriteParts } from './write-parts';
import { keyHint } from '../balancer/attribution/key-hint';
import { createReceipts } from './database/receipts';
import type { Receipt } from './database/receipts';
import { newRowId } from './database/row-id';
import type { ClientTokenRow } from './rows';
import { StoreError } from './store-error';

/** What was counted of a token since it was last written down. */
export interface ClientTokenUsage {
  readonly id: string;
  readonly requests: number;
  readonly lastUsedAt: number | null;
}

export type ClientTokenCounts = Pick<ClientTokenRow, 'id' | 'requestCount' | 'lastUsedAt'>;

export interface ClientTokenStore {
  /** In the order they were made. One that cannot be decrypted is left out and reported. */
  list(onUnreadable?: (id: string) => void): Promise<ClientTokenRow[]>;
  /**
   * Adds to what is there; of the times the newer counts. A token that is gone stays gone. All or nothing, and once for
   * a receipt.
   */
  addUsage(usages: readonly ClientTokenUsage[], receipt?: Receipt): Promise<void>;
  /** What is written down of all. */
  counts(): Promise<ClientTokenCounts[]>;
  /** A name for a token that has no row: the same wherever ENCRYPTION_KEY is. Tells nothing about it. */
  nameOf(value: string): string;
}

export interface ClientTokenWrites {
  create(name: string, value: string): Promise<ClientTokenRow>;
  /** Throws `not_found`. */
  rename(id: string, name: string): Promise<void>;
  /** Throws `not_found`. */
  remove(id: string): Promise<void>;
}

const COLUMNS = ['id', 'name', 'sealedValue', 'hint', 'requestCount', 'lastUsedAt', 'createdAt'] as const;
const NAME_MAX = 191;
const NAME_BYTES = 8;

export function createClientTokenStore(
  database: Database,
  cipher: Cipher,
  now: () => number,
): ClientTokenStore {
  const receipts = createReceipts(database, now);
  const addUsage = `UPDATE ClientToken SET requestCount = requestCount + ?,
    lastUsedAt = CASE WHEN lastUsedAt IS NULL OR lastUsedAt < ? THEN ? ELSE lastUsedAt END WHERE id = ?`;

  return {
    nameOf: (value) => cipher.lookup(`client-token:${value}`).toString('hex', 0, NAME_BYTES),

    async list(onUnreadable) {
      const tokens: ClientTokenRow[] = [];
      for (const row of await database.query(`SELECT ${COLUMNS.join(', ')} FROM ClientToken ORDER BY id`)) {
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
      const rows = await database.query('SELECT id, requestCount, lastUsedAt FROM ClientToken');
      return rows.map((row) => ({ id: textColumn(row, 'id'), ...countsOf(row) }));
    },

    async addUsage(usages, receipt) {
      if (usages.length === 0) return;
      await receipts.once(receipt, async (session) => {
        await session.executeEach(
          addUsage,
          usages.map(({ id, requests, lastUsedAt }) => {
            const usedAt = wholeOrNull(lastUsedAt);
            return [whole(requests), usedAt, usedAt, id];
          }),
        );
      });
    },
  };
}

export function clientTokenWrites({ session, cipher, now }: WriteParts): ClientTokenWrites {
  const insert = `INSERT INTO ClientToken (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;

  return {
    async create(name, value) {
      const at = now();
      const row: ClientTokenRow = {
        id: newRowId(at),
        name: cutText(name, NAME_MAX),
        value,
        hint: keyHint(value),
        requestCount: 0,
        lastUsedAt: null,
        createdAt: at,
      };
      await session.execute(insert, [
        row.id,
        row.name,
        cipher.seal(value, sealContext(row.id)),
        row.hint,
        row.requestCount,
        row.lastUsedAt,
        row.createdAt,
      ]);
      return row;
    },

    // MySQL counts a row as changed only if it is another one after; the id alone would not do for a repeated rename.
    async rename(id, name) {
      const [known] = await session.query('SELECT id FROM ClientToken WHERE id = ?', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The token does not exist');
      await session.execute('UPDATE ClientToken SET name = ? WHERE id = ?', [cutText(name, NAME_MAX), id]);
    },

    async remove(id) {
      const removed = await session.execute('DELETE FROM ClientToken WHERE id = ?', [id]);
      if (removed === 0) throw new StoreError('not_found', 'The token does not exist');
    },
  };
}

/** Throws `decrypt_failed`. */
function readToken(row: SqlRow, cipher: Cipher): ClientTokenRow {
  const id = textColumn(row, 'id');
  return {
    id,
    name: textColumn(row, 'name'),
    value: cipher.open(bytesColumn(row, 'sealedValue'), sealContext(id)),
    hint: textColumn(row, 'hint'),
    ...countsOf(row),
    createdAt: numberColumn(row, 'createdAt'),
  };
}

function countsOf(row: SqlRow): Pick<ClientTokenCounts, 'requestCount' | 'lastUsedAt'> {
  return {
    requestCount: numberColumn(row, 'requestCount'),
    lastUsedAt: numberOrNull(row, 'lastUsedAt'),
  };
}

export const sealContext = (id: string): string => `client-token:${id}`;
