import type { QueryOptions } from 'mariadb';
import type { Database, SqlRow, SqlSession } from '../database';
import { driverCode, toStoreError } from '../database-error';
import { openMysqlPool } from './mysql-connections';
import type { MysqlOptions, MysqlPool, MysqlQueries } from './mysql-connections';
import { mysqlDialect } from './mysql-dialect';

const DEADLOCK_TRIES = 3;

export function mysqlDatabase(options: MysqlOptions): Database {
  const pool = openMysqlPool(options);
  const query: Database['query'] = (sql, params) =>
    pool.use((connection) => sessionOf(connection).query(sql, params)).catch(rethrow);
  return {
    dialect: mysqlDialect,
    reader: { dialect: mysqlDialect, query },
    query,
    execute: (sql, params) =>
      pool.use((connection) => sessionOf(connection).execute(sql, params)).catch(rethrow),
    executeEach: (sql, lists) => inTransaction(pool, (session) => session.executeEach(sql, lists)),
    transaction: (work) => inTransaction(pool, work),
    snapshot: (work) => inSnapshot(pool, work).catch(rethrow),
    forgetRead: () => Promise.resolve(),
    async ping() {
      await pool.use((connection) => sessionOf(connection).query('SELECT 1')).catch(rethrow);
    },
    close: () => pool.end(),
  };
}

/** Numbers come out as numbers: every count and time of ours fits into a double. */
const asNumbers = (sql: string): QueryOptions => ({
  sql,
  bigIntAsNumber: true,
  decimalAsNumber: true,
  insertIdAsNumber: true,
});

function sessionOf(connection: MysqlQueries): SqlSession {
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

async function inTransaction<T>(pool: MysqlPool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryTransaction(pool, work);
    } catch (error) {
      if (attempt >= DEADLOCK_TRIES || !isDeadlock(error)) throw toStoreError(error);
    }
  }
}

function tryTransaction<T>(pool: MysqlPool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  return pool.use(async (connection) => {
    try {
      await connection.beginTransaction();
      const result = await work(sessionOf(connection));
      await connection.commit();
      return result;
    } catch (error) {
      // Fails when the connection is gone; then the server has rolled back by itself.
      await connection.rollback().catch(() => undefined);
      throw error;
    }
  });
}

function inSnapshot<T>(pool: MysqlPool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  return pool.use(async (connection) => {
    // For the next transaction of this connection only.
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    try {
      return await work(sessionOf(connection));
    } finally {
      await connection.rollback().catch(() => undefined);
    }
  });
}

function isDeadlock(error: unknown): boolean {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = driverCode(cause);
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT';
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}
