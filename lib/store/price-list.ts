import { createHash } from 'node:crypto';
import { bytesColumn } from './database/columns';
import type { Database } from './database/database';

/** A list of prices that was fetched, as all instances use it. */
export interface StoredPriceList {
  /** When it was fetched; milliseconds since the epoch. */
  readonly at: number;
  /** The same for the same list. */
  readonly digest: string;
}

export interface PriceListStore {
  /** Which list is there; undefined if none was fetched. */
  head(): Promise<StoredPriceList | undefined>;
  /** Undefined if it is not there any more, or another by now. */
  read(head: StoredPriceList): Promise<Buffer | undefined>;
  /** In the place of the one before; all or nothing. */
  write(list: Buffer, at: number): Promise<StoredPriceList>;
}

const HEAD = 'price-list';
const PIECE = 'price-list:';
/** A value is 64 KiB at most. */
const PIECE_BYTES = 48 * 1024;

/** `list` is compressed by whoever writes it. */
export function createPriceListStore(database: Database): PriceListStore {
  const select = 'SELECT name, value FROM StoreMeta WHERE name = ?';
  const insert = 'INSERT INTO StoreMeta (name, value) VALUES (?, ?)';
  return {
    async head() {
      const [row] = await database.query(select, [HEAD]);
      if (row === undefined) return undefined;
      const { at, digest } = JSON.parse(bytesColumn(row, 'value').toString()) as StoredPriceList;
      return { at, digest };
    },

    async read({ digest }) {
      const rows = await database.query(
        `SELECT name, value FROM StoreMeta WHERE name > '${PIECE}' AND name < '${PIECE}~' ORDER BY name`,
      );
      const list = Buffer.concat(rows.map((row) => bytesColumn(row, 'value')));
      return digestOf(list) === digest ? list : undefined;
    },

    async write(list, at) {
      const head = { at, digest: digestOf(list) };
      await database.transaction(async (session) => {
        await session.execute(`DELETE FROM StoreMeta WHERE name = '${HEAD}'`);
        await session.execute(`DELETE FROM StoreMeta WHERE name > '${PIECE}' AND name < '${PIECE}~'`);
        await session.execute(insert, [HEAD, Buffer.from(JSON.stringify(head))]);
        for (let start = 0; start < list.length; start += PIECE_BYTES) {
          const name = PIECE + String(start / PIECE_BYTES).padStart(4, '0');
          await session.execute(insert, [name, list.subarray(start, start + PIECE_BYTES)]);
        }
      });
      return head;
    },
  };
}

function digestOf(list: Buffer): string {
  return createHash('sha256').update(list).digest('hex');
}
