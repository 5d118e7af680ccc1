import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import type { Connection } from 'mariadb';
import { toStoreError } from './database/database-error';
import { announce, migrationFailed, pendingMigrations, readMigrations } from './database/migration-files';
import type { Migration, OnMigrate } from './database/migration-files';
import type { MysqlOptions } from './database/mysql/mysql-connections';
import { whenFree } from './database/sqlite/sqlite-turns';
import { StoreError } from './store-error';

/** How long a start waits for another process that is migrating the same MySQL database. */
const LOCK_TIMEOUT_SECONDS = 120;

const APPLIED =
  'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL';

/** Prisma's own table, so that its CLI agrees on what has been applied. */
const SQLITE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id TEXT PRIMARY KEY NOT NULL,
  checksum TEXT NOT NULL,
  finished_at DATETIME,
  migration_name TEXT NOT NULL,
  logs TEXT,
  rolled_back_at DATETIME,
  started_at DATETIME NOT NULL DEFAULT current_timestamp,
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const MYSQL_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at DATETIME(3),
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

/**
 * Brings a SQLite file up to date: all pending migrations in one transaction, so a failure leaves the file as it was.
 * Of two processes that start at once, one migrates and the other finds nothing to do. Throws `migration_failed`.
 */
export async function migrateSqlite(
  connection: Sqlite.Database,
  migrationsDir: string,
  now: () => number,
  onMigrate?: OnMigrate,
): Promise<void> {
  const all = await readMigrations(path.join(migrationsDir, 'sqlite'));
  const run = connection.transaction(() => {
    connection.exec(SQLITE_TABLE);
    const applied = connection.prepare<[], string>(APPLIED).pluck().all();
    const pending = pendingMigrations(all, applied);
    announce(pending, applied, onMigrate);
    for (const migration of pending) runOnSqlite(connection, migration, now);
  });
  // A migration that rebuilds a table drops the old one; with foreign keys on, that would delete the rows that refer to
  // it. SQLite ignores this inside a transaction.
  connection.pragma('foreign_keys = OFF');
  try {
    await whenFree(() => run.immediate());
  } catch (error) {
    throw toStoreError(error);
  } finally {
    connection.pragma('foreign_keys = ON');
  }
}

function runOnSqlite(connection: Sqlite.Database, migration: Migration, now: () => number): void {
  const startedAt = now();
  try {
    connection.exec(migration.script);
  } catch (error) {
    throw migrationFailed(migration.name, error);
  }
  connection
    .prepare(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       VALUES (?, ?, ?, ?, ?, 1)`,
    )
    .run(randomUUID(), migration.checksum, now(), migration.name, startedAt);
}

/**
 * Brings a MySQL or MariaDB database up to date under a lock of the server. MySQL commits every statement by itself: a
 * migration that was cut short is recorded as unfinished and run again at the next start, so each of its statements
 * must be able to run twice. Throws `migration_failed`, or `database_failed` when the server cannot be reached.
 */
export async function migrateMysql(
  options: MysqlOptions,
  migrationsDir: string,
  onMigrate?: OnMigrate,
): Promise<void> {
  const { openMysqlConnection } = await import('./database/mysql/mysql-connections');
  const all = await readMigrations(path.join(migrationsDir, 'mysql'));
  const connection = await openMysqlConnection(options).catch((error: unknown) => {
    throw toStoreError(error);
  });
  try {
    await lockDatabase(connection, options.database);
    await connection.query(MYSQL_TABLE);
    const applied = await connection.query<{ migration_name: string }[]>(APPLIED);
    const names = applied.map((row) => row.migration_name);
    const pending = pendingMigrations(all, names);
    announce(pending, names, onMigrate);
    for (const migration of pending) await runOnMysql(connection, migration);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    // Ending the session also gives the lock back.
    await connection.end().catch(() => undefined);
  }
}

async function lockDatabase(connection: Connection, database: string): Promise<void> {
  // Lock names are for the whole server and at most 64 characters long.
  const name = `openai-balance-${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  const [row] = await connection.query<{ locked: bigint | number | null }[]>(
    'SELECT GET_LOCK(?, ?) AS locked',
    [name, LOCK_TIMEOUT_SECONDS],
  );
  if (Number(row?.locked) !== 1) {
    throw new StoreError(
      'migration_failed',
      `Another process has been migrating the database for ${LOCK_TIMEOUT_SECONDS} s`,
    );
  }
}

async function runOnMysql(connection: Connection, migration: Migration): Promise<void> {
  const id = randomUUID();
  await connection.query('DELETE FROM _prisma_migrations WHERE migration_name = ? AND finished_at IS NULL', [
    migration.name,
  ]);
  await connection.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)', [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    await connection.query(migration.script);
  } catch (error) {
    const failure = migrationFailed(migration.name, error);
    await connection
      .query('UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [failure.message, id])
      .catch(() => undefined);
    throw failure;
  }
  await connection.query(
    'UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?',
    [id],
  );
}
