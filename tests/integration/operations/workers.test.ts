import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Follower } from '../../support/live-follower';
import { parsePrometheus } from '../../support/prometheus';
import { connectRaw } from '../../support/raw-client';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { tempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';
import {
  ADMIN_TOKEN,
  chat,
  countRows,
  databaseFile,
  envFile,
  keyRow,
  query,
  secretKey,
  TOKEN,
  useParts,
} from './support';

const parts = useParts();
const AS_ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
const AS_CLIENT = { authorization: `Bearer ${TOKEN}` };
/** A connection of its own for each request, so that they go to the workers in turn. */
const alone = { headers: { connection: 'close' } };

let upstream: ScriptedUpstream;
let server: RunningServer;

beforeEach(async () => {
  upstream = await parts.upstream();
});

async function start(
  env: Record<string, string> = {},
  more: Record<string, unknown> = {},
  dataDir?: string,
): Promise<void> {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: ['aaa', 'bbb'].map(secretKey),
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
    SELECTION_POLICY: 'round_robin',
    ...more,
  };
  const place = dataDir === undefined ? {} : { dataDir };
  server = await parts.server({ env: { WORKERS: '2', ...env }, envFile: envFile(settings), ...place });
  await waitFor(async () => (await workers()).length === 2, { what: 'the workers to be heard of' });
}

interface Item {
  readonly name: string;
  readonly pid: number;
  readonly requestsPerMinute: number;
}

async function workers(): Promise<readonly Item[]> {
  const answer = await fetch(`${server.url}/api/admin/instances`, { headers: AS_ADMIN });
  const { items } = (await answer.json()) as { items: readonly Item[] };
  return items.filter(({ pid }) => pid !== server.pid);
}

