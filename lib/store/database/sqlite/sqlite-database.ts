import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import Sqlite from 'better-sqlite3';
import type { Database, SqlRow, SqlSession, SqlValue } from '../database';
import { toStoreError } from '../database-error';
import { startCheckpoints } from './sqlite-checkpoints';
import { sqliteDialect } from './sqlite-dialect';
import { SqliteTurns, whenFree } from './sqlite-turns';
import { StoreError } from '../../store-error';

/** The database is failing when another process has held it for so long: that is more than a long write. */
const BLOCKED_MS_MAX = 5_000;
const CACHED_STATEMENTS_MAX = 100;
/**
 * Lists that one turn of the event loop writes: less than a millisecond, unless their rows are large or many indexes
 * move.
 */
const SLICE = 50;
const SLICE_MS = 3;
/** Checkpoints run on a thread of their own; this one, for when that has failed, keeps the log below 200 MB. */
const AUTO_CHECKPOINT_PAGES = 50_000;

/**
 * Opens a SQLite file for writing, WAL, readable by its owner only; makes it and its folder when they are missing.
 * Throws the driver's error.
 */
export function openSqliteFile(file: string): Sqlite.Database {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  // The journal files take their mode from this one, so it is set before SQLite sees the file.
  closeSync(openSync(file, 'a', 0o600));
  // No waiting inside the driver: it is synchronous and would stop all traffic. `whenFree` waits instead.
  return new Sqlite(file, { timeout: 0 });
}

/** The settings that belong to a connection. WAL is kept in the file, but setting it needs the file to be free. */
export async function prepareConnection(connection: Sqlite.Database): Promise<void> {
  await whenFree(() => connection.pragma('journal_mode = WAL'));
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('cache_size = -16000');
  connection.pragma(`wal_autocheckpoint = ${AUTO_CHECKPOINT_PAGES}`);
}

/**
 * Two connections to one file: a plain one for raw statements and Prisma's own; a third, on a thread of its own, makes
 * the checkpoints. The turns cover both, so that the two never wait for each other's write lock.
 */
export async function sqliteDatabase(connection: Sqlite.Database, file: string): Promise<Database> {
  const { PrismaClient } = await import('../../generated/sqlite/client');
  const client = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: file, timeout: 0 }) });
  const session = createSession(connection);
  const turns = new SqliteTurns();
  const checkpoints = startCheckpoints(file);

  const read = <T>(work: () => T | Promise<T>): Promise<T> => turns.read(work).catch(rethrow);
  const write = <T>(work: () => T | Promise<T>): Promise<T> => turns.write(work).catch(rethrow);

  return {
    dialect: sqliteDialect,
    query: (sql, params) => read(() => session.query(sql, params)),
    execute: (sql, params) => write(() => session.execute(sql, params)),
    executeEach: (sql, lists) =>
      write(() => inAsyncTransaction(connection, 'BEGIN IMMEDIATE', () => session.executeEach(sql, lists))),
    transaction: (work) =>
      write(() => inAsyncTransaction(connection, 'BEGIN IMMEDIATE', () => work(asyncSession(session)))),
    snapshot: (work) =>
      read(() => inAsyncTransaction(connection, 'BEGIN', () => work(asyncSession(session)))),
    prisma: (operation) => read(() => operation(client)),
    // Without waiting for its turn: it reports on those who have it.
    ping: () =>
      new Promise<void>((resolve) => {
        const blockedMs = turns.blockedMs(() => {
          session.query('SELECT 1');
          connection.exec('BEGIN IMMEDIATE; ROLLBACK');
        });
        if (blockedMs > BLOCKED_MS_MAX) {
          throw new StoreError('database_failed', 'Another process keeps the database from writing');
        }
        resolve();
      }).catch(rethrow),
    async close() {
      await turns.last(async () => {
        await checkpoints.close();
        await client.$disconnect();
        connection.close();
      });
    },
  };
}

type SyncSession = ReturnType<typeof createSession>;

function createSession(connection: Sqlite.Database) {
  const statements = new Map<string, Sqlite.Statement<unknown[], SqlRow>>();

  function prepare(sql: string): Sqlite.Statement<unknown[], SqlRow> {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= CACHED_STATEMENTS_MAX) statements.clear();
    const statement = connection.prepare<unknown[], SqlRow>(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    query: (sql: string, params: readonly SqlValue[] = []) => prepare(sql).all(...params),
    execute: (sql: string, params: readonly SqlValue[] = []) => prepare(sql).run(...params).changes,
    /** For use in a transaction: other work has its turn between two slices. */
    async executeEach(sql: string, lists: readonly (readonly SqlValue[])[]): Promise<number> {
      const statement = prepare(sql);
      let changes = 0;
      let left = SLICE;
      let startedAt = performance.now();
      for (const params of lists) {
        if (left === 0 || performance.now() - startedAt > SLICE_MS) {
          await nextTurn();
          left = SLICE;
          startedAt = performance.now();
        }
        left -= 1;
        changes += statement.run(...params).changes;
      }
      return changes;
    },
  };
}

/**
 * The same session for code that also runs on MySQL. Stays inside one transaction, so nothing here waits for a lock.
 */
function asyncSession(session: SyncSession): SqlSession {
  const promised = <T>(work: () => T) => new Promise<T>((resolve) => resolve(work()));
  return {
    query: (sql, params) => promised(() => session.query(sql, params)),
    execute: (sql, params) => promised(() => session.execute(sql, params)),
    executeEach: (sql, lists) => session.executeEach(sql, lists),
  };
}

async function inAsyncTransaction<T>(
  connection: Sqlite.Database,
  begin: 'BEGIN' | 'BEGIN IMMEDIATE',
  work: () => Promise<T>,
): Promise<T> {
  connection.exec(begin);
  try {
    const result = await work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}
