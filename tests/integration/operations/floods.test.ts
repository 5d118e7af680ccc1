import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { everyRoute } from '../../support/routes';
import { tieToTestProcess, type RunningServer } from '../../support/server';
import { ADMIN_TOKEN, chat, secretKey, TOKEN, useParts } from './support';

const MEGABYTES = 50;
const FLOOD = join(import.meta.dirname, '../../support/flood.mjs');
const KINDS = ['brackets', 'json', 'form', 'multipart'];
/**
 * What a person would call at once. A machine that is slower under such a load may take a multiple of its own usual
 * wait.
 */
const WAIT_MS_MAX = 200;
const TIMES_USUAL = 20;
const BATCH = 20;
const TRIES_MAX = 3;

interface Attack {
  readonly method: string;
  readonly path: string;
  readonly kind: string;
  readonly isChunked: boolean;
  readonly headers: string;
}

const parts = useParts();
let server: RunningServer;
let sink: Server;
/** The longest wait that is usual while somebody else is flooded. */
let usualMs: number;

beforeEach(async () => {
  usualMs = 0;
  const upstream = await parts.upstream();
  server = await parts.server({
    env: {
      API_KEYS: secretKey('aaa'),
      ALLOWED_TOKENS: TOKEN,
      AUTH_TOKEN: ADMIN_TOKEN,
      BASE_URL: upstream.baseUrl,
      LOG_LEVEL: 'ERROR',
    },
  });
  // Somebody else on this machine who does nothing with what he gets.
  sink = createServer((socket) => void socket.resume().on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(sink, 'listening');
});
afterEach(() => void sink.close());

const combinations = KINDS.flatMap((kind) =>
  [false, true].flatMap((isChunked) =>
    ['', 'next-action: 1234\r\n'].map((headers) => ({ kind, isChunked, headers })),
  ),
);

/** Each way of sending at the places that once could not stand it, and some way of it everywhere else. */
function attacks(): Attack[] {
  const hard = ['/', '/api/auth/callback/credentials'];
  const at = (path: string, i: number): Attack => ({
    method: 'POST',
    path,
    ...combinations[i % combinations.length]!,
  });
  return [
    ...hard.flatMap((path) => combinations.map((_, i) => at(path, i))),
    ...everyRoute().map(at),
    ...['GET', 'PATCH', 'TRACE'].flatMap((method) =>
      ['/login', '/api/admin/settings', '/api/auth/session'].map((path, i) => ({
        ...at(path, i),
        method,
      })),
    ),
  ];
}

async function flood(port: number, all: readonly Attack[]): Promise<number[]> {
  const child = spawn(process.execPath, [FLOOD, String(port), String(MEGABYTES)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  tieToTestProcess(child);
  child.stdin.end(JSON.stringify(all));
  return JSON.parse(await text(child.stdout)) as number[];
}

interface Waits {
  /** 99 of 100 are no longer. */
  readonly usualMs: number;
  readonly longestMs: number;
}

/** How long somebody waits who asks one thing after the other while something else goes on. */
async function waitsDuring(work: Promise<unknown>): Promise<Waits> {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  const waits: number[] = [];
  while (!isOver) {
    const startedAt = performance.now();
    expect((await chat(server.url)).status).toBe(200);
    waits.push(performance.now() - startedAt);
  }
  await over;
  waits.sort((a, b) => a - b);
  return { usualMs: waits[Math.floor(waits.length * 0.99)] ?? 0, longestMs: waits.at(-1) ?? 0 };
}

it('bodies of 50 MB from strangers, to every route and in every form, keep nobody else waiting', async () => {
  await chat(server.url);
  const all = attacks();
  const answers: string[] = [];
  const waits: string[] = [];
  for (let first = 0; first < all.length; first += BATCH) {
    const batch = all.slice(first, first + BATCH);
    const { statuses, wait } = await sent(batch);
    answers.push(...batch.map(({ method, path, kind }, i) => `${statuses[i]} ${method} ${path} ${kind}`));
    if (wait !== undefined) waits.push(`${first}: ${wait}`);
  }
  expect(answers.filter((answer) => !/^(400|401|404|405|413) /.test(answer))).toEqual([]);
  expect(waits).toEqual([]);
}, 600_000);

/**
 * Sends attacks to the gateway. The first ones, and those that seem to hold it up, go before that to a server that
 * reads them and does nothing, so that whatever else the machine is busy with slows down both alike. One slow answer
 * may be the machine's; a body that holds the gateway up does so each time, so only what is slow at every try is told.
 */
async function sent(batch: readonly Attack[]): Promise<{ statuses: number[]; wait: string | undefined }> {
  for (let tries = 1; ; tries += 1) {
    if (usualMs === 0 || tries > 1) {
      const beside = await waitsDuring(flood((sink.address() as AddressInfo).port, batch));
      usualMs = Math.max(usualMs, beside.usualMs);
    }
    const flooded = flood(server.port, batch);
    const { longestMs } = await waitsDuring(flooded);
    const statuses = await flooded;
    if (longestMs < Math.max(WAIT_MS_MAX, TIMES_USUAL * usualMs)) return { statuses, wait: undefined };
    if (tries === TRIES_MAX) return { statuses, wait: `${longestMs} ms, where ${usualMs} ms are usual` };
  }
}
