import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningServer, StartServerOptions } from '../../support/server';
import { chat, countRows, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

/** The product's budget, from spawn to ready. */
const READY_MS = 3_000;
const madeToken = /\b(sk-balance-[\w-]+)/;

const parts = useParts();

/** Starts a program that is expected to refuse; resolves with all it said. */
async function refusal(options: StartServerOptions): Promise<string> {
  const server = await parts.server({ ...options, waitUntil: 'spawned' });
  const { code } = await server.exited;
  expect(code, server.stdout()).toBe(1);
  expect(server.stdout()).not.toContain('listening on');
  return server.stdout();
}

describe('without any configuration', () => {
  // A machine that is busy with something else gets another try.
  it('is ready within three seconds', { retry: 3 }, async () => {
    await parts.server({ readyTimeoutMs: READY_MS });
  });

  it('makes a token that is shown once, kept for the owner only, and works', async () => {
    const dataDir = await parts.dataDir();
    const first = await parts.server({ dataDir });
    const token = madeToken.exec(first.stdout())?.[1] ?? '';
    expect(first.stdout().split(token)).toHaveLength(2);
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).toContain(token);
    expect((await stat(databaseFile(first))).mode & 0o077).toBe(0);
    // There is no key yet, so being let in looks like this.
    expect((await chat(first.url, { token })).status).toBe(503);
    expect((await chat(first.url, { token: `${token}x` })).status).toBe(401);
    await first.stop();

    const second = await parts.server({ dataDir });
    expect(second.stdout()).not.toContain(token);
    expect(second.stdout()).not.toMatch(madeToken);
    expect((await chat(second.url, { token })).status).toBe(503);
  });

  it('makes no token when ALLOWED_TOKENS are set', async () => {
    const server = await parts.server({ env: { ALLOWED_TOKENS: TOKEN } });
    expect(server.stdout()).not.toMatch(madeToken);
    expect(await readFile(join(server.dataDir, 'secrets.json'), 'utf8')).not.toContain('clientToken');
  });
});

it('takes all its settings from the file alone', async () => {
  const upstream = await parts.upstream();
  const server = await parts.server({
    envFile: envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      SQLITE_DATABASE: 'named_by_the_file',
      LOG_LEVEL: 'DEBUG',
    }),
    env: { LOG_LEVEL: '' },
  });
  expect((await chat(server.url)).status).toBe(200);
  expect(upstream.requestsOf(secretKey('aaa'))).toHaveLength(1);
  expect((await stat(join(server.dataDir, 'named_by_the_file.sqlite'))).isFile()).toBe(true);
});

describe('a wrong setting stops the start with code 1 and is named, without secrets', () => {
  const secret = 'sk-this-must-not-leak-0123456789';
  const wrong: Record<string, string> = {
    MAX_RETRIES: 'banana',
    MAX_FAILURES: '0',
    BASE_URL: `ftp://user:${secret}@127.0.0.1/v1`,
    API_KEYS: `["${secret} has a blank"]`,
    ALLOWED_TOKENS: `["${secret}\u00e4"]`,
    AUTH_TOKEN: `${secret} has a blank`,
    CUSTOM_HEADERS: `{"X-Secret": "${secret}"`,
    PROXIES: `["gopher://user:${secret}@127.0.0.1:1"]`,
    PROVIDERS_CONFIG: `[{"name":"A","path":"a","base_url":"nonsense","api_keys":["${secret}"]}]`,
    TIMEZONE: 'Mars/Olympus',
    LOG_LEVEL: 'LOUD',
  };

  it('in the environment: every one of several', async () => {
    const output = await refusal({ env: wrong });
    for (const name of Object.keys(wrong)) expect(output).toContain(name);
    expect(output).toContain('banana');
    expect(output).not.toContain(secret);
  });

  it('in the file: every one of several', async () => {
    const output = await refusal({ envFile: envFile(wrong), env: { LOG_LEVEL: '' } });
    for (const name of Object.keys(wrong)) expect(output).toContain(name);
    expect(output).not.toContain(secret);
  });

  it('before the database opens: every one, and those that are needed later too', async () => {
    const output = await refusal({
      env: {
        DATABASE_TYPE: 'oracle',
        ENCRYPTION_KEY: 'too-short',
        MYSQL_PORT: '99999',
        MAX_RETRIES: 'banana',
      },
    });
    for (const name of ['DATABASE_TYPE', 'ENCRYPTION_KEY', 'MYSQL_PORT', 'MAX_RETRIES']) {
      expect(output).toContain(name);
    }
    expect(output).not.toContain('too-short');
  });

  it('a settings file that is a folder', async () => {
    const folder = await parts.dataDir();
    expect(await refusal({ env: { ENV_FILE: folder } })).toContain(folder);
  });

  it('a port that is taken', async () => {
    const server = await parts.server();
    expect(await refusal({ env: { PORT: String(server.port) } })).toContain('EADDRINUSE');
  });

  it('a database that cannot be opened', async () => {
    const folder = await parts.dataDir();
    const output = await refusal({ env: { SQLITE_DATABASE: folder } });
    expect(output).toContain('[database_failed]');
  });
});

