import { openMysqlConnection, type MysqlOptions } from '../database/mysql/mysql-connections';
import type { SqlRow } from '../database/database';
import type { ForeignReader } from './foreign-reader';

/** Reads in one read-only transaction: the server refuses every write in it. */
export async function withMysqlReader<T>(
  options: MysqlOptions,
  lockTimeoutMs: number,
  work: (reader: ForeignReader) => Promise<T>,
): Promise<T> {
  const connection = await openMysqlConnection(options);
  try {
    await connection.query(`SET SESSION lock_wait_timeout = ${Math.ceil(lockTimeoutMs / 1_000)}`);
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return await work({
      async columnsOf(table) {
        const sql = `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;
        return (await connection.query<{ name: string }[]>(sql, [table])).map(({ name }) => name);
      },
      rowsOf(table, columns) {
        const list = columns.map((column) => `\`${column}\``).join(', ');
        return connection.query<SqlRow[]>(`SELECT ${list} FROM \`${table}\``);
      },
    });
  } finally {
    await connection.end();
  }
}
