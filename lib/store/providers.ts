import type { Database } from './database/database';
import { readProvider } from './provider-row';
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
      const rows = await database.prisma((client) =>
        client.provider.findMany({
          where: { removedAt: null },
          orderBy: [{ position: 'asc' }, { slug: 'asc' }],
        }),
      );
      return rows.map((row) => readProvider(row, cipher, onUnreadable));
    },
  };
}
