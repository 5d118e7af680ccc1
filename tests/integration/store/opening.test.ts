import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import { openStore } from '../../../lib/store/open-store';
import { postgresSql } from '../../../lib/store/database/postgres/postgres-sql';
import { tempDir } from '../../support/temp-dir';
import type { TempDir } from '../../support/temp-dir';
import { KEY, MIGRATIONS, provider } from './backends';
import { requestRow } from './rows';
import { onEachBackend } from './on-each-backend';
import { expectedColumns, storedColumns } from './schema-columns';
import { runChild } from './child';
import { rawSql as raw } from '../../support/raw-sql';

const KINDS = ['sqlite', 'mysql', 'postgres'];
const folders: TempDir[] = [];
afterAll(async () => {
  for (const folder of folders) await folder.remove();
});

/** A copy of the real migrations with one more for each kind of database. */
async function migrationsWith(sql: string): Promise<string> {
  const folder = await tempDir('migrations');
  folders.push(folder);
  await cp(MIGRATIONS, folder.path, { recursive: true });
  for (const kind of KINDS) {
    await mkdir(path.join(folder.path, kind, '29990101000000_extra'));
    const script = kind === 'postgres' ? postgresSql(sql) : sql;
    await writeFile(path.join(folder.path, kind, '29990101000000_extra', 'migration.sql'), script);
  }
  return folder.path;
}

async function migrationCount({ type }: DatabaseOptions): Promise<number> {
  const entries = await readdir(path.join(MIGRATIONS, type), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).length;
}

/** The migrations as they were when only the first existed. */
async function firstMigrationOnly(): Promise<string> {
  const folder = await tempDir('migrations');
  folders.push(folder);
  for (const kind of KINDS) {
    const [first = ''] = (await readdir(path.join(MIGRATIONS, kind))).sort();
    await cp(path.join(MIGRATIONS, kind, first), path.join(folder.path, kind, first), { recursive: true });
  }
  return folder.path;
}

const openWith = (database: DatabaseOptions, migrationsDir: string) =>
  openStore({ database, encryptionKey: KEY, migrationsDir, now: () => 1_700_000_000_000 });

