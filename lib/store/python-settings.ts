import Sqlite from 'better-sqlite3';
import type { DatabaseOptions } from './database/database';
import { toStoreError } from './database/database-error';
import { openMysqlConnection } from './database/mysql/mysql-connections';
import type { MysqlOptions } from './database/mysql/mysql-connections';

/** That program knows no other. */
type PythonDatabase = MysqlOptions | Extract<DatabaseOptions, { type: 'sqlite' }>;

interface PythonSetting {
  readonly key: string;
  readonly value: string | null;
}

const SELECT = 'SELECT `key`, `value` FROM t_settings';

/**
 * The settings that the Python program of the same name keeps in its database, as text by name. The database is only
 * read. Throws `database_failed` when there is none, or when it has no `t_settings`.
 */
export async function readPythonSettings(options: PythonDatabase): Promise<Record<string, string>> {
  try {
    const rows = options.type === 'sqlite' ? readSqlite(options.file) : await readMysql(options);
    return Object.fromEntries(rows.flatMap(({ key, value }) => (value === null ? [] : [[key, value]])));
  } catch (error) {
    throw toStoreError(error);
  }
}

function readSqlite(file: string): PythonSetting[] {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    return connection.prepare<[], PythonSetting>(SELECT).all();
  } finally {
    connection.close();
  }
}

async function readMysql(options: MysqlOptions): Promise<PythonSetting[]> {
  const connection = await openMysqlConnection(options);
  try {
    return await connection.query<PythonSetting[]>(SELECT);
  } finally {
    await connection.end();
  }
}
