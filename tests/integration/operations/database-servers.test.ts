import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { runAdmin } from '../../support/command';
import {
  databaseSettings,
  startDatabaseServers,
  type ServerTestOptions,
} from '../../support/database-servers';
import { rawSql } from '../../support/raw-sql';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();

onEachServer('on $name', (running) => {
  let database: ServerTestOptions;
  let upstream: ScriptedUpstream;
  let settings: Record<string, unknown>;
  let env: Record<string, string>;
  beforeEach(async () => {
    database = await running.freshDatabase();
    upstream = await parts.upstream();
    upstream.fallbackReply = async (request, response) => {
      await delay(4);
      return reply.healthy(request, response);
    };
    settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      MAX_FAILURES: 1,
    };
    env = databaseSettings(database);
  });

  const select = (sql: string) => rawSql(database, sql);
  const rowsOf = async (table: string) => Number((await select(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);

  it('migrates, serves, logs, keeps states and starts again on what it left', async () => {
    const dataDir = await parts.dataDir();
    upstream.forKey(secretKey('ccc'), reply.error(401, { code: 'invalid_api_key' }));
    let server = await parts.server({ dataDir, env, envFile: envFile(settings) });
    for (let request = 0; request < 9; request += 1) expect((await chat(server.url)).status).toBe(200);
    await waitFor(async () => (await rowsOf('RequestLog')) === 9, { what: 'the rows' });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    const uses = upstream.requestsOf(secretKey('ccc')).length;
    expect(uses).toBe(1);

    server = await parts.server({ dataDir, env, envFile: envFile(settings) });
    for (let request = 0; request < 9; request += 1) expect((await chat(server.url)).status).toBe(200);
    expect(upstream.requestsOf(secretKey('ccc'))).toHaveLength(uses);
    expect(await rowsOf('ApiKey')).toBe(3);
    await waitFor(async () => (await rowsOf('RequestLog')) === 18, { what: 'more rows' });
    expect(await select(`SELECT disabledBy FROM ApiKey WHERE hint LIKE '%-ccc'`)).toMatchObject([
      { disabledBy: 'auto' },
    ]);
  });

  it('takes commands, and its backup goes into SQLite and from there into a new database', async () => {
    const [dataDir, sqlite, last] = await Promise.all([parts.dataDir(), parts.dataDir(), parts.dataDir()]);
    const server = await parts.server({ dataDir, env, envFile: envFile(settings) });
    const command = async (args: readonly string[], more: Record<string, string>): Promise<string> => {
      const result = await runAdmin(args, { env: { BACKUP_PASSPHRASE: 'correct horse battery', ...more } });
      expect([result.code, result.stderr]).toEqual([0, '']);
      return result.stdout;
    };
    const here = { ...env, DATA_DIR: dataDir };
    expect((await command(['list-keys'], here)).match(/active/g)).toHaveLength(3);
    await command(['backup', join(dataDir, 'first')], here);
    await server.stop();
    await command(['restore', join(dataDir, 'first')], { DATA_DIR: sqlite });
    await command(['backup', join(dataDir, 'second')], { DATA_DIR: sqlite });
    const fresh = databaseSettings(await running.freshDatabase());
    await command(['restore', join(dataDir, 'second')], { ...fresh, DATA_DIR: last });
    const moved = await parts.server({ dataDir: last, env: fresh });
    for (let request = 0; request < 3; request += 1) expect((await chat(moved.url)).status).toBe(200);
    for (const name of ['aaa', 'bbb', 'ccc']) expect(upstream.requestsOf(secretKey(name))).toHaveLength(1);
  });

  it('a restart of the database under load fails no request; what happened meanwhile is made up for', async () => {
    const server = await parts.server({ env, envFile: envFile(settings) });
    const load = parts.load(server, { loops: 4 });
    await load.more(100);
    await running.down();
    try {
      await load.more(200);
      const ready = () => fetch(`${server.url}/ready`).then(({ status }) => status);
      await waitFor(async () => (await ready()) === 503, { timeoutMs: 20_000, what: '/ready to tell' });
      upstream.forKey(secretKey('ccc'), reply.error(401, { code: 'invalid_api_key' }));
      await server.writeEnvFile(envFile({ ...settings, API_KEYS: ['aaa', 'ccc', 'ddd'].map(secretKey) }));
      await load.more(200);
    } finally {
      await running.up();
    }
    await server.waitUntilReady();
    await waitFor(() => upstream.requestsOf(secretKey('ddd')).length > 0, {
      timeoutMs: 20_000,
      what: 'the new key to be used',
    });
    await load.more(100);
    // It takes refusals with rests between them, so requests go on until then.
    const disabled = async () =>
      (await select(`SELECT id FROM ApiKey WHERE hint LIKE '%-ccc' AND disabledBy = 'auto'`)).length;
    await waitFor(async () => (await disabled()) === 1, {
      timeoutMs: 30_000,
      what: 'the state of the key',
    });
    await load.stop();
    expect(load.failures).toEqual([]);
    await waitFor(async () => (await rowsOf('RequestLog')) === load.succeeded, {
      timeoutMs: 30_000,
      what: `${load.succeeded} rows`,
    });
    expect(server.stdout()).not.toContain('log rows were dropped');
    // The one that was taken out can come back as it was for ten minutes.
    expect(await rowsOf('ApiKey WHERE deletedAt IS NULL')).toBe(3);
  });
});

const WRONG = 'not-the-password-0123456789';

onEachServer('a start on $name that is not let in', (running) => {
  type Refusal = readonly [env: Readonly<Record<string, string>>, says: RegExp];
  const url = ({ user, port }: ServerTestOptions, password: string, rest = '/balance') =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}${rest}`;
  const REFUSALS: Record<ServerTestOptions['type'], (database: ServerTestOptions) => readonly Refusal[]> = {
    mysql: () => [
      [{ MYSQL_PASSWORD: WRONG }, /\[(database_failed|migration_failed)\]/],
      [{ MYSQL_PORT: '1' }, /\[(database_failed|migration_failed)\]/],
    ],
    postgres: (database) => [
      [{ POSTGRES_PASSWORD: WRONG }, /POSTGRES_PASSWORD.*28P01/],
      [{ POSTGRES_PASSWORD: '' }, /POSTGRES_PASSWORD/],
      [{ POSTGRES_USER: 'nobody' }, /POSTGRES_USER/],
      [{ POSTGRES_DATABASE: 'other' }, /POSTGRES_DATABASE.*3D000/],
      [{ POSTGRES_PORT: '1' }, /POSTGRES_PORT.*ECONNREFUSED/],
      [{ POSTGRES_HOST: 'nowhere.invalid' }, /POSTGRES_HOST/],
      [{ POSTGRES_SSLMODE: 'require' }, /POSTGRES_SSLMODE/],
      [{ POSTGRES_SSLMODE: 'verify-full', POSTGRES_SSLROOTCERT: '/nowhere/ca.pem' }, /POSTGRES_SSLROOTCERT/],
      [{ DATABASE_URL: url(database, WRONG) }, /DATABASE_URL.*28P01/],
      [{ DATABASE_URL: url(database, WRONG, '/balance?sslmode=maybe') }, /DATABASE_URL.*verify-full/],
    ],
  };

  it('says which setting is wrong, and no password', { timeout: 120_000 }, async () => {
    const database = await running.freshDatabase();
    for (const [env, says] of REFUSALS[database.type](database)) {
      const server = await parts.server({
        env: { ...databaseSettings(database), ...env },
        waitUntil: 'spawned',
      });
      expect(await server.exited).toEqual({ code: 1, signal: null });
      expect(server.stdout()).toMatch(says);
      for (const password of [WRONG, encodeURIComponent(WRONG), database.password]) {
        expect(server.stdout()).not.toContain(password);
      }
    }
  });
});
