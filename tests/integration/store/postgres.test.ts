import { chown, copyFile, chmod, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, DatabaseOptions } from '../../../lib/store/database/database';
import { isOutage } from '../../../lib/store/database/database-error';
import { postgresDatabase } from '../../../lib/store/database/postgres/postgres-database';
import { startPostgres, type PostgresTestOptions } from '../../support/postgres';
import { rawSql } from '../../support/raw-sql';
import { makeCertificate } from '../../support/tls';
import { open, provider } from './backends';
import { errorRow, requestRow } from './rows';

const server = await startPostgres();
afterAll(() => server?.stop());

type PostgresOptions = Extract<DatabaseOptions, { type: 'postgres' }>;

describe.skipIf(server === undefined)('a PostgreSQL database', () => {
  let options: PostgresTestOptions;
  const opened: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    options = (await server?.freshDatabase()) ?? expect.fail('PostgreSQL is not running');
    return async () => {
      for (const one of opened.splice(0)) await one.close();
    };
  });

  async function store(of: PostgresOptions = options) {
    const made = await open(of);
    opened.push(made);
    return made;
  }

  /** With a table of two columns to play with. */
  async function database(): Promise<Database> {
    await rawSql(options, 'CREATE TABLE Played (id INTEGER PRIMARY KEY, word TEXT NOT NULL)');
    const made = postgresDatabase(options);
    opened.push(made);
    return made;
  }
  const insert = 'INSERT INTO Played (id, word) VALUES (?, ?)';
  const lists = (count: number) => Array.from({ length: count }, (_, id) => [id, `word ${id}`]);
  const played = async (of: Database) => (await of.query('SELECT id FROM Played ORDER BY id')).length;

  /** Ends all other connections to the database, as an administrator does. */
  const terminate = () =>
    server?.asRoot(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = '${options.database}' AND pid <> pg_backend_pid()`,
    );

  it('keeps what comes from outside with the character NUL in it, with another in its place', async () => {
    const { requestLogs, errorLogs, upkeep, providers } = await store();
    const nul = { requestId: 'a\0b', model: '\0', errorMessage: 'it\0broke' };
    await requestLogs.insertMany([requestRow(1), requestRow(2, nul), requestRow(3)]);
    await errorLogs.insertMany([errorRow(1, { message: 'm\0', upstreamBody: '\0{}', requestBody: 'r\0' })]);
    await upkeep.providers.create(provider('main', { name: 'na\0me' }));
    const { rows } = await requestLogs.page({ limit: 10, filters: { text: 'T\0BROKE' } });
    expect(rows).toMatchObject([{ requestId: 'a\uFFFDb', model: '\uFFFD', errorMessage: 'it\uFFFDbroke' }]);
    expect(await requestLogs.count()).toBe(3);
    const [error] = (await errorLogs.wholePage({ limit: 1 })).rows;
    expect(error).toMatchObject({ message: 'm\uFFFD', upstreamBody: '\uFFFD{}', requestBody: 'r\uFFFD' });
    expect((await providers.list())[0]?.name).toBe('na\uFFFDme');
  });

  it('writes all lists of a batch or none, and says how many rows have changed', async () => {
    const made = await database();
    expect(await made.executeEach(insert, lists(321))).toBe(321);
    expect(
      await made.executeEach('UPDATE Played SET word = ? WHERE id < ?', [
        ['a', 10],
        ['b', 5],
      ]),
    ).toBe(15);
    const broken = [...lists(500).slice(321), [7, 'is there already'], ...lists(900).slice(500)];
    await expect(made.executeEach(insert, broken)).rejects.toMatchObject({ code: 'duplicate' });
    const wrong = [[1_000, null], ...lists(2_000).slice(1_001)];
    await expect(made.executeEach(insert, wrong)).rejects.toMatchObject({ code: 'database_failed' });
    await expect(made.executeEach('INSERT INTO Nowhere (id) VALUES (?)', lists(300))).rejects.toThrow();
    expect(await played(made)).toBe(321);
    expect(await made.executeEach(insert, lists(330).slice(321))).toBe(9);
  });

  it('does not say that a transaction is done in which a statement has failed unseen', async () => {
    const made = await database();
    const work = made.transaction(async (session) => {
      await session.execute(insert, [1, 'one']);
      await session.execute(insert, [1, 'again']).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'database_failed' });
    expect(await played(made)).toBe(0);
  });

  it('runs again what was lost to a deadlock', async () => {
    const made = await database();
    await made.executeEach(insert, lists(2));
    const update = 'UPDATE Played SET word = word || ? WHERE id = ?';
    let holding = 0;
    let tries = 0;
    let bothHold: () => void;
    const both = new Promise<void>((resolve) => (bothHold = resolve));
    const cross = (first: number) =>
      made.transaction(async (session) => {
        tries += 1;
        await session.execute(update, ['+', first]);
        holding += 1;
        if (holding === 2) bothHold();
        await both;
        await session.execute(update, ['+', 1 - first]);
      });
    await Promise.all([cross(0), cross(1)]);
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(await made.query('SELECT word FROM Played ORDER BY id')).toEqual([
      { word: 'word 0++' },
      { word: 'word 1++' },
    ]);
  });

  it('goes on with others when an administrator has ended its connections', async () => {
    const made = await store();
    await made.upkeep.providers.create(provider('main'));
    await terminate();
    // A call may come before the news of the end does.
    await expect.poll(() => made.providers.list().catch(() => [])).toHaveLength(1);
    await terminate();
    await expect.poll(() => made.requestLogs.insertMany([requestRow(1)]).catch(() => 'lost')).toBeUndefined();
    expect(await made.requestLogs.count()).toBe(1);
  });

  it('tells of a connection that is ended in the middle of the work as of an outage', async () => {
    const made = await database();
    const work = made.transaction(async (session) => {
      await session.execute(insert, [1, 'one']);
      await terminate();
      await session.execute(insert, [2, 'two']);
    });
    const error = await work.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'database_failed' });
    expect(isOutage(error)).toBe(true);
    expect(await played(made)).toBe(0);
    await made.execute(insert, [1, 'one']);
  });

  it('that takes no writes is an outage, and no fault of the row', async () => {
    const made = await database();
    await server?.asRoot(`ALTER DATABASE ${options.database} SET default_transaction_read_only = on`);
    await terminate();
    const error = await made.executeEach(insert, lists(2)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'database_failed' });
    expect(isOutage(error)).toBe(true);
    expect(isOutage(await made.execute(insert, [1, null]).catch((reason: unknown) => reason))).toBe(true);
    await expect(made.ping()).resolves.toBeUndefined();
  });

  it('is opened by the folder of its socket as well', async () => {
    const { providers } = await store({ ...options, host: server?.folder ?? '' });
    expect(await providers.list()).toEqual([]);
  });

  it('of another encoding is refused with the way to make one that does', async () => {
    const name = `${options.database}_latin`;
    await server?.asRoot(
      `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    await expect(open({ ...options, database: name })).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining("ENCODING 'UTF8'") as string,
    });
  });

  it('that belongs to somebody else is refused with a word on its owner', async () => {
    const name = `${options.database}_theirs`;
    await server?.asRoot(`CREATE DATABASE ${name}`);
    await expect(open({ ...options, database: name })).rejects.toThrow(/has to own it \(42501\)/);
  });
});

