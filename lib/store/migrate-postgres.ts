import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Client } from 'pg';
import { toStoreError } from './database/database-error';
import { announce, migrationFailed, pendingMigrations, readMigrations } from './database/migration-files';
import type { Migration, OnMigrate } from './database/migration-files';
import { openPostgresConnection } from './database/postgres/postgres-connections';
import type { PostgresOptions } from './database/postgres/postgres-connections';
import { wordsAtStart } from './database/postgres/postgres-errors';
import { StoreError } from './store-error';

/** How long a start waits for another process that is migrating the same database. */
const LOCK_TIMEOUT_SECONDS = 120;
/** For this database only; any number that others are unlikely to take. */
const LOCK = 7_236_011_529_641;

const APPLIED =
  'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL';

/** Prisma's own table, so that its CLI agrees on what has been applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a PostgreSQL database up to date: all pending migrations in one transaction under a lock of the database, so a
 * failure leaves it as it was. Of two processes that start at once, one migrates and the other finds nothing to do.
 * Throws `migration_failed`, or `database_failed` when the server cannot be reached or does not let the user in.
 */
export async function migratePostgres(
  options: PostgresOptions,
  migrationsDir: string,
  onMigrate?: OnMigrate,
): Promise<void> {
  const all = await readMigrations(path.join(migrationsDir, 'postgres'));
  const connection = await openPostgresConnection(options).catch((error: unknown) => {
    throw inWords(error);
  });
  try {
    await checkEncoding(connection);
    await connection.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    await lock(connection);
    await connection.query(TABLE);
    const applied = await connection.query<{ migration_name: string }>(APPLIED);
    const names = applied.rows.map((row) => row.migration_name);
    const pending = pendingMigrations(all, names);
    announce(pending, names, onMigrate);
    for (const migration of pending) await run(connection, migration);
    await connection.query('COMMIT');
  } catch (error) {
    throw inWords(error);
  } finally {
    // Ending the session also rolls back and gives the lock back.
    await connection.end().catch(() => undefined);
  }
}

function inWords(error: unknown): StoreError {
  const words = error instanceof StoreError ? undefined : wordsAtStart(error);
  return words === undefined ? toStoreError(error) : new StoreError('database_failed', words, error);
}

/** Another encoding has no place for some of the text that comes from outside. */
async function checkEncoding(connection: Client): Promise<void> {
  const { rows } = await connection.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding ?? '';
  if (encoding === 'UTF8') return;
  throw new StoreError(
    'migration_failed',
    `The PostgreSQL database has the encoding ${encoding}. It needs UTF8: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0`,
  );
}

async function lock(connection: Client): Promise<void> {
  await connection.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT_SECONDS}s'`);
  try {
    await connection.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
  } catch (error) {
    throw new StoreError(
      'migration_failed',
      `Another process has been migrating the database for ${LOCK_TIMEOUT_SECONDS} s`,
      error,
    );
  }
}

async function run(connection: Client, migration: Migration): Promise<void> {
  try {
    await connection.query(migration.script);
  } catch (error) {
    throw migrationFailed(migration.name, error);
  }
  await connection.query(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ($1, $2, clock_timestamp(), $3, 1)`,
    [randomUUID(), migration.checksum, migration.name],
  );
}
