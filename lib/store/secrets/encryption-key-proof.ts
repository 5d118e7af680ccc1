import type { Cipher } from './cipher';
import { bytesColumn } from '../database/columns';
import type { Database, SqlSession } from '../database/database';
import { StoreError } from '../store-error';

const PROOF = 'encryption-key-proof';
/** The proof of the key that is being replaced, there as long as anything may still be sealed with it. */
const OLD_PROOF = 'encryption-key-old-proof';
const WORD = 'openai-balance';

/**
 * Throws `decrypt_failed` when this database was first opened with another encryption key, or when its key is being
 * replaced and not both are known. Without this a lost key would look like an empty instance, and everything would be
 * written a second time. `keyFrom` says in words which key the present one is.
 */
export async function proveEncryptionKey(database: Database, cipher: Cipher, keyFrom: string): Promise<void> {
  await database.execute(
    `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${database.dialect.ignoreDuplicate('name')}`,
    [PROOF, cipher.seal(WORD, PROOF)],
  );
  const proof = await read(database, PROOF);
  if (proof !== undefined) openProof(proof, cipher, keyFrom);
  const oldProof = await read(database, OLD_PROOF);
  if (oldProof === undefined) return;
  try {
    cipher.open(oldProof, PROOF);
  } catch (error) {
    const message = 'The encryption key is being replaced: ENCRYPTION_KEY_OLD must still be the former one';
    throw new StoreError('decrypt_failed', message, error);
  }
}

function openProof(proof: Buffer, cipher: Cipher, keyFrom: string): void {
  try {
    cipher.open(proof, PROOF);
  } catch (error) {
    const message =
      `The database is encrypted with another key than the one of this instance, which is ${keyFrom}. All instances ` +
      'on one database need the same: set ENCRYPTION_KEY here to what the others have. Where nobody has set it, it is ' +
      'the "encryptionKey" in secrets.json in the DATA_DIR of the first of them. If there are no others, bring back the ' +
      'ENCRYPTION_KEY or the secrets.json that this one had before';
    throw new StoreError('decrypt_failed', message, error);
  }
}

/** From now on only the present key opens the database. Does nothing if that is so already. */
export function beginReplacing(database: Database, cipher: Cipher): Promise<void> {
  return database.transaction(async (session) => {
    const proof = await read(session, PROOF);
    if (proof === undefined || cipher.isCurrent(proof)) return;
    await session.execute('INSERT INTO StoreMeta (name, value) VALUES (?, ?)', [OLD_PROOF, proof]);
    await session.execute('UPDATE StoreMeta SET value = ? WHERE name = ?', [cipher.seal(WORD, PROOF), PROOF]);
  });
}

/** The former key is needed no more. */
export async function endReplacing(database: Database): Promise<void> {
  await database.execute('DELETE FROM StoreMeta WHERE name = ?', [OLD_PROOF]);
}

async function read(session: SqlSession, name: string): Promise<Buffer | undefined> {
  const [row] = await session.query('SELECT value FROM StoreMeta WHERE name = ?', [name]);
  return row && bytesColumn(row, 'value');
}
