import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { startServer, type RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const OTHER_TOKEN = 'sk-client-fedcba9876543210';
/** Five seconds, and what a changed file has to be noticed. */
const GONE_MS = 8_000;
const HELD = /acts when it has stayed so for 5 s/;

const parts = useParts();
let upstream: ScriptedUpstream;
let server: RunningServer;
let whole: string;

interface StoredKey {
  readonly id: string;
  readonly hint: string;
  readonly requestCount: number;
  readonly deletedAt: number | null;
  readonly modelCooldowns: string;
}

const storedKeys = () =>
  query<StoredKey>(
    databaseFile(server),
    'SELECT id, hint, requestCount, deletedAt, modelCooldowns FROM ApiKey ORDER BY id',
  );

const admin = (path: string, token = ADMIN_TOKEN) =>
  fetch(`${server.url}/api/admin/${path}`, { headers: { authorization: `Bearer ${token}` } });

async function liveKeys(): Promise<readonly Record<string, unknown>[]> {
  const { items } = (await (await admin('keys?pageSize=100')).json()) as { items: Record<string, unknown>[] };
  const byId = items.sort((a, b) => String(a['id']).localeCompare(String(b['id'])));
  return byId.map(({ id, hint, provider, status, requestCount, errorCount }) => ({
    ...{ id, hint, provider, status, requestCount, errorCount },
  }));
}

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  whole = envFile({
    BASE_URL: upstream.baseUrl,
    ALLOWED_TOKENS: [OTHER_TOKEN, TOKEN],
    API_KEYS: ['aaa', 'bbb'].map(secretKey),
    PROVIDERS_CONFIG: [
      { name: 'Extra', path: 'extra', base_url: upstream.baseUrl, api_keys: [secretKey('xxx')] },
    ],
    AUTH_TOKEN: ADMIN_TOKEN,
  });
  server = await startServer({ envFile: whole });
});

afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

describe('a settings file that somebody is still writing', () => {
  it('takes nothing away and applies no half, wherever it is cut; then everything is as before', async () => {
    upstream.forKey(secretKey('aaa'), reply.rateLimited({ retryAfter: '600' }));
    for (let i = 0; i < 4; i++) expect((await chat(server.url)).status).toBe(200);
    expect((await chat(server.url, { path: '/extra/v1' })).status).toBe(200);
    const before = await liveKeys();
    expect(before.map(({ status }) => status).sort()).toEqual(['active', 'active', 'cooling']);

    const ends = [...whole.matchAll(/\n/g)].map(({ index }) => index + 1);
    for (const end of [0, 5, ...ends.slice(0, -1), (ends[1] ?? 0) + 30, whole.length - 2]) {
      const from = server.stdout().length;
      // In place, as an editor or a full disk does it.
      await writeFile(server.envFilePath, whole.slice(0, end));
      await server.waitForOutput(HELD, { from });
      expect(await liveKeys()).toEqual(before);
      expect((await admin('session', OTHER_TOKEN)).status).not.toBe(200);
    }
    await writeFile(server.envFilePath, whole);
    expect((await chat(server.url)).status).toBe(200);
    expect((await liveKeys()).map(({ id, status }) => [id, status])).toEqual(
      before.map(({ id, status }) => [id, status]),
    );
    expect(storedKeys().every(({ deletedAt }) => deletedAt === null)).toBe(true);
  });

  it('takes away what it lacks when it stays so for 5 s; the keys that return are the same, with state and counters', async () => {
    const before = await liveKeys();
    await writeFile(server.envFilePath, '');
    await server.waitForOutput(/AUTH_TOKEN is gone from the settings/, { timeoutMs: GONE_MS });
    await waitFor(async () => (await liveKeys()).length === 0, { what: 'the keys to be gone' });

    // A client token has not become the admin's.
    expect((await admin('session', OTHER_TOKEN)).status).not.toBe(200);
    expect((await admin('session')).status).toBe(200);

    await writeFile(server.envFilePath, whole);
    await waitFor(async () => (await liveKeys()).length === before.length, { what: 'the keys to be back' });
    expect(await liveKeys()).toEqual(before);
    expect((await chat(server.url, { path: '/extra/v1' })).status).toBe(200);
    expect((await admin('session')).status).toBe(200);
  });

  it('acts at once where it only adds', async () => {
    const from = server.stdout().length;
    const more = `${whole}MAX_RETRIES=7\n`;
    await writeFile(server.envFilePath, more);
    await server.waitForOutput(/settings applied/, { from });
    expect(await readFile(server.envFilePath, 'utf8')).toBe(more);
  });
});

it('instances that share a database but not a file take nothing away from one another', async () => {
  const dataDir = await parts.dataDir();
  const secrets = { ENCRYPTION_KEY: 'a'.repeat(64), SQLITE_DATABASE: `${dataDir}/shared.sqlite` };
  const first = await parts.server({ env: secrets, envFile: whole });
  const second = await parts.server({ env: secrets, envFile: 'MAX_RETRIES=2\n' });
  const statusOf = async ({ url }: RunningServer, token: string) =>
    (await fetch(`${url}/api/admin/session`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await statusOf(second, ADMIN_TOKEN)).toBe(200);
  expect(await statusOf(second, OTHER_TOKEN)).toBe(401);
  await second.stop();
  await first.stop();
  const again = await parts.server({ env: secrets, envFile: 'MAX_RETRIES=3\n' });
  expect(await statusOf(again, ADMIN_TOKEN)).toBe(200);
  expect((await chat(again.url)).status).toBe(200);
});
