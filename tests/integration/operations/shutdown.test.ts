import { readFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for';
import { connectRaw, type RawClient } from '../../support/raw-client';
import { chatChunk, chatStream, reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { chat, countRows, databaseFile, envFile, keyRow, query, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;
let server: RunningServer;

async function start(more: Record<string, unknown> = {}, env: Record<string, string> = {}): Promise<void> {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
    ...more,
  };
  server = await parts.server({ dataDir, envFile: envFile(settings), env });
}

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

/** Asks for a stream and waits until it runs. */
async function openStream() {
  const stream = reply.sseControlled();
  upstream.forKey(secretKey('aaa'), stream.reply, reply.healthy);
  const response = fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-test', stream: true, messages: [] }),
  });
  await stream.opened;
  stream.write(chatChunk('first'));
  // The first event has come through, so the stream is committed.
  return { stream, response: await response };
}

/** What came of a body that must not end cleanly. */
async function readUntilBroken({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk);
  } catch {
    return text;
  }
  throw new Error(`the stream ended as if it were whole: ${text}`);
}

/** A connection on which a request has begun to arrive: the server may not close it as idle. */
async function begunRequest(head: string): Promise<RawClient> {
  const client = await connectRaw(server.url);
  await client.send(head);
  return client;
}

/** By the minute each request counts for all keys together and once more for its own. */
const ALL_USAGE = "SELECT SUM(requests) AS requests FROM UsageRollup WHERE resolution = 'minute'";

const CHAT = JSON.stringify({ model: 'gpt-test', messages: [] });

it('SIGTERM lets a running stream finish whole, lets nobody in, serves who is in, and ends with code 0', async () => {
  await start();
  const { stream, response } = await openStream();
  const chatClient = await begunRequest('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n');
  const readyClient = await begunRequest('GET /ready HTTP/1.1\r\nhost: x\r\n');
  // Answered on a connection of its own after the two began, so the server has read their first lines.
  expect((await chat(server.url)).status).toBe(200);

  server.kill('SIGTERM');
  const isRefused = () =>
    connectRaw(server.url).then(
      (client) => (client.destroy(), false),
      () => true,
    );
  await waitFor(isRefused, { what: 'connections to be refused' });
  await chatClient.send(`authorization: Bearer ${TOKEN}\r\ncontent-length: ${CHAT.length}\r\n\r\n${CHAT}`);
  await chatClient.waitFor((text) => text.includes('Hello there'));
  expect(chatClient.text()).toMatch(/^HTTP\/1\.1 200 /);
  expect(chatClient.text()).toMatch(/^connection: close\r$/im);
  await readyClient.send('\r\n');
  await readyClient.waitFor((text) => text.includes('draining'));
  expect(readyClient.text()).toMatch(/^HTTP\/1\.1 503 /);

  const events = chatStream(['second', 'third']);
  for (const event of events) stream.write(event);
  stream.end();
  expect(await response.text()).toBe([chatChunk('first'), ...events].join(''));
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(server.stdout()).toContain('"stopped"');
});

