import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parsePrometheus, sumOf } from '../../support/prometheus';
import { chatChunk, chatCompletion, chatStream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { chat, countRows, databaseFile, envFile, keyRow, query, secretKey, TOKEN, useParts } from './support';

const MB = 2 ** 20;
const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

const parts = useParts();
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** An upstream that reads bodies and keeps nothing of them, for loads that would fill the test's own memory. */
async function upstreamThat(answer: Answer): Promise<string> {
  const server: Server = createServer({ maxHeaderSize: 64 * 1024 }, (req, res) => {
    res.on('error', () => undefined);
    req
      .resume()
      .on('error', () => undefined)
      .on('end', () => answer(req, res));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const answerAfter =
  (ms: number): Answer =>
  (_req, res) =>
    void delay(ms).then(() =>
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(chatCompletion())),
    );

function settings(baseUrl: string, more: Record<string, unknown> = {}): string {
  return envFile({
    BASE_URL: baseUrl,
    API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey),
    ALLOWED_TOKENS: [TOKEN],
    MAX_FAILURES: 1,
    ...more,
  });
}

interface Got {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly connection: string | undefined;
  readonly text: string;
}

/** One exchange on a connection of the agent; rejects if that breaks. */
function post(
  url: string,
  agent: Agent | false,
  body: string | Iterable<Buffer>,
  length?: number,
  more: Record<string, string> = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, ...more, ...(length !== undefined && { 'content-length': length }) };
    const outgoing = httpRequest(
      `${url}/v1/chat/completions`,
      { method: 'POST', agent, headers },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { statusCode = 0, headers: got } = incoming;
          resolve({ status: statusCode, retryAfter: got['retry-after'], connection: got.connection, text });
        });
      },
    );
    outgoing.on('error', reject);
    if (typeof body === 'string') return void outgoing.end(body);
    void (async () => {
      for (const chunk of body) if (!outgoing.write(chunk)) await once(outgoing, 'drain');
      outgoing.end();
    })().catch(() => undefined);
  });
}

const SMALL = JSON.stringify({ model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }] });

/** A chat of so many bytes, made as it is sent. */
function* largeChat(bytes: number): Generator<Buffer> {
  const start = '{"model":"gpt-test","messages":[{"role":"user","content":"';
  const end = '"}]}';
  yield Buffer.from(start);
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let left = bytes - start.length - end.length; left > 0; left -= block.length) {
    yield block.subarray(0, Math.min(left, block.length));
  }
  yield Buffer.from(end);
}

/** What /proc says of the server, in MB: `VmRSS` now, `VmHWM` at most. */
function memoryMb(server: RunningServer, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
}

/** What buffers take outside of the heap, in MB. */
async function externalMb(server: RunningServer): Promise<number> {
  const response = await fetch(`${server.url}/metrics`, { headers: HEADERS });
  return sumOf(parsePrometheus(await response.text()), 'nodejs_external_memory_bytes') / MB;
}

async function ready(server: RunningServer): Promise<{ status: number; checks: Record<string, string> }> {
  const response = await fetch(`${server.url}/ready`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, checks };
}

async function expectNobodyHurt(server: RunningServer): Promise<void> {
  await waitFor(async () => (await ready(server)).status === 200, { what: 'the server to be ready again' });
  expect((await chat(server.url)).status).toBe(200);
  for (const name of ['aaa', 'bbb', 'ccc']) {
    expect(keyRow(databaseFile(server), name)).toMatchObject({
      isDisabled: 0,
      failures: 0,
      cooldownUntil: null,
    });
  }
  expect(server.stdout()).not.toMatch(/breaker|key disabled|our own fault/);
}

const rowsOf = (server: RunningServer, outcome: string): number =>
  query<{ rows: number }>(
    databaseFile(server),
    `SELECT COUNT(*) AS rows FROM RequestLog WHERE outcome = '${outcome}'`,
  )[0]?.rows ?? 0;

