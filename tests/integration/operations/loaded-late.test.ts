import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../support/server';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

/** Makes a process tell on SIGUSR2 how many files of Next it has loaded. */
const TELL = `
  process.on('SIGUSR2', () => {
    const files = Object.keys(require.cache).filter((file) => /node_modules.next\\W/.test(file));
    console.log('process ' + process.pid + ' has loaded ' + files.length + ' files of Next');
  });
`;

const parts = useParts();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loaded-late-'));
  await writeFile(join(folder, 'tell.cjs'), TELL);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(settings: Record<string, unknown> = {}): Promise<RunningServer> {
  const upstream = await parts.upstream();
  return parts.server({
    env: { NODE_OPTIONS: `--require=${join(folder, 'tell.cjs')}` },
    envFile: envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      ...settings,
    }),
  });
}

async function filesOfNext(server: RunningServer, pid = server.pid): Promise<number> {
  const from = server.stdout().length;
  process.kill(pid, 'SIGUSR2');
  const told = await server.waitForOutput(new RegExp(`process ${pid} has loaded (\\d+) files`), { from });
  return Number(told[1]);
}

const page = (server: RunningServer) => fetch(`${server.url}/login`);
const ask = (server: RunningServer, path: string) =>
  fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });

describe('a process that is asked for no page', () => {
  it('has not loaded Next, whatever else it answers', async () => {
    const server = await start();
    expect((await chat(server.url)).status).toBe(200);
    for (const path of ['/health', '/ready', '/metrics', '/api/admin/keys', '/icons/trouble.svg'])
      expect((await ask(server, path)).status, path).toBe(200);
    expect(await filesOfNext(server)).toBe(0);
  });

  it('loads it for the first page, once for ten browsers that come at once', async () => {
    const server = await start();
    const answers = await Promise.all(Array.from({ length: 10 }, () => page(server)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('OpenAI Balance');
    }
    expect(await filesOfNext(server)).toBeGreaterThan(0);
    expect(server.stdout()).not.toContain('"level":50');
  });
});

it('never loads it in a worker, which passes pages on', async () => {
  const server = await start({ WORKERS: 2 });
  for (let i = 0; i < 4; i += 1) expect((await page(server)).status).toBe(200);
  const { items } = (await (await ask(server, '/api/admin/instances')).json()) as {
    items: readonly { pid: number }[];
  };
  const workers = items.filter(({ pid }) => pid !== server.pid);
  expect(workers).toHaveLength(2);
  for (const { pid } of workers) expect(await filesOfNext(server, pid)).toBe(0);
  expect(await filesOfNext(server)).toBeGreaterThan(0);
});
