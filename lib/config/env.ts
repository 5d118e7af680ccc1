import { isSettingName } from './settings';

/** What the process was started with. */
export interface Environment {
  /** Raw text of the known settings that are present; an empty text is kept. */
  readonly values: Record<string, string>;
  /** Path of the file of settings. */
  readonly envFile: string;
  /** For the commands `backup` and `restore`; empty if there is none. */
  readonly backupPassphrase: string;
  /** For the command `import-from`: the address of the database to take over; empty if there is none. */
  readonly importDatabaseUrl: string;
  /** And what its secrets are sealed with; empty if there is none. */
  readonly importEncryptionKey: string;
}

/** The only reader of process.env. Call it once, at start, and hand the result on. */
export function readEnvironment(
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && isSettingName(name)) values[name] = value;
  }
  return {
    values,
    envFile: source['ENV_FILE'] || '.env',
    backupPassphrase: source['BACKUP_PASSPHRASE'] ?? '',
    importDatabaseUrl: source['IMPORT_DATABASE_URL'] ?? '',
    importEncryptionKey: source['IMPORT_ENCRYPTION_KEY'] ?? '',
  };
}
