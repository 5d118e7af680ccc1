import { bytesColumn, textColumn } from './database/columns';
import type { Database } from './database/database';

/** What receivers of alerts were told, each a text of its own; 48 KiB at most. */
export interface AlertStateStore {
  /** By the id of the receiver. */
  readAll(): Promise<ReadonlyMap<string, string>>;
  write(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
}

const PREFIX = 'alert:';

export function createAlertStateStore(database: Database): AlertStateStore {
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?)
    ${database.dialect.replaceOnDuplicate(['name'], ['value'])}`;
  return {
    async readAll() {
      const rows = await database.query(
        `SELECT name, value FROM StoreMeta WHERE name > '${PREFIX}' AND name < '${PREFIX}~'`,
      );
      return new Map(
        rows.map((row) => [
          textColumn(row, 'name').slice(PREFIX.length),
          bytesColumn(row, 'value').toString('utf8'),
        ]),
      );
    },

    async write(id, text) {
      await database.execute(insert, [PREFIX + id, Buffer.from(text)]);
    },

    async remove(id) {
      await database.execute('DELETE FROM StoreMeta WHERE name = ?', [PREFIX + id]);
    },
  };
}
