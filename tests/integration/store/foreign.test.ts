import { expect, it } from 'vitest';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import { openMysqlConnection } from '../../../lib/store/database/mysql/mysql-connections';
import { openPostgresConnection } from '../../../lib/store/database/postgres/postgres-connections';
import { readForeignTables } from '../../../lib/store/foreign/read-tables';
import { rawSql } from '../../support/raw-sql';
import { onEachBackend } from './on-each-backend';

/** Names that are words of SQL, as other programs have them, and types that drivers read each in a way of its own. */
function createTable({ type }: DatabaseOptions): string {
  const quote = type === 'mysql' ? '`' : '"';
  const bytes = type === 'postgres' ? 'BYTEA' : 'BLOB';
  const columns = [
    `${quote}group${quote} VARCHAR(64)`,
    `${quote}key${quote} VARCHAR(64)`,
    'quota BIGINT',
    'is_on BOOLEAN',
    'info JSON',
    `raw_text ${bytes}`,
    'secret VARCHAR(64)',
  ];
  return `CREATE TABLE ${quote}groups${quote} (${columns.join(', ')})`;
}

type Server = Exclude<DatabaseOptions, { type: 'sqlite' }>;

async function lockGroups(database: Server): Promise<{ end(): Promise<void> }> {
  if (database.type === 'mysql') {
    const connection = await openMysqlConnection(database);
    await connection.query('LOCK TABLES `groups` WRITE');
    return connection;
  }
  const connection = await openPostgresConnection(database);
  await connection.query('BEGIN');
  await connection.query('LOCK TABLE "groups" IN ACCESS EXCLUSIVE MODE');
  return connection;
}

onEachBackend('the database of another program', (bench) => {
  it('is read by the columns that are wanted and there, whatever they are called, in plain values', async () => {
    const { database } = await bench.fresh();
    await rawSql(database, createTable(database));
    const quoted = database.type === 'mysql' ? '`groups`' : '"groups"';
    const values = [
      'default',
      'sk-test',
      500_000_000_000,
      true,
      '{"a":1}',
      Buffer.from('bytes'),
      'not asked for',
    ];
    await rawSql(
      database,
      `INSERT INTO ${quoted} VALUES (?, ?, ?, ?, ?, ?, ?)`,
      database.type === 'sqlite' ? values.map((value) => (value === true ? 1 : value)) : values,
    );
    await rawSql(database, `INSERT INTO ${quoted} (quota) VALUES (NULL)`);

    const tables = await readForeignTables(database, [
      {
        name: 'groups',
        columns: ['group', 'key', 'quota', 'is_on', 'info', 'raw_text', 'of_a_later_version'],
      },
      { name: 'not_there', columns: ['id'] },
    ]);
    expect([...tables.keys()]).toEqual(['groups']);
    const [row, empty] = tables.get('groups') ?? [];
    expect(row).toMatchObject({
      group: 'default',
      key: 'sk-test',
      quota: 500_000_000_000,
      raw_text: 'bytes',
    });
    expect(Number(row?.['is_on'])).toBe(1);
    const info = row?.['info'];
    expect(typeof info === 'string' ? JSON.parse(info) : info).toEqual({ a: 1 });
    expect(Object.keys(row ?? {})).not.toContain('secret');
    expect(new Set(Object.values(empty ?? {}))).toEqual(new Set([null]));
  });

  it('is not waited for without end where a table is locked', async () => {
    const { database } = await bench.fresh();
    // A file of SQLite is read from a copy, or not at all.
    if (database.type === 'sqlite') return;
    await rawSql(database, createTable(database));
    const holder = await lockGroups(database);
    try {
      const read = readForeignTables(database, [{ name: 'groups', columns: ['group'] }], 1_000);
      await expect(read).rejects.toThrow(/it is locked by another program/);
    } finally {
      await holder.end();
    }
  });

  it('says in plain words what is wrong, and no password', async () => {
    const { database } = await bench.fresh();
    const wrong: DatabaseOptions =
      database.type === 'sqlite'
        ? { type: 'sqlite', file: `${database.file}-not-there` }
        : { ...database, database: 'no_such_database', password: 'sk-very-secret' };
    const failure: unknown = await readForeignTables(wrong, []).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /cannot be read: (it is not there|there is no database of that name|user or password)/,
    );
    expect(String(failure)).not.toContain('sk-very-secret');
  });
});