/** Connections that say so much and then nothing; they are gone when the test is over. */
async function holders(server: RunningServer, count: number, words = ''): Promise<Socket[]> {
  const { port } = new URL(server.url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), '127.0.0.1'));
  cleanUps.push(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(
    sockets.map((socket) => {
      socket.resume().on('error', () => undefined);
      return new Promise<void>((resolve) => socket.once('close', resolve).write(words, () => resolve()));
    }),
  );
  return sockets;
}

describe('memory for bodies', () => {
  const LARGE = 24 * MB;

  it('20 large bodies at once take no more than the budget; small requests pass, and the memory comes back', async () => {
    const baseUrl = await upstreamThat(answerAfter(50));
    const envText = settings(baseUrl, { MAX_BODY_MB: 32, MAX_BODIES_MB: 64, MAX_BODIES_ON_DISK_MB: 0 });
    const server = await parts.server({ envFile: envText });
    // Warm, so that what comes later is of the bodies.
    const warm = await Promise.all(Array.from({ length: 200 }, () => post(server.url, false, SMALL)));
    expect(warm.every(({ status }) => status === 200)).toBe(true);
    const before = memoryMb(server, 'VmRSS');
    const load = parts.load(server, { loops: 2 });
    const answers = await Promise.all(
      // Every other one does not say beforehand how long it is.
      Array.from({ length: 20 }, (_, index) =>
        post(server.url, false, largeChat(LARGE), index % 2 === 0 ? LARGE : undefined),
      ),
    );
    await load.stop();
    expect(load.failures).toEqual([]);
    for (const { status, retryAfter, text } of answers) {
      if (status !== 200)
        expect([status, retryAfter, text]).toEqual([503, '2', expect.stringContaining('gateway_overloaded')]);
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(6);
    const peak = memoryMb(server, 'VmHWM') - before;
    // Twice the budget, and what the collector has not got round to; without a budget it is 480 MB once or twice.
    expect(peak).toBeLessThan(300);
    // No body is kept, and the system has back what is not the heap's own breathing space.
    await waitFor(async () => (await externalMb(server)) < 24 && memoryMb(server, 'VmRSS') < before + 200, {
      timeoutMs: 40_000,
      what: () => `the memory to come back to ${before} MB; it is ${memoryMb(server, 'VmRSS')}`,
    });
    const answered = warm.length + answers.length + load.succeeded;
    await waitFor(() => countRows(databaseFile(server), 'RequestLog') === answered, {
      timeoutMs: 30_000,
      what: `${answered} rows`,
    });
    await expectNobodyHurt(server);
  }, 150_000);

  it.each([
    ['of 1 MB that do not come', MB, 0, 80],
    ['of 1 MB that stop at nine tenths', MB, 0.9 * MB, 80],
    ['of 64 KB that do not come', 64 * 1024, 0, 300],
  ])(
    'bodies %s keep small requests from nothing, and not for long larger ones',
    async (_what, bytes, sent, count) => {
      const other = 'sk-other-0123456789abcdef';
      const envText = settings(await upstreamThat(answerAfter(0)), {
        MAX_BODIES_MB: 64,
        ALLOWED_TOKENS: [TOKEN, other],
      });
      const server = await parts.server({ envFile: envText });
      const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n`;
      const words = `${head}content-length: ${bytes}\r\n\r\n${' '.repeat(sent)}`;
      await holders(server, count, words);
      for (const token of [TOKEN, other]) {
        for (let i = 0; i < 5; i += 1) expect((await chat(server.url, { token })).status).toBe(200);
      }
      const more = { authorization: `Bearer ${other}` };
      const large = await post(server.url, false, largeChat(30 * MB), 30 * MB, more);
      expect(large.status).toBe(200);
      await expectNobodyHurt(server);
    },
  );

  it('closes the connection of a body that is refused for want of memory: nobody reads what is left of it', async () => {
    const held: (() => void)[] = [];
    const baseUrl = await upstreamThat((...exchange) => void held.push(() => answerAfter(0)(...exchange)));
    const server = await parts.server({
      envFile: settings(baseUrl, { MAX_BODIES_MB: 4, MAX_BODIES_ON_DISK_MB: 0 }),
    });
    const full = [1, 2].map(() => post(server.url, false, largeChat(2 * MB), 2 * MB));
    await waitFor(() => held.length === 2, { what: 'two bodies that take all memory' });
    const agent = new Agent({ keepAlive: true });
    const refused = await post(server.url, agent, largeChat(3.5 * MB));
    agent.destroy();
    for (const answer of held) answer();
    expect([refused.status, refused.connection]).toEqual([503, 'close']);
    expect((await Promise.all(full)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a body larger than what is allowed for all is refused, and the answer names the setting', async () => {
    const envText = settings(await upstreamThat(answerAfter(0)), {
      MAX_BODIES_MB: 2,
      MAX_BODIES_ON_DISK_MB: 0,
    });
    const server = await parts.server({ envFile: envText });
    const { status, text } = await post(server.url, false, largeChat(3 * MB), 3 * MB);
    expect([status, text]).toEqual([413, expect.stringContaining('2 MB allowed here (MAX_BODIES_MB)')]);
    expect((await post(server.url, false, largeChat(2 * MB), 2 * MB)).status).toBe(200);
  });
});

/** A client as the SDKs are: it tries again after a 503 or a broken connection. */
async function persistently(ask: () => Promise<Got>, seen: Map<string, number>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const said = await ask().then(
      ({ status, retryAfter, text }) =>
        status === 200 ? '200' : `${status} ${retryAfter} ${/"code":"(\w+)"/.exec(text)?.[1]}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    seen.set(said, (seen.get(said) ?? 0) + 1);
    if (said === '200') return;
    await delay(20 + ((tries * 37) % 100));
  }
  throw new Error(`200 tries in vain: ${JSON.stringify([...seen])}`);
}

describe.each([
  [128, 200],
  [1_024, 600],
])('%i file descriptors', (files, silent) => {
  it.each([
    ['say nothing', ''],
    ['stop in the middle of a head', 'GET / HTTP/1.1\r\nhost: x\r\n'],
  ])(`leave a place for every request while ${silent} connections %s`, async (_what, words) => {
    const server = await parts.server({
      envFile: settings(await upstreamThat(answerAfter(0))),
      wrapper: ['sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh'],
    });
    await holders(server, silent, words);
    // As soon as those that came first have had their moment.
    await waitFor(
      () =>
        post(server.url, false, SMALL).then(
          ({ status }) => status === 200,
          () => false,
        ),
      {
        what: 'a place',
      },
    );
    for (let i = 0; i < 20; i += 1) expect((await post(server.url, false, SMALL)).status).toBe(200);
    await expectNobodyHurt(server);
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });
});

describe('256 file descriptors', () => {
  it('for 400 clients: some are told to come again, all are served, and no key, provider or database is blamed', async () => {
    const server = await parts.server({
      envFile: settings(await upstreamThat(answerAfter(30))),
      wrapper: ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'],
    });
    const seen = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 400 }, async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        for (let turn = 0; turn < 3; turn += 1) {
          await persistently(() => post(server.url, agent, SMALL), seen);
        }
        agent.destroy();
      }),
    );
    for (const said of seen.keys()) {
      expect(said).toMatch(/^(200|503 2 gateway_overloaded|ECONNRESET|EPIPE|socket hang up)$/);
    }
    expect(seen.get('200')).toBe(1200);
    await expectNobodyHurt(server);
    const refused = seen.get('503 2 gateway_overloaded') ?? 0;
    await waitFor(() => rowsOf(server, 'gateway_overloaded') === refused, {
      what: `${refused} refused rows`,
    });
    await waitFor(() => rowsOf(server, 'success') === 1201, { what: '1201 rows' });
    expect(countRows(databaseFile(server), 'RequestLog')).toBe(1201 + refused);
  });
});

