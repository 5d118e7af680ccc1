import { afterAll, expect } from 'vitest';
import { mysqlSettings, startMariaDb } from '../../support/mariadb';
import { startRedis } from '../../support/redis';

/** A MariaDB and a Redis for one test file, where this machine has both. Call it once, at the top of the file. */
export async function useSharing() {
  const mariaDb = await startMariaDb();
  const redis = await startRedis();
  afterAll(async () => {
    await mariaDb?.stop();
    await redis?.stop();
  });
  const freshDatabase = async () => (await mariaDb?.freshDatabase()) ?? expect.fail('MariaDB is not running');
  return {
    isMissing: mariaDb === undefined || redis === undefined,
    redis,
    freshDatabase,
    /** Of the instances of a new installation. */
    environment: async (database = freshDatabase()): Promise<Record<string, string>> => ({
      ...mysqlSettings(await database),
      ENCRYPTION_KEY: '7'.repeat(64),
      REDIS_URL: redis?.url ?? '',
    }),
  };
}
