import { beforeEach, describe, expect, it } from 'vitest';
import {
  databaseSettings,
  startDatabaseServers,
  type ServerTestOptions,
} from '../../support/database-servers';
import { rawSql } from '../../support/raw-sql';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { Browser } from '../admin/support';
import { ADMIN_TOKEN, databaseFile, envFile, query, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();
const SETTINGS = { ALLOWED_TOKENS: [TOKEN], AUTH_TOKEN: ADMIN_TOKEN, BASE_URL: 'http://127.0.0.1:9/v1' };
const STRANGER = '203.0.113.7';

/** Somebody behind a reverse proxy asks for the admin API. */
const knock = (server: RunningServer, token: string, address = STRANGER) =>
  fetch(`${server.url}/api/admin/session`, {
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
  });

async function guess(server: RunningServer, times: number, address = STRANGER): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) statuses.push((await knock(server, `guess-${i}`, address)).status);
  return statuses;
}

const statusWith = async (server: RunningServer, cookie: string) =>
  (await fetch(`${server.url}/api/admin/session`, { headers: { cookie } })).status;

onEachServer('instances on one $name', (server) => {
  let database: ServerTestOptions;
  let here: RunningServer;
  let there: RunningServer;
  let settings = 0;

  const start = () =>
    parts.server({
      env: { ...databaseSettings(database), ENCRYPTION_KEY: '7'.repeat(64) },
      envFile: envFile(SETTINGS),
    });

  beforeEach(async () => {
    settings = 0;
    database = await server.freshDatabase();
    here = await start();
    there = await start();
  });

  const rows = async () =>
    (await rawSql(database, `SELECT address, guesses FROM GuessCount WHERE address = '${STRANGER}'`)) as {
      readonly address: string;
      readonly guesses: string;
    }[];

  const written = (count: number) =>
    waitFor(
      async () =>
        (await rows()).reduce((sum, row) => sum + (JSON.parse(row.guesses) as number[]).length, 0) === count,
      { what: `${count} wrong tokens in the database` },
    );

  /** What `from` has written by now is known at `to`: a later change of it is. */
  async function heard(from: RunningServer, to: RunningServer): Promise<void> {
    settings += 1;
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ values: { MAX_RETRIES: settings } });
    await fetch(`${from.url}/api/admin/settings`, { method: 'PATCH', headers, body });
    const isKnown = async () => {
      const answer = await (await fetch(`${to.url}/api/admin/settings`, { headers })).text();
      return new RegExp(`"MAX_RETRIES"[^}]*"value":${settings}\\b`).test(answer);
    };
    await waitFor(isKnown, { what: 'a change to be known at the other instance' });
  }

  it('add up wrong tokens, each of them once', async () => {
    expect(await guess(here, 2)).toEqual([401, 401]);
    await written(2);
    await heard(here, there);
    expect(await guess(there, 2)).toEqual([401, 401]);
    await written(4);
    await heard(there, here);
    expect(await guess(here, 1)).toEqual([429]);
  });

  it('whoever is blocked at one is blocked at the others, but not with the right token', async () => {
    expect(await guess(here, 5)).toEqual([401, 401, 401, 401, 429]);
    await waitFor(async () => (await rows()).some(({ guesses }) => guesses === '[]'), {
      what: 'the block',
    });
    await heard(here, there);
    const blocked = await knock(there, 'guess');
    expect(blocked.status).toBe(429);
    const waitSeconds = Number(blocked.headers.get('retry-after'));
    expect(waitSeconds).toBeGreaterThan(0);
    expect(waitSeconds).toBeLessThanOrEqual(60);
    expect((await knock(there, ADMIN_TOKEN)).status).toBe(200);
    expect((await knock(there, 'guess', '203.0.113.8')).status).toBe(401);
  });

  it(
    'while the database is away each counts for itself, and together when it is back',
    { timeout: 90_000 },
    async () => {
      await server.down();
      expect(await guess(here, 4)).toEqual([401, 401, 401, 401]);
      expect((await knock(here, ADMIN_TOKEN)).status).toBe(200);
      expect(await guess(there, 2)).toEqual([401, 401]);
      expect(await guess(here, 1)).toEqual([429]);
      expect((await knock(here, ADMIN_TOKEN)).status).toBe(200);
      expect(await guess(there, 1)).toEqual([401]);
      await server.up();
      await waitFor(async () => (await rows()).length === 2, {
        timeoutMs: 30_000,
        what: 'both to be written',
      });
      await heard(here, there);
      expect(await guess(there, 1)).toEqual([429]);
    },
  );

  it('a session that is signed out of at one is over at the others', async () => {
    const [leaving, staying] = [new Browser(here.url), new Browser(here.url)];
    for (const browser of [leaving, staying]) await browser.signIn(ADMIN_TOKEN);
    const cookies = [leaving.cookieHeader, staying.cookieHeader];
    for (const cookie of cookies) expect(await statusWith(there, cookie)).toBe(200);
    await leaving.signOut();
    await waitFor(async () => (await statusWith(there, cookies[0] ?? '')) === 401, {
      what: 'the sign-out',
    });
    expect(await statusWith(there, cookies[1] ?? '')).toBe(200);
  });

  it('another admin token, given at one, ends all sessions at all', async () => {
    const browser = new Browser(there.url);
    await browser.signIn(ADMIN_TOKEN);
    const cookie = browser.cookieHeader;
    for (const server of [here, there]) expect(await statusWith(server, cookie)).toBe(200);
    const changed = await fetch(`${here.url}/api/admin/settings`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ values: { AUTH_TOKEN: 'sk-another-0123456789abcdef' } }),
    });
    expect(changed.status).toBe(200);
    for (const server of [here, there]) {
      await waitFor(async () => (await statusWith(server, cookie)) === 401, { what: 'the session to end' });
    }
  });
});

describe('a restart on SQLite', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('forgets no wrong token (%s)', async (signal) => {
    const options = { dataDir: await parts.dataDir(), envFile: envFile(SETTINGS) };
    const first = await parts.server(options);
    expect(await guess(first, 3)).toEqual([401, 401, 401]);
    expect(await guess(first, 5, '203.0.113.8')).toContain(429);
    const stored = () => query<{ guesses: string }>(databaseFile(first), 'SELECT guesses FROM GuessCount');
    const isWritten = () =>
      [3, 0].every((count) =>
        stored().some((row) => (JSON.parse(row.guesses) as unknown[]).length === count),
      );
    // What is written last comes last; an orderly stop writes all by itself.
    if (signal === 'SIGKILL') await waitFor(isWritten, { what: 'it to be written' });
    first.kill(signal);
    await first.exited;

    const second = await parts.server(options);
    expect(await guess(second, 2)).toEqual([401, 429]);
    expect(await guess(second, 1, '203.0.113.8')).toEqual([429]);
    expect((await knock(second, ADMIN_TOKEN)).status).toBe(200);
  });
});