it('for DRAIN_SECONDS everything is served, says that its connection closes, and /ready says no', async () => {
  await start({}, { DRAIN_SECONDS: '2' });
  const kept = await connectRaw(server.url);
  const ask = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: ${CHAT.length}\r\n\r\n${CHAT}`;
  await kept.send(ask);
  await kept.waitFor((text) => text.includes('Hello there'));
  expect(kept.text()).toMatch(/^connection: keep-alive\r$/im);
  server.kill('SIGTERM');
  await server.waitForOutput(/"drainMs":2000,[^\n]*"stopping"/);

  await kept.send(ask);
  await kept.closed;
  expect(kept.text().match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  expect(kept.text().match(/^connection: close\r$/gim)).toHaveLength(1);
  const asked = await Promise.all(
    ['/ready', '/health', '/login', '/metrics'].map((path) =>
      fetch(server.url + path).then(({ status, headers }) => [path, status, headers.get('connection')]),
    ),
  );
  expect(asked).toEqual([
    ['/ready', 503, 'close'],
    ['/health', 200, 'close'],
    ['/login', 200, 'close'],
    ['/metrics', 401, 'close'],
  ]);
  expect((await chat(server.url)).headers.get('connection')).toBe('close');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(countRows(databaseFile(server), 'RequestLog')).toBe(3);
});

it('a connection that has never said anything is not waited for', async () => {
  await start({ SHUTDOWN_TIMEOUT: 3600 });
  const silent = await connectRaw(server.url);
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  await silent.closed;
});

it('SIGTERM during 50 streams: all of them finish whole, nothing new gets in, and each is on disk and in the log', async () => {
  await start();
  const streams = Array.from({ length: 50 }, () => reply.sseControlled());
  const [first = reply.healthy, ...others] = streams.map((stream) => stream.reply);
  upstream.forKey(secretKey('aaa'), first, ...others, reply.healthy);
  const responses = streams.map((_, index) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: `gpt-${index}`, stream: true, messages: [] }),
    }),
  );
  for (const stream of streams) {
    await stream.opened;
    stream.write(chatChunk('first'));
  }
  const bodies = (await Promise.all(responses)).map((response) => response.text());

  server.kill('SIGTERM');
  await server.waitForOutput(/"inFlight":50[^\n]*"stopping"/);
  await expect(connectRaw(server.url)).rejects.toThrow('ECONNREFUSED');
  const events = chatStream(['second', 'third']);
  // In turn, so that they end at different moments.
  for (const event of events) for (const stream of streams) stream.write(event);
  for (const stream of streams) stream.end();
  expect(new Set(await Promise.all(bodies))).toEqual(new Set([[chatChunk('first'), ...events].join('')]));
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(server.stdout().match(/"msg":"request"/g)).toHaveLength(50);
  expect(server.stdout()).not.toContain('cut off at the deadline');
  const file = databaseFile(server);
  expect(query(file, `SELECT COUNT(*) AS rows FROM RequestLog WHERE outcome = 'success'`)).toEqual([
    { rows: 50 },
  ]);
  expect(query(file, ALL_USAGE)).toEqual([{ requests: 50 }]);
});

it('SIGTERM writes logs, statistics and key states down before the end', async () => {
  await start({ API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey), MAX_FAILURES: 1 });
  upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
  upstream.forKey(secretKey('ccc'), reply.rateLimited({ retryAfter: '3000' }));
  const answers = await Promise.all(Array.from({ length: 40 }, () => chat(server.url)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });

  const file = databaseFile(server);
  expect(countRows(file, 'RequestLog')).toBe(40);
  expect(query(file, ALL_USAGE)).toEqual([{ requests: 40 }]);
  expect(query(file, 'SELECT SUM(requestCount) AS uses FROM ApiKey')).toEqual([
    { uses: upstream.requests.length },
  ]);
  expect(countRows(file, 'ErrorLog')).toBe(upstream.requests.length - 40);
  expect(keyRow(file, 'bbb')).toMatchObject({ isDisabled: 1 });
  const cooldowns = JSON.parse(keyRow(file, 'ccc')?.modelCooldowns ?? '{}') as Record<string, number>;
  expect(cooldowns['gpt-test']).toBeGreaterThan(Date.now() + 2_900_000);
  expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('under load SIGTERM breaks no answer that had begun, and records each', async () => {
  await start();
  const load = parts.load(server, { loops: 16, stream: true });
  await load.more(100);
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  await load.stop();
  // Whoever came too late was refused or found nobody; nobody was cut off in the middle of an answer.
  const unexpected = load.failures.filter(
    (failure) => !/shutting_down|ECONNREFUSED|ECONNRESET|other side closed/.test(failure),
  );
  expect(unexpected).toEqual([]);
  const served = query<{ rows: number }>(
    databaseFile(server),
    `SELECT COUNT(*) AS rows FROM RequestLog WHERE outcome = 'success'`,
  );
  expect(served).toEqual([{ rows: load.succeeded }]);
  expect(upstream.requests).toHaveLength(load.succeeded);
});

it('an idle server ends at SIGTERM with code 0, and at SIGINT too', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    await start();
    server.kill(signal);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  }
});

it.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
] as const)('%s and then %s ends it at once, with a code that is not 0', async (first, second) => {
  await start({ SHUTDOWN_TIMEOUT: 3600 });
  const { response } = await openStream();
  server.kill(first);
  await server.waitForOutput(/"stopping"/);
  server.kill(second);
  expect(await server.exited).toEqual({ code: 1, signal: null });
  await expect(response.text()).rejects.toThrow();
});

it('SHUTDOWN_TIMEOUT cuts off what still runs: streams hear why, others get a 503, and the end is orderly', async () => {
  await start({ SHUTDOWN_TIMEOUT: 0 });
  const { response } = await openStream();
  upstream.forKey(secretKey('aaa'), reply.stall());
  const waiting = chat(server.url);
  await upstream.waitForRequest((request) => !request.body.includes('"stream":true'));
  const text = readUntilBroken(response);
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(server.stdout()).toContain('requests were cut off at the deadline');
  const events = await text;
  expect(events).toMatch(
    /\ndata: \{"error":\{"message":"The gateway is shutting down[^\n]*"code":"shutting_down"\}\}\n\n$/,
  );
  expect(events).not.toContain('[DONE]');
  const refused = await waiting;
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(refused.text).toContain('"code":"shutting_down"');
  expect(query(databaseFile(server), 'SELECT status, outcome FROM RequestLog ORDER BY status')).toEqual([
    { status: 200, outcome: 'shutting_down' },
    { status: 503, outcome: 'shutting_down' },
  ]);
  expect(keyRow(databaseFile(server), 'aaa')).toMatchObject({ isDisabled: 0, failures: 0 });
});

it('a SIGTERM during the start ends it', async () => {
  server = await parts.server({ dataDir, waitUntil: 'spawned' });
  server.kill('SIGTERM');
  const { code, signal } = await server.exited;
  expect([code, signal]).not.toEqual([null, null]);
  expect(() => readFileSync(`/proc/${server.pid}/stat`)).toThrow();
});
