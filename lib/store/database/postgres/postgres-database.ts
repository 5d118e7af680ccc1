import type { ClientBase } from 'pg';
import type { Database, SqlSession } from '../database';
import { toStoreError } from '../database-error';
import { StoreError } from '../../store-error';
import { PostgresBatch } from './postgres-batch';
import { openPostgresPool } from './postgres-connections';
import type { PostgresOptions, PostgresPool } from './postgres-connections';
import { postgresDialect } from './postgres-dialect';
import { isLostToOthers, markLost } from './postgres-errors';
import { postgresSql, postgresValue } from './postgres-sql';

const TRIES = 3;

// Whatever the server's own default is: a writer that waited for another sees what it has written.
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const BEGIN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export function postgresDatabase(options: PostgresOptions): Database {
  const pool = openPostgresPool(options);
  const query: Database['query'] = (sql, params) =>
    pool.use((connection) => sessionOf(connection).query(sql, params)).catch(rethrow);
  return {
    dialect: postgresDialect,
    reader: { dialect: postgresDialect, query },
    query,
    execute: (sql, params) =>
      pool.use((connection) => sessionOf(connection).execute(sql, params)).catch(rethrow),
    // All or nothing without more words: the server takes the whole batch as one transaction.
    executeEach: (sql, lists) =>
      again(() => pool.use((connection) => sessionOf(connection).executeEach(sql, lists))),
    transaction: (work) => again(() => inTransaction(pool, BEGIN, work)),
    snapshot: (work) => inTransaction(pool, BEGIN_SNAPSHOT, work).catch(rethrow),
    forgetRead: () => Promise.resolve(),
    async ping() {
      await pool.use((connection) => sessionOf(connection).query('SELECT 1')).catch(rethrow);
    },
    close: () => pool.end(),
  };
}

function sessionOf(connection: ClientBase): SqlSession {
  const ask = (sql: string, params: Parameters<SqlSession['query']>[1] = []) =>
    connection
      .query<Record<string, unknown>>(postgresSql(sql), params.map(postgresValue))
      .catch((error: unknown) => rethrow(markLost(error)));
  return {
    query: async (sql, params) => (await ask(sql, params)).rows,
    execute: async (sql, params) => (await ask(sql, params)).rowCount ?? 0,
    async executeEach(sql, lists) {
      if (lists.length === 0) return 0;
      const { finished } = connection.query(new PostgresBatch(postgresSql(sql), lists));
      return finished.catch((error: unknown) => rethrow(markLost(error)));
    },
  };
}

/** Repeats what was lost to others. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES || !isLostToOthers(error)) throw toStoreError(error);
    }
  }
}

function inTransaction<T>(
  pool: PostgresPool,
  begin: string,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  return pool.use(async (connection) => {
    const session = sessionOf(connection);
    try {
      await session.execute(begin);
      const result = await work(session);
      await commit(connection);
      return result;
    } catch (error) {
      // Fails when the connection is gone; then the server has rolled back by itself.
      await connection.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/** A transaction in which a statement has failed is rolled back by COMMIT too, without an error. */
async function commit(connection: ClientBase): Promise<void> {
  const { command } = await connection.query('COMMIT').catch((error: unknown) => {
    throw markLost(error);
  });
  if (command !== 'COMMIT') {
    throw new StoreError('database_failed', 'The database rolled the transaction back');
  }
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}
