import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Database, SqlSession } from '../database';
import { toStoreError } from '../database-error';
import { Checkpoints } from './sqlite-checkpoints';
import { sqliteDialect } from './sqlite-dialect';
import { SqliteThread } from './sqlite-thread';
import { SqliteTurns, whenFree } from './sqlite-turns';
import { StoreError } from '../../store-error';

/** The database is failing when another process has held it for so long: that is more than a long write. */
const BLOCKED_MS_MAX = 5_000;

/**
 * Opens a SQLite file for writing, WAL, readable by its owner only; makes it and its folder when they are missing.
 * Throws the driver's error.
 */
export function openSqliteFile(file: string): Sqlite.Database {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  // The journal files take their mode from this one, so it is set before SQLite sees the file.
  closeSync(openSync(file, 'a', 0o600));
  // No waiting inside the driver, which is synchronous. `whenFree` waits instead.
  return new Sqlite(file, { timeout: 0 });
}

/** WAL is kept in the file, but setting it needs the file to be free. */
export async function useWriteAheadLog(connection: Sqlite.Database): Promise<void> {
  await whenFree(() => connection.pragma('journal_mode = WAL'));
}

/**
 * Three threads work on the file: one carries out the statements, one those that only read and take long, and one makes
 * the checkpoints. Turns keep calls out of a transaction that is open.
 */
export function sqliteDatabase(file: string): Database {
  const { ino } = statSync(file);
  const thread = new SqliteThread(file);
  const readThread = new SqliteThread(file);
  const turns = new SqliteTurns();
  const checkpoints = new Checkpoints(file);
  const written = <T>(result: T): T => {
    checkpoints.written();
    return result;
  };
  const session: SqlSession = {
    query: (sql, params) => thread.query(sql, params),
    execute: (sql, params) => thread.execute(sql, params),
    executeEach: (sql, lists) => thread.executeEach(sql, lists, false),
  };

  return {
    dialect: sqliteDialect,
    reader: {
      dialect: sqliteDialect,
      query: (sql, params) => whenFree(() => readThread.query(sql, params)).catch(rethrow),
    },
    query: (sql, params) => turns.read('one', () => session.query(sql, params)).catch(rethrow),
    execute: (sql, params) => turns.write('one', () => session.execute(sql, params)).then(written, rethrow),
    executeEach: (sql, lists) =>
      turns.write('one', () => thread.executeEach(sql, lists, true)).then(written, rethrow),
    transaction: (work) =>
      turns
        .write('several', () => thread.transaction('BEGIN IMMEDIATE', () => work(session)))
        .then(written, rethrow),
    snapshot: (work) =>
      turns.read('several', () => thread.transaction('BEGIN', () => work(session))).catch(rethrow),
    forgetRead: () => turns.read('one', () => thread.run('PRAGMA shrink_memory')).catch(rethrow),
    // Not as a write, which would wait behind those it reports on.
    async ping() {
      await checkFile(file, ino);
      const blockedMs = await turns.blockedMs(() => thread.run('BEGIN IMMEDIATE; ROLLBACK')).catch(rethrow);
      if (blockedMs > BLOCKED_MS_MAX) {
        throw new StoreError('database_failed', 'Another process keeps the database from writing');
      }
    },
    async close() {
      await turns.last(async () => {
        await checkpoints.close();
        await readThread.close();
        await thread.close();
      });
    },
  };
}

/** Somebody may have deleted or replaced it: what is written then is in no file any more. */
async function checkFile(file: string, ino: number): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.ino === ino) return;
  throw new StoreError('database_failed', 'The file of the database is gone, or another one is in its place');
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}
