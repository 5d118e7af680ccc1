import type { Database } from './database/database';
import { PROVIDER_COLUMNS, readProvider } from './provider-row';
import type { ProviderRow } from './rows';
import type { Cipher } from './secrets/cipher';

export interface ProviderStore {
  /**
   * By position, then slug. A secret that cannot be decrypted is reported and read as unset (no key, no headers); the
   * provider itself stays.
   */
  list(onUnreadable?: (id: string) => void): Promise<ProviderRow[]>;
}

export function createProviderStore(database: Database, cipher: Cipher): ProviderStore {
  return {
    async list(onUnreadable) {
      const rows = await database.query(
        `SELECT ${PROVIDER_COLUMNS.join(', ')} FROM Provider WHERE removedAt IS NULL ORDER BY position, slug`,
      );
      return rows.map((row) => readProvider(row, cipher, onUnreadable));
    },
  };
}
