import { randomUUID } from 'node:crypto';
import { bytesColumn } from './database/columns';
import type { Database } from './database/database';

const NAME = 'installation-id';

/** Names this database among all: made with the first question, by whichever process asks first. No secret. */
export async function installationId(database: Database): Promise<string> {
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${database.dialect.ignoreDuplicate('name')}`;
  await database.execute(insert, [NAME, Buffer.from(randomUUID())]);
  const [row = {}] = await database.query('SELECT value FROM StoreMeta WHERE name = ?', [NAME]);
  return bytesColumn(row, 'value').toString();
}
