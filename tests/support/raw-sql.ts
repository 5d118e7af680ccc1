import Sqlite from 'better-sqlite3';
import { createConnection } from 'mariadb';
import { Client } from 'pg';
import type { DatabaseOptions } from '../../lib/store/database/database';
import { asNumbers } from '../../lib/store/database/postgres/postgres-connections';
import { postgresSql } from '../../lib/store/database/postgres/postgres-sql';

type Rows = Record<string, unknown>[];

/** Looks at a database past the store, as an outsider would. */
export async function rawSql(
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
  if (database.type === 'postgres') return rawPostgres(database, sql, params);
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

async function rawPostgres(
  { host, port, user, password, database }: Extract<DatabaseOptions, { type: 'postgres' }>,
  sql: string,
  params: readonly unknown[],
): Promise<Rows> {
  const connection = new Client({ host, port, user, password, database, ssl: false, types: asNumbers });
  await connection.connect();
  try {
    const { rows } = await connection.query<Record<string, unknown>>(postgresSql(sql), [...params]);
    return rows ?? [];
  } finally {
    await connection.end();
  }
}
