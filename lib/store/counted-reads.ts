import { createHash, randomUUID } from 'node:crypto';
import { bytesColumn } from './database/columns';
import type { Database } from './database/database';

export interface CountedReads {
  /**
   * Whether nobody has said before that what was used under that name counts: no other process on this database, and
   * not this one before a restart. Remembered for about a month, as long as providers keep what can be read.
   */
  isFirst(name: string): Promise<boolean>;
}

const PREFIX = 'read:';
const HASH_LENGTH = 40;
const KEPT_MS = 32 * 86_400_000;
/** Those that are old are removed with every so many. */
const TIDIED_EACH = 1_000;

export function createCountedReads(database: Database, now: () => number): CountedReads {
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${database.dialect.ignoreDuplicate('name')}`;
  const select = 'SELECT value FROM StoreMeta WHERE name = ?';
  // Values begin with their time.
  const removeOld = `DELETE FROM StoreMeta WHERE name > '${PREFIX}' AND name < '${PREFIX}~' AND value < ?`;
  let count = 0;

  return {
    async isFirst(name) {
      const row = PREFIX + createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
      const value = `${timeOf(now())} ${randomUUID()}`;
      if (count % TIDIED_EACH === 0)
        await database.execute(removeOld, [Buffer.from(timeOf(now() - KEPT_MS))]);
      count += 1;
      await database.execute(insert, [row, Buffer.from(value)]);
      const [kept = {}] = await database.query(select, [row]);
      return bytesColumn(kept, 'value').toString() === value;
    },
  };
}

const timeOf = (at: number): string => new Date(at).toISOString();
