import Sqlite from 'better-sqlite3';
import { createConnection } from 'mariadb';
import type { DatabaseOptions } from '../../../lib/store/database/database';

type Rows = Record<string, unknown>[];

/** Looks at a database past the store, as an outsider would. */
export async function raw(
  database: DatabaseOptions,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Rows> {
  if (database.type === 'sqlite') {
    const connection = new Sqlite(database.file, { timeout: 5_000 });
    try {
      const statement = connection.prepare<unknown[], Record<string, unknown>>(sql);
      if (statement.reader) return statement.all(...params);
      statement.run(...params);
      return [];
    } finally {
      connection.close();
    }
  }
  const { host, port, user, password, database: name } = database;
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database: name,
    bigIntAsNumber: true,
    multipleStatements: true,
  });
  try {
    const result = await connection.query<Rows | object>(sql, params);
    return Array.isArray(result) ? (result as Rows) : [];
  } finally {
    await connection.end();
  }
}
