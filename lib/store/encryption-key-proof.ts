import type { Cipher } from './cipher';
import { bytesColumn } from './columns';
import type { Database } from './database';

const NAME = 'encryption-key-proof';
const WORD = 'openai-balance';

/**
 * Throws `decrypt_failed` when this database was first opened with another encryption key. Without this a lost key would look
 * like an empty instance, and everything would be written a second time.
 */
export async function proveEncryptionKey(database: Database, cipher: Cipher): Promise<void> {
  await database.execute(
    `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${database.dialect.ignoreDuplicate('name')}`,
    [NAME, cipher.seal(WORD, NAME)],
  );
  const [row] = await database.query('SELECT value FROM StoreMeta WHERE name = ?', [NAME]);
  if (row) cipher.open(bytesColumn(row, 'value'), NAME);
}
