import { openPostgresConnection, type PostgresOptions } from '../database/postgres/postgres-connections';
import type { SqlRow } from '../database/database';
import type { ForeignReader } from './foreign-reader';

/** Reads in one read-only transaction: the server refuses every write in it. */
export async function withPostgresReader<T>(
  options: PostgresOptions,
  lockTimeoutMs: number,
  work: (reader: ForeignReader) => Promise<T>,
): Promise<T> {
  const connection = await openPostgresConnection(options);
  try {
    await connection.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work({
      async columnsOf(table) {
        const sql = `SELECT column_name AS name FROM information_schema.columns
          WHERE table_schema = current_schema() AND table_name = $1`;
        return (await connection.query<{ name: string }>(sql, [table])).rows.map(({ name }) => name);
      },
      async rowsOf(table, columns) {
        const list = columns.map((column) => `"${column}"`).join(', ');
        return (await connection.query<SqlRow>(`SELECT ${list} FROM "${table}"`)).rows;
      },
    });
  } finally {
    await connection.end();
  }
}
