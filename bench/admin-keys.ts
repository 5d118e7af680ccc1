/**
 * The admin API with 50,000 keys: how long an import takes, how fast any page is listed, and what traffic feels of it.
 * Needs the built program, and Linux. `npx tsx bench/admin-keys.ts [keys] [requests a second]`
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const KEYS = Number(process.argv[2] ?? 50_000);
const RATE = Number(process.argv[3] ?? 200);
const ADMIN = 'sk-admin-0123456789';
const CLIENT = 'sk-client-0123456789';
const ANSWER = JSON.stringify({ id: 'x', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });

const upstream = createServer((req, res) => {
  req.resume().on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
});
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
const upstreamPort = (upstream.address() as AddressInfo).port;

const dataDir = await mkdtemp(join(tmpdir(), 'admin-keys-'));
const server = spawn('node', ['server.mjs'], {
  env: {
    ...process.env,
    NODE_ENV: 'production',
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'WARNING',
    API_KEYS: 'sk-first-0123456789',
    ALLOWED_TOKENS: CLIENT,
    AUTH_TOKEN: ADMIN,
    DRAIN_SECONDS: '0',
    BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
  },
  stdio: ['ignore', 'pipe', 'inherit'] as const,
});
const port = await new Promise<number>((resolve) => {
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (found !== undefined) resolve(Number(found));
  });
});

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
function send(
  method: string,
  path: string,
  token: string,
  body?: unknown,
): Promise<{ ms: number; text: string }> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const req = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      res.on('end', () => resolve({ ms: performance.now() - start, text }));
    });
    req.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Sends RATE requests a second until it is told to stop; returns their latencies. */
async function traffic(until: Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  const pending = new Set<Promise<void>>();
  let isOver = false;
  void until.then(() => (isOver = true));
  const body = { model: 'gpt-4o', messages: [] };
  let next = performance.now();
  while (!isOver) {
    const one = send('POST', '/v1/chat/completions', CLIENT, body).then(({ ms }) => void latencies.push(ms));
    pending.add(one);
    void one.finally(() => pending.delete(one));
    next += 1000 / RATE;
    await sleep(Math.max(0, next - performance.now()));
  }
  await Promise.all(pending);
  return latencies;
}

function describe(latencies: readonly number[]): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)} ms (${sorted.length})`;
}

const admin = (method: string, path: string, body?: unknown) =>
  send(method, `/api/admin/${path}`, ADMIN, body);

async function task(path: string, body: unknown): Promise<{ ms: number; result: unknown }> {
  const start = performance.now();
  let { task: status } = JSON.parse((await admin('POST', path, body)).text) as {
    task: { id: string; state: string; result: unknown };
  };
  while (status.state === 'running') {
    await sleep(50);
    status = JSON.parse((await admin('GET', `tasks/${status.id}`)).text) as typeof status;
  }
  return { ms: performance.now() - start, result: status.result };
}

/** What the server has worked so far; on a busy machine that says more than the time that passed. */
async function cpuMs(): Promise<number> {
  const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measured(name: string, work: () => Promise<string>): Promise<void> {
  const before = await cpuMs();
  const done = work();
  const latencies = await traffic(done);
  const worked = (await cpuMs()) - before;
  console.log(`${name.padEnd(34)} ${await done}; ${worked} ms of CPU, traffic included`);
  console.log(`${' '.repeat(34)} traffic: ${describe(latencies)}`);
}

try {
  await traffic(sleep(2_000));
  await measured('before', () => sleep(5_000).then(() => 'nothing'));
  // Pages and endpoints are loaded when they are first asked for, once for each start.
  await admin('POST', 'keys/import', { provider: 'default', text: 'sk-warm-up-0123456789', preview: true });
  await admin('GET', 'keys');
  const text = Array.from({ length: KEYS }, (_, index) => `sk-bench-${index}-${'x'.repeat(40)}`).join('\n');
  await measured(
    `preview of ${KEYS}`,
    async () =>
      `${(await admin('POST', 'keys/import', { provider: 'default', text, preview: true })).ms.toFixed(0)} ms`,
  );
  await measured(
    `import of ${KEYS}`,
    async () => `${(await task('keys/import', { provider: 'default', text })).ms.toFixed(0)} ms`,
  );
  const queries = [
    'pageSize=50',
    'pageSize=500&page=100',
    'pageSize=500&sort=hint',
    'pageSize=50&sort=requestCount&order=desc',
    'pageSize=500&status=active&sort=lastUsedAt',
    'search=4999',
    `search=sk-bench-777-${'x'.repeat(40)}`,
  ];
  for (const query of queries) {
    await measured(`list ${query.slice(0, 28)}`, async () => {
      const times: number[] = [];
      for (let i = 0; i < 20; i++) times.push((await admin('GET', `keys?${query}`)).ms);
      return describe(times);
    });
  }
  await measured('overview', async () => {
    const times: number[] = [];
    for (let i = 0; i < 20; i++) times.push((await admin('GET', 'stats/overview?range=1h')).ms);
    return describe(times);
  });
  const bulk = (action: string) => async () =>
    `${(await task('keys/bulk', { action, filter: { search: 'sk-b' } })).ms.toFixed(0)} ms`;
  await measured(`disable ${KEYS}`, bulk('disable'));
  await measured('the second after', () => sleep(3_000).then(() => ''));
  await measured(`reset ${KEYS}`, bulk('reset'));
  await measured('the second after', () => sleep(3_000).then(() => ''));
  await measured(`delete ${KEYS}`, bulk('delete'));
} finally {
  server.kill('SIGTERM');
  upstream.close();
  agent.destroy();
  await rm(dataDir, { recursive: true, force: true });
}