/** How many files the running server may open from now on; only Linux can change that. */
function limitFiles(server: RunningServer, files: number): void {
  execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${files}:`]);
}

describe.skipIf(process.platform !== 'linux')('without any file descriptor left', () => {
  it('a request that cannot be dialled is a 503 of ours and costs no key and no provider anything; it ends by itself', async () => {
    const baseUrl = await upstreamThat((_req, res) =>
      // The next request needs a connection of its own.
      res
        .writeHead(200, { 'content-type': 'application/json', connection: 'close' })
        .end(JSON.stringify(chatCompletion())),
    );
    const server = await parts.server({ envFile: settings(baseUrl) });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    cleanUps.push(() => agent.destroy());
    expect((await post(server.url, agent, SMALL)).status).toBe(200);

    limitFiles(server, 20);
    for (let i = 0; i < 12; i += 1) {
      const { status, retryAfter, text } = await post(server.url, agent, SMALL);
      expect([status, retryAfter]).toEqual([503, '2']);
      expect(text).toMatch(/is short of file descriptors.*"code":"gateway_overloaded"/);
    }
    const told = await new Promise<string>((resolve, reject) => {
      httpRequest(`${server.url}/ready`, { agent }, (incoming) => {
        incoming
          .setEncoding('utf8')
          .once('data', (text: string) => resolve(`${incoming.statusCode} ${text}`));
      })
        .on('error', reject)
        .end();
    });
    expect(told).toMatch(/^503 .*"descriptors":"failing"/);

    limitFiles(server, 1_024);
    await expectNobodyHurt(server);
    await waitFor(() => rowsOf(server, 'gateway_overloaded') === 12, { what: '12 rows' });
    const [row] = query<{ attempts: string }>(
      databaseFile(server),
      `SELECT attempts FROM RequestLog WHERE outcome = 'gateway_overloaded'`,
    );
    expect(JSON.parse(row?.attempts ?? '{}')).toMatchObject({ attempts: [{ verdict: 'own_trouble' }] });
    expect(server.stdout().match(/the gateway itself is short of file descriptors/g)).toHaveLength(1);
  });
});

describe('a heap of 128 MB', () => {
  it('that fills up with streams refuses new requests before it is full; those that run end whole', async () => {
    const running: ServerResponse[] = [];
    let isOver = false;
    const events = chatStream(['second']);
    const server = await parts.server({
      env: { NODE_OPTIONS: '--max-old-space-size=128' },
      envFile: settings(
        await upstreamThat((req, res) => {
          if (isOver) return answerAfter(0)(req, res);
          res.writeHead(200, { 'content-type': 'text/event-stream' });
          res.write(chatChunk('first'));
          running.push(res);
        }),
      ),
    });
    const body = JSON.stringify({ model: 'gpt-test', stream: true, messages: [] });
    const answers: Promise<Got>[] = [];
    let refused = 0;
    while (refused === 0 && answers.length < 6_000) {
      for (let i = 0; i < 100; i += 1) {
        const answer = post(server.url, false, body, undefined, { 'x-padding': 'x'.repeat(24_000) });
        answers.push(answer);
        void answer.then(({ status }) => (refused += status === 503 ? 1 : 0)).catch(() => undefined);
      }
      await waitFor(() => running.length + refused >= answers.length, {
        timeoutMs: 30_000,
        what: 'the streams',
      });
    }
    expect(refused).toBeGreaterThan(0);
    expect(await ready(server)).toMatchObject({ status: 503, checks: { memory: 'failing', database: 'ok' } });
    isOver = true;
    for (const response of running) {
      for (const event of events) response.write(event);
      response.end();
    }
    const whole = [chatChunk('first'), ...events].join('');
    const got = await Promise.all(answers);
    expect(got.filter(({ status }) => status === 200).every(({ text }) => text === whole)).toBe(true);
    expect(got.filter(({ status }) => status === 200)).toHaveLength(running.length);
    await expectNobodyHurt(server);
    await waitFor(() => countRows(databaseFile(server), 'RequestLog') === got.length + 1, {
      timeoutMs: 30_000,
      what: () => `${got.length + 1} rows; there are ${countRows(databaseFile(server), 'RequestLog')}`,
    });
    // Once, and not for each request.
    expect(server.stdout().match(/the gateway itself is short of memory/g)).toHaveLength(1);
  });
});