onEachBackend('opening', (bench) => {
  it('makes exactly the tables and columns that the Prisma schema names', async () => {
    const { database } = await bench.fresh();
    expect(await storedColumns(database)).toEqual(await expectedColumns(database.type));
  });

  it('records each migration as Prisma does, with the checksum of its file', async () => {
    const { database } = await bench.fresh();
    const folder = path.join(MIGRATIONS, database.type);
    const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const expected = await Promise.all(
      names.map(async ({ name }) => ({
        migration_name: name,
        checksum: createHash('sha256')
          .update(await readFile(path.join(folder, name, 'migration.sql')))
          .digest('hex'),
        applied_steps_count: 1,
        finished: 1,
      })),
    );
    const rows = await raw(
      database,
      `SELECT migration_name, checksum, applied_steps_count, CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END AS finished
       FROM _prisma_migrations ORDER BY migration_name`,
    );
    expect(rows).toEqual(expected);
  });

  it('keeps what is there when it opens a second time', async () => {
    const { store, database } = await bench.fresh();
    const created = await store.upkeep.providers.create(provider('main'));
    const again = await bench.reopen(database);
    expect(await again.providers.list()).toEqual([created]);
    expect(await raw(database, 'SELECT COUNT(*) AS n FROM _prisma_migrations')).toEqual([
      { n: await migrationCount(database) },
    ]);
  });

  it('lets several processes start at once on an empty database', async () => {
    const database = await bench.backend.fresh();
    const children = [1, 2, 3].map(() => runChild('open-and-write.ts', [JSON.stringify(database), '1']));
    const results = await Promise.all(children.map((child) => child.finished));
    expect(results.map((result) => [result.code, result.stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(await raw(database, 'SELECT COUNT(*) AS n FROM _prisma_migrations')).toEqual([
      { n: await migrationCount(database) },
    ]);
  });

  it('names a migration that fails, and carries on when it has been repaired', async () => {
    const { database } = await bench.fresh();
    const broken = await migrationsWith('CREATE TABLE Extra (id INTEGER); CREATE TABLE Broken (;');
    await expect(openWith(database, broken)).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('29990101000000_extra') as string,
    });
    if (database.type !== 'mysql') {
      await expect(raw(database, 'SELECT COUNT(*) AS n FROM Extra')).rejects.toThrow();
      expect(await raw(database, 'SELECT COUNT(*) AS n FROM _prisma_migrations')).toEqual([
        { n: await migrationCount(database) },
      ]);
    }
    const repaired = await openWith(
      database,
      await migrationsWith('CREATE TABLE IF NOT EXISTS Extra (id INTEGER);'),
    );
    await repaired.close();
    expect(await raw(database, 'SELECT COUNT(*) AS n FROM Extra')).toEqual([{ n: 0 }]);
  });

  it('tells what it is about to do to a database that has been in use, and nothing of a new one', async () => {
    const database = await bench.backend.fresh();
    const told: (readonly string[])[] = [];
    const openTelling = (migrationsDir: string) =>
      openStore({
        ...{ database, encryptionKey: KEY, migrationsDir, now: () => 1_700_000_000_000 },
        onMigrate: (names) => told.push(names),
      });
    await (await openTelling(MIGRATIONS)).close();
    await (await openTelling(MIGRATIONS)).close();
    expect(told).toEqual([]);
    await (await openTelling(await migrationsWith('CREATE TABLE Extra (id INTEGER);'))).close();
    expect(told).toEqual([['29990101000000_extra']]);
  });

  it('brings a database of the first version up to date, and loses nothing', async () => {
    const database = await bench.backend.fresh();
    const first = await openWith(database, await firstMigrationOnly());
    await first.close();
    await insertAsFirst(database);
    await raw(
      database,
      `INSERT INTO UsageRollup (resolution, bucketStart, provider, keyId, model, statusClass, requests)
       VALUES ('minute', 60000, 'p', '', 'm', '2xx', 7)`,
    );
    const now = await bench.reopen(database);
    const counted = await now.rollups.series({ resolution: 'minute', from: 0, to: 1e12, groupBy: ['token'] });
    expect(counted).toMatchObject([{ token: '', requests: 7 }]);
    expect(await now.requestLogs.count()).toBe(1);
    expect(await storedColumns(database)).toEqual(await expectedColumns(database.type));
    expect((await now.upkeep.providers.create(provider('main'))).egress).toEqual({ mode: 'shared' });
  });

  it('runs a migration again that was cut short', async () => {
    const database = await bench.backend.fresh();
    await (await openWith(database, MIGRATIONS)).close();
    if (database.type !== 'mysql') return;
    await raw(database, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await (await openWith(database, MIGRATIONS)).close();
    expect(await storedColumns(database)).toEqual(await expectedColumns(database.type));
  });

  it('refuses a database that a newer version has migrated', async () => {
    const { database } = await bench.fresh();
    const newer = await migrationsWith('CREATE TABLE Extra (id INTEGER);');
    await (await openWith(database, newer)).close();
    await expect(bench.reopen(database)).rejects.toMatchObject({ code: 'migration_failed' });
  });

  it('says so when the migrations are missing', async () => {
    const database = await bench.backend.fresh();
    await expect(openWith(database, '/nowhere')).rejects.toMatchObject({ code: 'migration_failed' });
  });

  it('answers a ping, and rejects after it was closed', async () => {
    const { database } = await bench.fresh();
    const store = await openWith(database, MIGRATIONS);
    await expect(store.ping()).resolves.toBeUndefined();
    await store.close();
    await expect(store.ping()).rejects.toMatchObject({ code: 'database_failed' });
  });

  it('loses nothing that was acknowledged when the process is killed while it writes', async () => {
    const { database, store } = await bench.fresh();
    const child = runChild('open-and-write.ts', [JSON.stringify(database), '1000000']);
    await child.line((line) => line === 'written 2000');
    child.kill();
    const { lines } = await child.finished;
    const acknowledged = Number(lines.at(-1)?.split(' ')[1]);
    expect(await store.requestLogs.count()).toBeGreaterThanOrEqual(acknowledged);
    if (database.type === 'sqlite') {
      expect(await raw(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    }
    await store.requestLogs.insertMany([requestRow(5)]);
  });

  it('fails one call when the connection is lost, and works again with the next', async () => {
    const { server } = bench.backend;
    if (!server) return;
    const { store } = await bench.fresh();
    const created = await store.upkeep.providers.create(provider('main'));
    await server.down();
    await expect(store.ping()).rejects.toMatchObject({ code: 'database_failed' });
    await expect(store.providers.list()).rejects.toMatchObject({ code: 'database_failed' });
    await server.up();
    expect(await store.providers.list()).toEqual([created]);
    await server.restart();
    await store.ping();
    await store.requestLogs.insertMany([requestRow(1)]);
  });

  it('asks for a strict session, whatever the server is set to', async () => {
    const { store, database } = await bench.fresh();
    if (database.type !== 'mysql') return;
    await expect(store.upkeep.providers.create(provider('x'.repeat(65)))).rejects.toMatchObject({
      code: 'database_failed',
    });
  });
});

describe('a SQLite file', () => {
  it('and its folder are readable by their owner only', async () => {
    const folder = await tempDir('store');
    folders.push(folder);
    const file = path.join(folder.path, 'new', 'db');
    const store = await openWith({ type: 'sqlite', file }, MIGRATIONS);
    await store.requestLogs.insertMany([requestRow(1)]);
    const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);
    expect(await Promise.all([file, `${file}-wal`, `${file}-shm`].map(mode))).toEqual(['600', '600', '600']);
    expect(await mode(path.dirname(file))).toBe('700');
    await store.close();
  });

  it('that cannot be opened is a database_failed', async () => {
    const folder = await tempDir('store');
    folders.push(folder);
    await writeFile(path.join(folder.path, 'file'), '');
    const file = path.join(folder.path, 'file', 'db');
    await expect(openWith({ type: 'sqlite', file }, MIGRATIONS)).rejects.toMatchObject({
      code: 'database_failed',
    });
  });

  it('that is not a database is a database_failed', async () => {
    const folder = await tempDir('store');
    folders.push(folder);
    const file = path.join(folder.path, 'db');
    await writeFile(file, 'This is a letter, not a database. '.repeat(100));
    await expect(openWith({ type: 'sqlite', file }, MIGRATIONS)).rejects.toMatchObject({
      code: 'database_failed',
    });
  });
});

/** A row of the request log as the first version wrote it: without the provider's own ids, costs and routes. */
async function insertAsFirst(database: DatabaseOptions): Promise<void> {
  const row = Object.entries<unknown>({ ...requestRow(1) }).filter(
    ([name]) => !['upstreamId', 'costNano', 'modelAsked', 'route'].includes(name),
  );
  const values = row.map(([, value]) =>
    typeof value === 'boolean' && database.type !== 'postgres' ? Number(value) : value,
  );
  const columns = row.map(([name]) => name).join(', ');
  const places = values.map(() => '?').join(', ');
  await raw(database, `INSERT INTO RequestLog (${columns}) VALUES (${places})`, values);
}