describe('ENCRYPTION_KEY', () => {
  const bytes = randomBytes(32);
  const keys = [secretKey('aaa'), secretKey('bbb')];

  async function start(dataDir: string, ENCRYPTION_KEY: string): Promise<RunningServer> {
    const upstream = await parts.upstream();
    const env = {
      ENCRYPTION_KEY,
      BASE_URL: upstream.baseUrl,
      API_KEYS: keys.join(','),
      ALLOWED_TOKENS: TOKEN,
    };
    const server = await parts.server({ dataDir, env });
    expect((await chat(server.url)).status).toBe(200);
    expect(countRows(databaseFile(server), 'ApiKey')).toBe(2);
    await server.stop();
    return server;
  }

  it('may be hex or base64: the same bytes open the same database', async () => {
    const dataDir = await parts.dataDir();
    await start(dataDir, bytes.toString('hex'));
    const server = await start(dataDir, bytes.toString('base64'));
    expect(server.stdout()).not.toContain('cannot be decrypted');
    await expect(stat(join(dataDir, 'secrets.json'))).rejects.toThrow('ENOENT');
  });

  it('may be a passphrase, and a wrong one is refused with a clear word', async () => {
    const dataDir = await parts.dataDir();
    const right = 'correct horse battery staple';
    const wrong = 'incorrect horse battery staple';
    await start(dataDir, right);
    await start(dataDir, right);
    const output = await refusal({ dataDir, env: { ENCRYPTION_KEY: wrong } });
    expect(output).toContain('ENCRYPTION_KEY');
    expect(output).not.toContain('horse');
    // It has not harmed anything.
    await start(dataDir, right);
  });
});

it('two servers on one SQLite file, started at once, share keys and logs without corrupting it', async () => {
  const dataDir = await parts.dataDir();
  const upstream = await parts.upstream();
  const names = ['aaa', 'bbb', 'ccc', 'ddd'];
  const env = {
    ENCRYPTION_KEY: 'correct horse battery staple',
    BASE_URL: upstream.baseUrl,
    API_KEYS: names.map(secretKey).join(','),
    ALLOWED_TOKENS: TOKEN,
  };
  const servers = await Promise.all([parts.server({ dataDir, env }), parts.server({ dataDir, env })]);
  const loads = servers.map((server) => parts.load(server, { loops: 4 }));
  await Promise.all(loads.map((load) => load.more(200)));
  await Promise.all(loads.map((load) => load.stop()));
  expect(loads.flatMap((load) => load.failures)).toEqual([]);
  for (const server of servers) expect(await server.stop()).toEqual({ code: 0, signal: null });

  const file = databaseFile(servers[0]);
  expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(countRows(file, 'ApiKey')).toBe(names.length);
  expect(countRows(file, 'RequestLog')).toBe(loads[0]!.succeeded + loads[1]!.succeeded);
  for (const server of servers) expect(server.stdout()).not.toMatch(/"level":50/);
});
