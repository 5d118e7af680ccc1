import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { beforeEach, expect, it } from 'vitest';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { Browser } from '../admin/support';
import { chat, countRows, databaseFile, envFile, keyRow, query, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
let upstream: ScriptedUpstream;
let settings: Record<string, unknown>;
let server: RunningServer;
let locker: Sqlite.Database;

const authorization = { authorization: `Bearer ${TOKEN}` };
const signedOut = () => query(databaseFile(server), 'SELECT id FROM SignedOutSession').length;

beforeEach(async () => {
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
  server = await parts.server({ envFile: envFile(settings) });
  locker = new Sqlite(databaseFile(server), { timeout: 5_000 });
  return () => locker.close();
});

it('a database that somebody else holds for seconds stops no request, and every row is written afterwards', async () => {
  const load = parts.load(server, { loops: 4 });
  await load.more(50);
  locker.exec('BEGIN IMMEDIATE');
  // What was being written has been written; from here on nothing can be.
  const rowsBefore = countRows(databaseFile(server), 'RequestLog');
  upstream.forKey(secretKey('ccc'), reply.error(401));
  await server.waitForOutput(/writing logs failed; it is tried again/, { timeoutMs: 20_000 });
  await load.more(200);
  expect(countRows(databaseFile(server), 'RequestLog')).toBe(rowsBefore);
  locker.exec('COMMIT');

  await load.more(50);
  await load.stop();
  expect(load.failures).toEqual([]);
  await waitFor(() => countRows(databaseFile(server), 'RequestLog') === load.succeeded, {
    timeoutMs: 20_000,
    what: () => `${load.succeeded} rows; there are ${countRows(databaseFile(server), 'RequestLog')}`,
  });
  await waitFor(() => keyRow(databaseFile(server), 'ccc')?.isDisabled === 1, {
    what: 'the state of the key',
  });
  expect(server.stdout()).not.toContain('log rows were dropped');
  expect(query(databaseFile(server), 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('while the database is held the dashboard reads, /ready tells, and a sign-out is written afterwards', async () => {
  const browser = new Browser(server.url);
  expect((await browser.signIn(TOKEN)).error).toBeNull();
  const copy = { cookie: browser.cookieHeader };
  const ready = () => fetch(`${server.url}/ready`).then(({ status }) => status);
  locker.exec('BEGIN IMMEDIATE');
  const blocked = Array.from({ length: 5 }, () =>
    fetch(`${server.url}/api/admin/jobs/prune-logs/run`, { method: 'POST', headers: authorization }),
  );
  for (const path of ['stats/overview', 'audit', 'logs/requests', 'keys']) {
    const { status } = await fetch(`${server.url}/api/admin/${path}`, { headers: authorization });
    expect([path, status]).toEqual([path, 200]);
  }
  await browser.signOut();
  expect(signedOut()).toBe(0);
  await waitFor(async () => (await ready()) === 503, { timeoutMs: 10_000, what: '/ready to tell' });
  await Promise.all(blocked);
  locker.exec('COMMIT');
  expect(await ready()).toBe(200);
  await waitFor(() => signedOut() === 1, { timeoutMs: 10_000, what: 'the sign-out to be written' });
  expect((await fetch(`${server.url}/api/admin/session`, { headers: copy })).status).toBe(401);
});

it('settings that change while the database is held are applied once it is free', async () => {
  locker.exec('BEGIN IMMEDIATE');
  await server.writeEnvFile(
    envFile({ ...settings, API_KEYS: [secretKey('ddd')], FILTERED_MODELS: ['gpt-old'] }),
  );
  // Half a second of answers with the old keys, which are still good.
  for (let request = 0; request < 50; request += 1) expect((await chat(server.url)).status).toBe(200);
  expect(upstream.requestsOf(secretKey('ddd'))).toEqual([]);
  locker.exec('COMMIT');
  await waitFor(
    async () => (await chat(server.url)).status === 200 && upstream.requestsOf(secretKey('ddd')).length > 0,
    {
      what: 'the new key to be used',
    },
  );
  expect((await chat(server.url, { model: 'gpt-old' })).status).toBe(404);
});

it('stops in order although the database is held, and says what could not be written', async () => {
  expect((await chat(server.url)).status).toBe(200);
  await waitFor(() => countRows(databaseFile(server), 'RequestLog') === 1, { what: 'the first row' });
  locker.exec('BEGIN IMMEDIATE');
  expect((await chat(server.url)).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(server.stdout()).toMatch(/log rows were dropped|writing logs failed/);
});
