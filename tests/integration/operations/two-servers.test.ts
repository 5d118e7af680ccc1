import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runAdmin } from '../../support/command';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const ANOTHER = 'another server runs on this database';
const ENDED = 'the other server on this database has ended';

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

function start(): Promise<RunningServer> {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
  };
  return parts.server({ dataDir, envFile: envFile(settings) });
}

const lineWith = (server: RunningServer, words: string) =>
  server
    .stdout()
    .split('\n')
    .find((line) => line.includes(words));

it('a second server on the same SQLite file says so and what it means; counters of both add up', async () => {
  const first = await start();
  const second = await start();
  const said = JSON.parse(lineWith(second, ANOTHER) ?? '{}') as { other?: { pid: number }; pid?: number };
  expect(said.other?.pid).toBeGreaterThan(0);
  expect(said.pid).not.toBe(said.other?.pid);
  expect(first.stdout()).not.toContain(ANOTHER);

  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 4; n += 1) expect((await chat(first.url)).status).toBe(200);
    for (let n = 0; n < 2; n += 1) expect((await chat(second.url)).status).toBe(200);
  }
  const file = databaseFile(first);
  await first.stop();
  await waitFor(() => lineWith(second, ENDED), {
    timeoutMs: 15_000,
    what: 'the end of the first to be told',
  });
  await second.stop();
  expect(query(file, 'SELECT requestCount FROM ApiKey')).toEqual([{ requestCount: 18 }]);
});

it('the mark of a server dies with it, however it dies', async () => {
  const first = await start();
  first.kill('SIGKILL');
  await first.stop();
  const second = await start();
  expect(second.stdout()).not.toContain(ANOTHER);
});

it('what a command says beside two servers stays said, while both go on counting', async () => {
  const first = await start();
  const second = await start();
  for (const { url } of [first, second]) await chat(url);
  const { code, stderr } = await runAdmin(['disable', '--all'], { env: { DATA_DIR: dataDir } });
  expect(code, stderr).toBe(0);
  for (const { url } of [first, second]) {
    await waitFor(async () => (await chat(url)).status === 503, {
      timeoutMs: 5_000,
      what: 'the key to be out',
    });
  }
  await first.stop();
  await second.stop();
  const file = join(dataDir, 'default_db.sqlite');
  expect(query(file, 'SELECT disabledBy, requestCount FROM ApiKey')).toMatchObject([
    { disabledBy: 'manual' },
  ]);
});
