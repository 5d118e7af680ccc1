import { join } from 'node:path';
import type { Environment } from '../../config/env';
import type { StartupSettings } from '../../config/startup';
import type { DatabaseOptions } from '../../store/database/database';
import { openStore, type Store } from '../../store/open-store';
import { databaseOptions } from '../settings/database-options';
import { sayMigrations } from '../settings/say-migrations';
import { SecretsFile } from '../settings/secrets';

/** What the server and each command work on: the settings of the start, the secrets and the open database. */
export interface Installation {
  readonly environment: Environment;
  readonly startup: StartupSettings;
  readonly secrets: SecretsFile;
  readonly encryptionKey: Buffer;
  readonly database: DatabaseOptions;
  readonly store: Store;
}

/**
 * Opens the database, bringing it up to date. Rejects if it cannot be opened, or is sealed with another encryption key.
 */
export async function openInstallation(
  environment: Environment,
  startup: StartupSettings,
  now: () => number,
): Promise<Installation> {
  const secrets = new SecretsFile(startup.DATA_DIR);
  const encryptionKey = secrets.encryptionKey(startup.ENCRYPTION_KEY);
  const database = databaseOptions(startup);
  const store = await openStore({
    database,
    encryptionKey,
    encryptionKeyFrom: secrets.encryptionKeyFrom(startup.ENCRYPTION_KEY),
    oldEncryptionKeys: secrets.oldEncryptionKeys(startup.ENCRYPTION_KEY, startup.ENCRYPTION_KEY_OLD),
    migrationsDir: join(process.cwd(), 'prisma', 'migrations'),
    now,
    onMigrate: sayMigrations,
  });
  return { environment, startup, secrets, encryptionKey, database, store };
}