async function admin<T = unknown>(path: string, body?: unknown): Promise<T> {
  const more = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${server.url}/api/admin${path}`, { headers: AS_ADMIN, ...more });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as T;
}

interface Made {
  readonly token: string;
  readonly item: {
    readonly id: string;
    readonly version: number;
    readonly spent: { readonly amount: number };
  };
}

interface Key {
  readonly id: string;
  readonly hint: string;
  readonly failures: number;
  readonly status: string;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly lastUsedAt: number | null;
  readonly lastErrorStatus: number | null;
}

const keys = async () => (await admin<{ items: readonly Key[] }>('/keys?sort=requestCount&order=desc')).items;

async function keyOf(name: string): Promise<Key> {
  const items = await keys();
  return items.find(({ hint }) => hint.endsWith(name)) ?? expect.fail(`no key ${name}`);
}

async function requestsInMetrics(): Promise<number> {
  const answer = await fetch(`${server.url}/metrics`, { headers: AS_ADMIN });
  const metric = parsePrometheus(await answer.text()).get('openai_balance_requests_total');
  return (metric?.samples ?? []).reduce((sum, { value }) => sum + value, 0);
}

const loggedRequests = () => countRows(databaseFile(server), 'RequestLog');

describe('two workers on one port, with SQLite', () => {
  it('share the work, and every number is that of both, to the request', async () => {
    await start();
    const live = await Follower.start(server.url, ADMIN_TOKEN);
    const results = await Promise.all(Array.from({ length: 40 }, () => chat(server.url, alone)));
    expect(results.filter(({ status }) => status !== 200)).toEqual([]);
    await live.next('rates', ({ requestsPerMinute, ofAll }) => ofAll && requestsPerMinute === 40);
    live.close();
    const each = (await workers()).map(({ requestsPerMinute }) => requestsPerMinute);
    expect(each.reduce((sum, one) => sum + one, 0)).toBe(40);
    expect(Math.min(...each)).toBeGreaterThan(0);
    expect(await requestsInMetrics()).toBe(40);
    await waitFor(() => loggedRequests() === 40, { what: 'the rows' });
    const { totals } = await admin<{ totals: { requests: number } }>('/stats/overview?range=1h');
    expect(totals.requests).toBe(40);
  });

  it('what is counted of each key is what both have sent, also when one of them is killed', async () => {
    await start({}, { MAX_FAILURES: 100 });
    const count = (name: string) => upstream.requestsOf(secretKey(name)).length;
    const isCounted = async () => {
      const shown = await keys();
      const counts = shown.map(({ hint, requestCount }) => [hint.slice(-3), requestCount]);
      const sent = ['aaa', 'bbb'].map((name) => [name, count(name)] as const);
      expect(shown[0]?.requestCount).toBeGreaterThanOrEqual(shown[1]?.requestCount ?? Infinity);
      return JSON.stringify(counts.sort()) === JSON.stringify(sent);
    };
    await Promise.all(Array.from({ length: 39 }, () => chat(server.url, alone)));
    await waitFor(isCounted, { what: 'the requests of both' });
    expect((await keyOf('aaa')).lastUsedAt).toBeGreaterThan(Date.now() - 60_000);

    const before = count('bbb');
    upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
    while (count('bbb') === before) await chat(server.url, alone);
    await waitFor(async () => (await keyOf('bbb')).errorCount === count('bbb') - before, {
      what: 'the failures of both',
    });
    expect(await keyOf('bbb')).toMatchObject({ lastErrorStatus: 401 });
    expect(await keyOf('aaa')).toMatchObject({ errorCount: 0, lastErrorStatus: null });

    await waitFor(isCounted, { what: 'all so far' });
    const [victim = expect.fail('no worker')] = await workers();
    process.kill(victim.pid, 'SIGKILL');
    await server.waitForOutput(/a worker serves again/, { timeoutMs: 20_000 });
    await waitFor(async () => (await workers()).length === 2, { what: 'both to be heard of' });
    await Promise.all(Array.from({ length: 20 }, () => chat(server.url, alone)));
    await waitFor(isCounted, { what: 'the requests of all three' });
  });

  it('a key that is disabled in the dashboard is out at both, and failures count once', async () => {
    await start({}, { MAX_FAILURES: 3 });
    const bbb = await keyOf('bbb');
    upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
    for (let failures = 1; failures <= 3; failures += 1) {
      while (upstream.requestsOf(secretKey('bbb')).length < failures) await chat(server.url, alone);
      const isTold = async () => {
        const { status, failures: counted } = await keyOf('bbb');
        return counted === failures && (failures === 3 ? status === 'disabled_auto' : status === 'active');
      };
      await waitFor(isTold, {
        timeoutMs: 15_000,
        what: `failure ${failures} to be known, and its rest over`,
      });
    }
    await admin('/keys/bulk', { action: 'enable', ids: [bbb.id] });
    await admin('/keys/bulk', { action: 'disable', ids: [(await keyOf('aaa')).id] });
    upstream.forKey(secretKey('bbb'), reply.healthy);
    const before = () => upstream.requestsOf(secretKey('aaa')).length;
    const isOut = async () => {
      const asked = before();
      for (let n = 0; n < 8; n += 1) await chat(server.url, alone);
      return before() === asked;
    };
    await waitFor(isOut, { what: 'the key to be out at both' });
  });

  it('a limit of twenty a minute is one of both together', async () => {
    await start();
    const ids = [(await keyOf('aaa')).id, (await keyOf('bbb')).id];
    await admin('/keys/bulk', {
      action: 'edit',
      ids,
      set: { account: 'acme', limits: { requestsPerMinute: 20 } },
    });
    await waitFor(() => noteIsOld(), { what: 'the limit to be in force' });
    let served = 0;
    const isUsedUp = async () => {
      const results = await Promise.all(Array.from({ length: 30 }, () => chat(server.url, alone)));
      served += results.filter(({ status }) => status === 200).length;
      return served >= 20 && results.every(({ status }) => status === 429);
    };
    await waitFor(isUsedUp, { timeoutMs: 20_000, what: 'the limit to be used up' });
    expect(served).toBeLessThanOrEqual(22);
    expect(upstream.requests.length).toBe(served);
  });

  it('a limit of a day that is used up stays used up over restarts', async () => {
    const dataDir = await parts.dataDir();
    const provider = {
      name: 'Limited',
      base_url: upstream.baseUrl,
      api_keys: [secretKey('aaa')],
      limits: { requests_per_day: 30 },
    };
    const settings = {
      PROVIDERS_CONFIG: [provider],
      DEFAULT_PROVIDER: 'limited',
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      WAIT_SECONDS: 0,
    };
    const run = async () => {
      server = await parts.server({ env: { WORKERS: '2' }, envFile: envFile(settings), dataDir });
      await waitFor(async () => (await workers()).length === 2, { what: 'the workers to be heard of' });
    };
    const ask = async () => (await chat(server.url, alone)).status;
    await run();
    const isUsedUp = async () => {
      const statuses = await Promise.all(Array.from({ length: 12 }, ask));
      return upstream.requests.length >= 30 && statuses.every((status) => status === 429);
    };
    await waitFor(isUsedUp, { timeoutMs: 20_000, what: 'the limit to be used up' });
    const served = upstream.requests.length;
    expect(served).toBeLessThanOrEqual(31);
    for (let restart = 0; restart < 2; restart += 1) {
      await server.stop();
      await run();
      const statuses = new Set(await Promise.all(Array.from({ length: 24 }, ask)));
      expect(statuses).toEqual(new Set([429]));
    }
    expect(upstream.requests.length).toBe(served);
  });

  it('a number of requests at a time is divided between those that serve, and no others', async () => {
    await start();
    const ids = [(await keyOf('aaa')).id, (await keyOf('bbb')).id];
    await admin('/keys/bulk', { action: 'edit', ids, set: { account: 'acme', limits: { concurrency: 4 } } });
    await waitFor(() => noteIsOld(), { what: 'the limit to be in force' });
    // Half of what is left is the part of each; what the other one has just taken is no longer left. One too many may
    // be taken while both hear of the other.
    expect([3, 4, 5]).toContain(await servedAtATime());
  });

  /** How many of sixteen requests are let through before one of them is answered. */
  async function servedAtATime(): Promise<number> {
    let letGo = (): void => undefined;
    let held = 0;
    const answers = new Promise<void>((resolve) => (letGo = resolve));
    upstream.fallbackReply = async (request, response) => {
      held += 1;
      await answers;
      await reply.healthy(request, response);
    };
    let refused = 0;
    const asked = Array.from({ length: 16 }, async () => {
      if ((await chat(server.url, alone)).status !== 200) refused += 1;
    });
    await waitFor(() => held + refused === 16, { what: 'each to be let through or refused' });
    letGo();
    await Promise.all(asked);
    return held;
  }

  it('a change is in force at both before it is answered, and one that hangs does not hold it up', async () => {
    await start();
    const statuses = async (token: string) => {
      const answers = await Promise.all(Array.from({ length: 16 }, () => chat(server.url, { token })));
      return [...new Set(answers.map(({ status }) => status))];
    };
    const setEnabled = async ({ item }: Made, isEnabled: boolean) => {
      const body = JSON.stringify({ isEnabled });
      const address = `${server.url}/api/admin/tokens/${item.id}`;
      const headers = { ...AS_ADMIN, connection: 'close' };
      const answer = await fetch(address, { method: 'PATCH', headers, body });
      expect(answer.status, await answer.text()).toBe(200);
    };
    // Over connections that are there: at which worker, nobody chooses.
    expect(await statuses(TOKEN)).toEqual([200]);
    for (let round = 0; round < 5; round += 1) {
      const made = await admin<Made>('/tokens', { name: `mine ${round}` });
      expect(await statuses(made.token)).toEqual([200]);
      await setEnabled(made, false);
      expect(await statuses(made.token)).toEqual([401]);
      await setEnabled(made, true);
      expect(await statuses(made.token)).toEqual([200]);
    }
    const made = await admin<Made>('/tokens', { name: 'late' });
    const [hanging = expect.fail('no worker')] = await workers();
    process.kill(hanging.pid, 'SIGSTOP');
    // The one that hangs may have been handed one of these connections.
    const changes = Array.from({ length: 8 }, () => setEnabled(made, false));
    await Promise.any(changes);
    process.kill(hanging.pid, 'SIGCONT');
    await Promise.all(changes);
    await waitFor(async () => (await statuses(made.token)).join() === '401', { what: 'it to obey as well' });
  });

  it('a batch and a background response cost once, whichever worker reads them, and after a restart', async () => {
    const dataDir = await tempDir('workers-reads');
    onTestFinished(() => dataDir.remove());
    const usage = { input_tokens: 100, output_tokens: 0, total_tokens: 100 };
    const done = { status: 'completed', model: 'm', background: true, usage };
    upstream.fallbackReply = (request, response) => {
      const id = request.url.split('/').at(-1);
      return reply.json(200, {
        ...done,
        id,
        object: request.url.includes('batches') ? 'batch' : 'response',
      })(request, response);
    };
    const more = { MODEL_PRICES: [{ model: 'm', input: 1, output: 1 }] };
    let read = 0;
    for (let run = 0; run < 2; run += 1) {
      await start({}, more, dataDir.path);
      const paths = ['/v1/batches/batch_1', '/v1/responses/resp_1'].flatMap((path) =>
        Array<string>(8).fill(path),
      );
      const answers = paths.map((path) =>
        fetch(server.url + path, { headers: { ...AS_CLIENT, connection: 'close' } }),
      );
      for (const answer of await Promise.all(answers)) expect(answer.status, await answer.text()).toBe(200);
      read += paths.length;
      await server.stop();
    }
    const [sum] = query<{ rows: number; tokens: number }>(
      databaseFile(server),
      'SELECT COUNT(*) AS rows, SUM(promptTokens) AS tokens FROM RequestLog',
    );
    expect(sum).toEqual({ rows: read, tokens: 200 });
  });

  it('a reset of a budget that was used just before holds at once, and nothing brings the old figure back', async () => {
    await start();
    const { token, item } = await admin<Made>('/tokens', {
      name: 'mine',
      budget: { amount: 6, unit: 'requests', period: 'total' },
    });
    const ask = async () => (await chat(server.url, { ...alone, token })).status;
    await waitFor(async () => (await ask()) === 200, { what: 'the token to be known' });
    await waitFor(async () => (await ask()) === 429, { what: 'the budget to be spent' });
    const answer = await admin<Made['item']>(`/tokens/${item.id}/reset-spent`, {});
    expect(answer.spent.amount).toBe(0);
    let served = 0;
    const isServedByBoth = async () => {
      const statuses = [await ask(), await ask()];
      served += statuses.filter((status) => status === 200).length;
      return statuses.every((status) => status === 200);
    };
    await waitFor(isServedByBoth, { what: 'both to let in again' });
    const written = () =>
      query<{ spentRequests: number }>(databaseFile(server), 'SELECT spentRequests FROM ClientToken')[0];
    await waitFor(() => (written()?.spentRequests ?? 0) >= served, { what: 'what was spent to be written' });
    // What a worker had not written before the reset went with that.
    expect(written()?.spentRequests).toBe(served);
    expect((await admin<Made['item']>(`/tokens/${item.id}`)).spent.amount).toBe(served);
  });

  it('leave nothing behind when the first process is killed', async () => {
    const scratch = await tempDir('workers');
    onTestFinished(() => scratch.remove());
    await start({ TMPDIR: scratch.path });
    expect(readdirSync(scratch.path)).toHaveLength(1);
    server.kill('SIGKILL');
    await waitFor(() => readdirSync(scratch.path).length === 0, { what: 'the folder to be gone' });
    await server.stop();
  });

  /** Both workers have said that they have taken the change over. */
  function noteIsOld(): boolean {
    const lines = server.stdout().match(/"worker":(\d)[^\n]*changes made elsewhere are in force/g) ?? [];
    return new Set(lines.map((line) => /"worker":(\d)/.exec(line)?.[1])).size === 2;
  }

  it('one that is killed loses its own requests alone, and is started again', async () => {
    await start();
    const load = parts.load(server, { loops: 8 });
    await load.more(50);
    const [victim] = await workers();
    process.kill(victim?.pid ?? expect.fail('no worker'), 'SIGKILL');
    await server.waitForOutput(/a worker serves again/, { timeoutMs: 20_000 });
    await load.more(50);
    await load.stop();
    // Each loop has had one request in flight at most.
    expect(load.failures.length).toBeLessThanOrEqual(8);
    expect(server.stdout().match(/a worker has ended and is started again/g)).toHaveLength(1);
    await waitFor(async () => (await workers()).length === 2, { what: 'both to be heard of' });
    expect(await requestsInMetrics()).toBeGreaterThan(50);
  });

  it('a connection that was handed to a dead one, and not taken, is served by another', async () => {
    await start();
    const [victim = expect.fail('no worker')] = await workers();
    process.kill(victim.pid, 'SIGSTOP');
    let served = 0;
    const asked = Array.from({ length: 8 }, async () => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const [answer] = (await once(
        get(`${server.url}/v1/models`, { agent: false, headers }),
        'response',
      )) as [IncomingMessage];
      answer.destroy();
      expect(answer.statusCode).toBe(200);
      served += 1;
    });
    // The one that hangs is handed one connection, and no more.
    await waitFor(() => served === 7, { what: 'the others to be served' });
    process.kill(victim.pid, 'SIGKILL');
    await Promise.all(asked);
  });

  it('a request that was let in is answered, also when all stop before a worker has taken its connection', async () => {
    await start();
    const pids = (await workers()).map(({ pid }) => pid);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const clients = await Promise.all(Array.from({ length: 40 }, () => connectRaw(server.url)));
    const ask = `GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`;
    for (const client of clients) await client.send(ask);
    server.kill('SIGTERM');
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await Promise.all(clients.map(({ closed }) => closed));
    const statuses = clients.map((client) => client.text().slice(0, 12));
    expect(new Set(statuses)).toEqual(new Set(['HTTP/1.1 200']));
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  it('SIGTERM to all its processes loses nothing that has been asked, and every row is written', async () => {
    await start();
    const load = parts.load(server, { loops: 8 });
    await load.more(100);
    const pids = [server.pid, ...(await workers()).map(({ pid }) => pid)];
    // As a terminal or a service manager does.
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await load.stop();
    // As with one process: connections that come while the port is closed were never heard of.
    const isUnheard = /ECONNREFUSED|ECONNRESET|other side closed/;
    expect(load.failures.filter((failure) => !isUnheard.test(failure))).toEqual([]);
    expect(loggedRequests()).toBe(load.succeeded);
    const [usage] = query<{ requests: number }>(
      databaseFile(server),
      "SELECT SUM(requests) AS requests FROM UsageRollup WHERE resolution = 'minute' AND keyId = ''",
    );
    expect(usage?.requests).toBe(load.succeeded);
    expect(keyRow(databaseFile(server), 'aaa')?.failures).toBe(0);
  });

  it('a provider that is out there is out in the dashboard, which asks nobody itself', async () => {
    await start();
    upstream.fallbackReply = reply.error(503);
    for (let n = 0; n < 24; n += 1) await chat(server.url, alone);
    const isTold = async () => {
      const { items } = await admin<{ items: readonly { kind: string }[] }>('/stats/attention');
      return items.some(({ kind }) => kind === 'provider');
    };
    await waitFor(isTold, { timeoutMs: 15_000, what: 'the outage to be told' });
    const { items } = await admin<{ items: readonly { breaker: { state: string } }[] }>('/providers');
    expect(items[0]?.breaker.state).not.toBe('closed');
  });

  it('what is not the gateway is answered as by one process', async () => {
    await start();
    const paths = ['/health', '/ready', '/login', '/nowhere', '/api/admin/nowhere', '/metrics'];
    const statuses = await Promise.all(
      paths.map(async (path) => [path, (await fetch(server.url + path)).status]),
    );
    expect(statuses).toEqual([
      ['/health', 200],
      ['/ready', 200],
      ['/login', 200],
      ['/nowhere', 404],
      ['/api/admin/nowhere', 401],
      ['/metrics', 401],
    ]);
    // Nobody outside says for a worker where a request comes from.
    const lie = { 'x-openai-balance-connection': 'x 198.51.100.7', 'x-forwarded-for': '192.0.2.1' };
    for (let n = 0; n < 6; n += 1)
      await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer wrong-token', ...lie } });
    await server.waitForOutput(/"address":"192\.0\.2\.1"[^\n]*too many wrong tokens/);
    expect(server.stdout()).not.toContain('198.51.100.7');
    // A body that is too large is refused before it is sent.
    const client = await connectRaw(server.url);
    await client.send(
      `POST /api/admin/keys/import HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN_TOKEN}\r\n` +
        'content-type: application/json\r\ncontent-length: 999999999\r\nexpect: 100-continue\r\n\r\n',
    );
    await client.closed;
    expect(client.text()).toMatch(/^HTTP\/1\.1 413 /);
  });
});

it('says once why it cannot start, and ends with code 1', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const failing = await parts.server({
    env: { WORKERS: '2', PORT: String(port), HOST: '127.0.0.1' },
    waitUntil: 'spawned',
  });
  expect(await failing.exited).toEqual({ code: 1, signal: null });
  expect(failing.stdout().match(/cannot listen: [^\n]*EADDRINUSE/g)).toHaveLength(1);
  other.close();

  const wrong = await parts.server({ env: { WORKERS: 'many' }, waitUntil: 'spawned' });
  expect(await wrong.exited).toEqual({ code: 1, signal: null });
  expect(wrong.stdout()).toContain('WORKERS: must be auto or a whole number from 1 to 64');
});