describe.skipIf(server === undefined)('PostgreSQL with TLS', () => {
  it('is spoken to as sslmode says', async () => {
    const [own, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    const secure =
      (await startPostgres(['listen_addresses=127.0.0.1,127.0.0.2'])) ??
      expect.fail('PostgreSQL is not running');
    try {
      const { uid, gid } = await stat(secure.folder);
      for (const [file, name] of [
        [own.keyPath, 'server.key'],
        [own.certPath, 'server.crt'],
      ] as const) {
        const target = path.join(secure.folder, 'data', name);
        await copyFile(file, target);
        await chown(target, uid, gid);
        await chmod(target, 0o600);
      }
      await secure.asRoot('ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()');
      const plain = await secure.freshDatabase();
      const isEncrypted = async (more: Partial<PostgresOptions>) => {
        const options: PostgresOptions = { ...plain, ...more };
        const store = await open(options);
        await store.close();
        const made = postgresDatabase(options);
        const [row] = await made.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
        await made.close();
        return row?.ssl;
      };
      expect(await isEncrypted({ sslMode: 'disable' })).toBe(false);
      expect(await isEncrypted({ sslMode: 'require' })).toBe(true);
      for (const sslMode of ['verify-ca', 'verify-full'] as const) {
        expect(await isEncrypted({ sslMode, sslRootCert: own.certPath })).toBe(true);
        for (const sslRootCert of [other.certPath, undefined]) {
          await expect(isEncrypted({ sslMode, sslRootCert })).rejects.toThrow(/POSTGRES_SSLMODE/);
        }
      }
      // The certificate is for 127.0.0.1 and localhost.
      const host = '127.0.0.2';
      expect(await isEncrypted({ host, sslMode: 'verify-ca', sslRootCert: own.certPath })).toBe(true);
      await expect(isEncrypted({ host, sslMode: 'verify-full', sslRootCert: own.certPath })).rejects.toThrow(
        /POSTGRES_SSLMODE/,
      );
    } finally {
      await secure.stop();
      await Promise.all([own.remove(), other.remove()]);
    }
  });
});
