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
  return {
    isMissing: mariaDb === undefined || redis === undefined,
    redis,
    /** Of the instances of a new installation. */
    environment: async (): Promise<Record<string, string>> => {
      const database = (await mariaDb?.freshDatabase()) ?? expect.fail('MariaDB is not running');
      return { ...mysqlSettings(database), ENCRYPTION_KEY: '7'.repeat(64), REDIS_URL: redis?.url ?? '' };
    },
  };
}
