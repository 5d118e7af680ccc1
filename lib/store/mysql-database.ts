import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createPool } from 'mariadb';
import type { Connection, ConnectionConfig, Pool, QueryOptions } from 'mariadb';
import type { Database, DatabaseOptions, SqlRow, SqlSession } from './database';
import { driverCode, toStoreError } from './database-error';
import type { PrismaClient } from './generated/sqlite/client';
import { mysqlDialect } from './mysql-dialect';

export type MysqlOptions = Extract<DatabaseOptions, { type: 'mysql' }>;

const CONNECTIONS_MAX = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that was idle for longer is pinged before use, so that one the server closed is replaced unseen. */
const VALIDATE_AFTER_MS = 500;
const DEADLOCK_TRIES = 3;

/** Settings of every session, whatever the server's own defaults are. */
export function connectionConfig(options: MysqlOptions): ConnectionConfig {
  return {
    host: options.host,
    port: options.port,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    database: options.database,
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT_MS,
    // MySQL 8 without TLS cannot log a user in otherwise.
    allowPublicKeyRetrieval: true,
    logParam: false,
    initSql: [
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
      // No gap locks: upserts of two processes deadlock less.
      'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    ],
  };
}

/** A small pool shared by raw statements and Prisma. */
export async function mysqlDatabase(options: MysqlOptions): Promise<Database> {
  const pool = createPool({
    ...connectionConfig(options),
    connectionLimit: CONNECTIONS_MAX,
    minimumIdle: 1,
    acquireTimeout: CONNECT_TIMEOUT_MS,
    minDelayValidation: VALIDATE_AFTER_MS,
    // Prisma's statements vary too much to be worth keeping on the server.
    prepareCacheLength: 0,
  });
  const client = await createClient(pool, options.database);
  return {
    dialect: mysqlDialect,
    ...sessionOf(pool),
    executeEach: (sql, lists) => inTransaction(pool, (session) => session.executeEach(sql, lists)),
    transaction: (work) => inTransaction(pool, work),
    prisma: (operation) => operation(client).catch(rethrow),
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

async function createClient(pool: Pool, database: string): Promise<PrismaClient> {
  const generated = await import('./generated/mysql/client');
  const client = new generated.PrismaClient({ adapter: new PrismaMariaDb(pool, { database }) });
  // The two clients come from one set of models; a test proves that the schemas have not drifted.
  return client as unknown as PrismaClient;
}

/** Numbers come out as numbers: every count and time of ours fits into a double. */
const asNumbers = (sql: string): QueryOptions => ({
  sql,
  bigIntAsNumber: true,
  decimalAsNumber: true,
  insertIdAsNumber: true,
});

function sessionOf(connection: Pick<Connection, 'query' | 'batch'>): SqlSession {
  return {
    query: (sql, params = []) => connection.query<SqlRow[]>(asNumbers(sql), params).catch(rethrow),
    execute: async (sql, params = []) =>
      affectedRows(await connection.query<unknown>(asNumbers(sql), params).catch(rethrow)),
    async executeEach(sql, lists) {
      if (lists.length === 0) return 0;
      return affectedRows(await connection.batch<unknown>(asNumbers(sql), lists).catch(rethrow));
    },
  };
}

function affectedRows(result: unknown): number {
  if (Array.isArray(result)) return result.reduce<number>((sum, one) => sum + affectedRows(one), 0);
  if (typeof result !== 'object' || result === null || !('affectedRows' in result)) return 0;
  return Number(result.affectedRows);
}

async function inTransaction<T>(pool: Pool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryTransaction(pool, work);
    } catch (error) {
      if (attempt >= DEADLOCK_TRIES || !isDeadlock(error)) throw toStoreError(error);
    }
  }
}

async function tryTransaction<T>(pool: Pool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const result = await work(sessionOf(connection));
    await connection.commit();
    return result;
  } catch (error) {
    // Fails when the connection is gone; then the server has rolled back by itself.
    await connection.rollback().catch(() => undefined);
    throw error;
  } finally {
    await connection.release();
  }
}

function isDeadlock(error: unknown): boolean {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = driverCode(cause);
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT';
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}
