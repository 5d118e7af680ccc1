import { createAlertStateStore, type AlertStateStore } from './alert-states';
import { createAuditStore, createAuditWriter } from './audit';
import type { AuditStore } from './audit';
import { createChangeNotes } from './change-notes';
import { createCountedReads, type CountedReads } from './counted-reads';
import type { ChangeNotes } from './change-notes';
import { createChanges } from './changes/change';
import type { Changes } from './changes/change';
import { storeWrites } from './changes/store-writes';
import type { StoreWrites } from './changes/store-writes';
import { createCipher } from './secrets/cipher';
import { createClientTokenStore } from './client-tokens';
import type { ClientTokenStore } from './client-tokens';
import type { DatabaseOptions, Database } from './database/database';
import { toStoreError } from './database/database-error';
import { dump, isEmpty } from './dump';
import type { Dump } from './dump';
import { createEgressStore } from './egress/egress';
import type { EgressStore } from './egress/egress';
import { createGuessCountStore } from './guess-counts';
import type { GuessCountStore } from './guess-counts';
import { createErrorLogStore } from './logs/error-logs';
import type { ErrorLogStore } from './logs/error-logs';
import { proveEncryptionKey } from './secrets/encryption-key-proof';
import { installationId } from './installation-id';
import { createFormerKeyStore, type FormerKeyStore } from './keys/former-keys';
import { createKeyStore } from './keys/keys';
import type { KeyStore } from './keys/keys';
import { createIncidentStore, type IncidentStore } from './incidents';
import { createLeases } from './leases';
import type { Leases } from './leases';
import { migrateMysql, migrateSqlite } from './migrate';
import { createObjectOwnerStore } from './object-owners';
import type { ObjectOwnerStore } from './object-owners';
import { createPriceListStore } from './price-list';
import type { PriceListStore } from './price-list';
import { createProviderStore } from './providers';
import type { ProviderStore } from './providers';
import { createRequestLogStore } from './logs/request-logs';
import type { RequestLogStore } from './logs/request-logs';
import { resealAll } from './secrets/reseal';
import type { Resealed } from './secrets/reseal';
import { createRollupStore } from './usage/rollups';
import type { RollupStore } from './usage/rollups';
import { createSavedViewStore, type SavedViewStore } from './saved-views';
import { createSettingStore } from './settings';
import { createReadSlices, createSlices } from './database/slices';
import type { OnMigrate } from './database/migration-files';
import type { SlicePorts } from './database/slices';
import type { SettingStore } from './settings';
import { createSignedOutSessionStore } from './signed-out-sessions';
import type { SignedOutSessionStore } from './signed-out-sessions';
import { openSqliteFile, useWriteAheadLog, sqliteDatabase } from './database/sqlite/sqlite-database';

export interface OpenStoreOptions {
  readonly database: DatabaseOptions;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  /** Which key that is, in words for whoever has set another one; the key itself is not in it. */
  readonly encryptionKeyFrom?: string;
  /** Keys that something may still be sealed with. */
  readonly oldEncryptionKeys?: readonly Buffer[];
  /** `prisma/migrations` of the installed program: holds one folder for each kind of database. */
  readonly migrationsDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told before a database that has been in use is brought up to date. */
  readonly onMigrate?: OnMigrate;
  /** How long work is timed and rested from; the system's unless given. */
  readonly slicePorts?: SlicePorts;
}

/**
 * Reads, the live state that is written behind, and two ways to everything else: `change` for what somebody asks for,
 * `upkeep`.
 */
export interface Store extends Changes {
  readonly providers: ProviderStore;
  readonly keys: KeyStore;
  readonly egress: EgressStore;
  readonly clientTokens: ClientTokenStore;
  readonly settings: SettingStore;
  readonly requestLogs: RequestLogStore;
  readonly errorLogs: ErrorLogStore;
  readonly rollups: RollupStore;
  readonly audit: AuditStore;
  readonly signedOutSessions: SignedOutSessionStore;
  readonly guessCounts: GuessCountStore;
  readonly countedReads: CountedReads;
  readonly objectOwners: ObjectOwnerStore;
  readonly formerKeys: FormerKeyStore;
  readonly priceList: PriceListStore;
  readonly alertStates: AlertStateStore;
  readonly incidents: IncidentStore;
  readonly savedViews: SavedViewStore;
  readonly changeNotes: ChangeNotes;
  readonly leases: Leases;
  /**
   * What the program writes of its own accord, because the settings say so or time has passed. Nobody asked, so no
   * audit list names it; each call is a transaction of its own, or several where it says so.
   */
  readonly upkeep: StoreWrites;
  /** For the administrator's commands. They hold SQLite for longer than requests would like. */
  readonly maintenance: StoreMaintenance;
  /** The database is in this process: a SQLite file. */
  readonly isLocal: boolean;
  /** Names this database among all. No secret. */
  installationId(): Promise<string>;
  /** Rejects with `database_failed` when the database does not answer, or another process blocks all writes. */
  ping(): Promise<void>;
  /** Waits for the calls under way. */
  close(): Promise<void>;
}

