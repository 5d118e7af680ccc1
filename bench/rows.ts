// `npm run bench:rows -- --dialect=postgres`: how soon the admin API answers what the pages ask of a large log, while
// 50 requests/s come in, and what deleting half of it does to them. Each question is asked five times, the first time
// with nothing read yet.
//   --rows=<n>       rows of the request log; 10,000,000 if not given
//   --dialect=<name> sqlite, postgres or the address of an empty PostgreSQL database; sqlite if not given
//   --folder=<path>  where a SQLite file is filled and left; a log that has rows is taken as it is
//   --only=<text>    only the questions whose address has it, and nothing is deleted; `prune` asks nothing and deletes
//   --root=<path>    where the built program stands; here if not given
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tests/support/free-port';
import { ADMIN_TOKEN, keysOf, ROOT, startBuilt } from './contenders';
import { Load } from './load/load';
import type { Program } from './program';
import { askAll, print } from './rows/ask';
import { fillLog } from './rows/fill';
import { openPlace, type Place } from './rows/places';
import { prune } from './rows/prune';
import { startUpstream } from './upstream';

const PROVIDERS = ['azure', 'deepinfra', 'groq', 'openai', 'together'];
const KEYS_OF_EACH = 100;
const TOKENS = 50;
const CLIENT_TOKEN = 'bench-client-token-0123456789';

const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

export interface Gateway {
  readonly program: Program;
  readonly port: number;
  readonly ask: <T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) => Promise<T>;
}

async function main(): Promise<void> {
  const rows = Number(option('rows') ?? 10_000_000);
  const kept = option('folder');
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'openai-balance-rows-'));
  mkdirSync(folder, { recursive: true });
  const place = await openPlace(option('dialect') ?? 'sqlite', folder);
  const upstream = await startUpstream(folder, await freePort());
  const load = new Load();
  try {
    const start = () => startGateway(place, folder, upstream.origin);
    await fill(place, start, rows);
    const gateway = await start();
    const only = option('only');
    print(await askAll(gateway, load, only ?? ''));
    if (only === undefined || only === 'prune') console.log(await prune(gateway, load, folder));
    await gateway.program.stop();
  } finally {
    await load.stop();
    await upstream.stop();
    await place.stop();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** A log that has rows already is left as it is. */
async function fill(place: Place, start: () => Promise<Gateway>, rows: number): Promise<void> {
  const gateway = await start();
  const { total } = await gateway.ask<{ total: number }>('GET', '/logs/requests?pageSize=1');
  if (total === 0) {
    for (let n = 0; n < TOKENS; n += 1) await gateway.ask('POST', '/tokens', { name: `client ${n}` });
  }
  await gateway.program.stop();
  if (total > 0) return;
  const database = await place.open();
  const startedAt = Date.now();
  await fillLog(database, rows, startedAt, (day) => {
    console.log(`day ${day} of 30 is filled after ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
  });
  await database.close();
}

async function startGateway(place: Place, folder: string, upstream: string): Promise<Gateway> {
  const port = await freePort();
  const providers = PROVIDERS.map((name) => ({
    name,
    path: name,
    base_url: `${upstream}/v1`,
    api_keys: keysOf(name, KEYS_OF_EACH),
  }));
  const settings = [
    ...place.settings,
    `PROVIDERS_CONFIG='${JSON.stringify(providers)}'`,
    `ALLOWED_TOKENS=${CLIENT_TOKEN}`,
    `AUTH_TOKEN=${ADMIN_TOKEN}`,
    'DRAIN_SECONDS=0',
  ];
  const program = await startBuilt({ folder, port, settings, root: option('root') ?? ROOT });
  return { program, port, ask: (method, path, body) => ask(port, method, path, body) };
}

async function ask<T>(port: number, method: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}/api/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

await main();
