import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { Browser } from '../admin/support';
import { reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, databaseFile, keyRow, query, secretKey, TOKEN, useParts } from './support';

const DAY_AND_HOUR_MS = 25 * 3_600_000;
const parts = useParts();

it('a session that was signed out of stays so over a restart, also for a copy of its cookie', async () => {
  const options = {
    dataDir: await parts.dataDir(),
    env: { ALLOWED_TOKENS: TOKEN, AUTH_TOKEN: ADMIN_TOKEN },
  };
  const first = await parts.server(options);
  const [leaving, staying] = [new Browser(first.url), new Browser(first.url)];
  await leaving.signIn(ADMIN_TOKEN);
  await staying.signIn(ADMIN_TOKEN);
  const cookies = [leaving.cookieHeader, staying.cookieHeader];
  await leaving.signOut();
  first.kill('SIGKILL');
  await first.exited;

  const second = await parts.server(options);
  const statuses = cookies.map(
    async (cookie) => (await fetch(`${second.url}/api/admin/session`, { headers: { cookie } })).status,
  );
  expect(await Promise.all(statuses)).toEqual([401, 200]);
});

it('a sign-out counts in the other programs on the database', async () => {
  const env = {
    ALLOWED_TOKENS: TOKEN,
    AUTH_TOKEN: ADMIN_TOKEN,
    ENCRYPTION_KEY: 'b'.repeat(64),
    SQLITE_DATABASE: `${await parts.dataDir()}/shared.sqlite`,
  };
  const [first, second] = [await parts.server({ env }), await parts.server({ env })];
  const browser = new Browser(first.url);
  await browser.signIn(ADMIN_TOKEN);
  const cookie = browser.cookieHeader;
  const statusThere = async () =>
    (await fetch(`${second.url}/api/admin/session`, { headers: { cookie } })).status;
  expect(await statusThere()).toBe(200);
  await browser.signOut();
  await waitFor(async () => (await statusThere()) === 401, { what: 'the other program to learn of it' });
});

it('no rest that was written under a clock 25 hours ahead is longer than it was asked to be', async () => {
  const upstream = await parts.upstream();
  const options = {
    dataDir: await parts.dataDir(),
    env: {
      ALLOWED_TOKENS: TOKEN,
      AUTH_TOKEN: ADMIN_TOKEN,
      API_KEYS: secretKey('aaa'),
      BASE_URL: upstream.baseUrl,
      MAX_RETRIES: '0',
    },
  };
  upstream.forKey(secretKey('aaa'), reply.rateLimited({ retryAfter: '5' }));
  const first = await parts.server(options);
  expect((await chat(first.url)).status).toBe(429);
  await waitFor(() => keyRow(databaseFile(first), 'aaa')?.modelCooldowns !== '{}', {
    what: 'the rest to be kept',
  });
  await first.stop();
  const file = databaseFile(first);
  const [row] = query<{ modelCooldowns: string }>(file, 'SELECT modelCooldowns FROM ApiKey');
  const ahead = Object.entries(JSON.parse(row?.modelCooldowns ?? '{}') as Record<string, number>).map(
    ([model, until]) => [model, until + DAY_AND_HOUR_MS],
  );
  const connection = new Sqlite(file);
  connection
    .prepare('UPDATE ApiKey SET modelCooldowns = ?, cooldownUntil = ?, updatedAt = updatedAt + ?')
    .run(JSON.stringify(Object.fromEntries(ahead)), Date.now() + DAY_AND_HOUR_MS + 5_000, DAY_AND_HOUR_MS);
  connection.close();

  const second = await parts.server(options);
  const { status, headers } = await chat(second.url);
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(6);
  upstream.forKey(secretKey('aaa'), reply.healthy);
  await waitFor(async () => (await chat(second.url)).status === 200, { what: 'the rest to be over' });
});