/** See reseal.ts and dump.ts. */
export interface StoreMaintenance {
  reseal(onProgress?: (rows: number) => void): Promise<Resealed>;
  dump(): Promise<Dump>;
  isEmpty(): Promise<boolean>;
}

/**
 * Migrates the database under a lock, then opens it. Rejects with `migration_failed`, with `database_failed` when it
 * cannot be reached, and with `decrypt_failed` when it was written with another encryption key.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { encryptionKey, oldEncryptionKeys, now } = options;
  const cipher = createCipher(encryptionKey, oldEncryptionKeys);
  const database = await openDatabase(options);
  try {
    await proveEncryptionKey(database, cipher, options.encryptionKeyFrom ?? 'that of ENCRYPTION_KEY');
  } catch (error) {
    await database.close();
    throw error;
  }
  const slices = createSlices(database.dialect.isLocal, options.slicePorts);
  const readSlices = createReadSlices(database.dialect.isLocal, options.slicePorts);
  const audit = createAuditWriter(now);
  const { notes: changeNotes, onLeft } = createChangeNotes(database);
  return {
    ...createChanges({ database, cipher, audit, slices, now, onLeft }),
    upkeep: storeWrites({ session: database, dialect: database.dialect, cipher, now }),
    providers: createProviderStore(database, cipher),
    keys: createKeyStore(database, cipher, now, onLeft),
    egress: createEgressStore(database, cipher, now, onLeft),
    clientTokens: createClientTokenStore(database, cipher, now),
    settings: createSettingStore(database, cipher),
    requestLogs: createRequestLogStore(database, slices, readSlices),
    errorLogs: createErrorLogStore(database, slices, readSlices),
    rollups: createRollupStore(database, { slices, readSlices }, now),
    audit: createAuditStore(database, slices, audit),
    signedOutSessions: createSignedOutSessionStore(database, now, onLeft),
    guessCounts: createGuessCountStore(database, now, onLeft),
    countedReads: createCountedReads(database, now),
    objectOwners: createObjectOwnerStore(database),
    formerKeys: createFormerKeyStore(database),
    priceList: createPriceListStore(database),
    alertStates: createAlertStateStore(database),
    incidents: createIncidentStore(database, slices),
    savedViews: createSavedViewStore(database),
    changeNotes,
    leases: createLeases(database),
    maintenance: {
      reseal: (onProgress) => resealAll(database, cipher, onProgress),
      dump: () => dump(database, cipher),
      isEmpty: () => isEmpty(database),
    },
    isLocal: database.dialect.isLocal,
    installationId: () => installationId(database),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}

async function openDatabase({
  database,
  migrationsDir,
  now,
  onMigrate,
}: OpenStoreOptions): Promise<Database> {
  // What speaks to a database that is not in use is not loaded: either takes 15 MB and more.
  if (database.type === 'mysql') {
    const { mysqlDatabase } = await import('./database/mysql/mysql-database');
    await migrateMysql(database, migrationsDir, onMigrate);
    return mysqlDatabase(database);
  }
  if (database.type === 'postgres') {
    const { migratePostgres } = await import('./migrate-postgres');
    const { postgresDatabase } = await import('./database/postgres/postgres-database');
    await migratePostgres(database, migrationsDir, onMigrate);
    return postgresDatabase(database);
  }
  const connection = openConnection(database.file);
  try {
    await useWriteAheadLog(connection);
    await migrateSqlite(connection, migrationsDir, now, onMigrate);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    connection.close();
  }
  return sqliteDatabase(database.file);
}

function openConnection(file: string) {
  try {
    return openSqliteFile(file);
  } catch (error) {
    throw toStoreError(error);
  }
}
