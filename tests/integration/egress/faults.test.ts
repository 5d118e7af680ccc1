import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasTinyproxy } from '../../support/proxies';
import { chatChunk, hangUp, reply, type Reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { chat } from '../operations/support';
import { disabledKeys, SOURCES, useEgress } from './support';

const egress = useEgress();

/** Sends requests until the server says this, and returns how they were answered. */
async function askUntilSaid(server: RunningServer, pattern: RegExp, stream = false): Promise<number[]> {
  const statuses: number[] = [];
  await waitFor(
    async () => {
      const answer = await chat(server.url, { stream }).catch(() => ({ status: 0 }));
      statuses.push(answer.status);
      return pattern.test(server.stdout());
    },
    { what: () => `${pattern} in:\n${server.stdout()}`, intervalMs: 50 },
  );
  return statuses;
}

const perSource =
  (replies: Readonly<Record<string, Reply>>): Reply =>
  (request, response) =>
    (replies[request.peer ?? ''] ?? reply.healthy)(request, response);

describe('a proxy that', () => {
  it('is not there costs no request anything and opens its breaker', async () => {
    const upstream = await egress.upstream();
    const [good, dead] = [await egress.faultyProxy(), await egress.faultyProxy()];
    const proxies = [good.url, dead.url];
    await dead.stop();
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: proxies, MAX_RETRIES: 0 });
    const statuses = await askUntilSaid(server, /breaker of a proxy changed/);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(disabledKeys(server)).toBe(0);
  });

  it('accepts and hangs is blamed when the time is up, and the request goes on through another', async () => {
    const upstream = await egress.upstream();
    const [good, hanging] = [await egress.faultyProxy(), await egress.faultyProxy()];
    hanging.isHanging = true;
    const server = await egress.serve({
      BASE_URL: upstream.baseUrl,
      PROXIES: [good.url, hanging.url],
      TIME_OUT: 0.5,
      MAX_RETRIES: 0,
    });
    const statuses = await askUntilSaid(server, /breaker of a proxy changed/);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(disabledKeys(server)).toBe(0);
    expect(server.stdout()).not.toContain('"msg":"breaker changed"');
  });

  it.each([403, 407, 429])('refuses its service with status %i is blamed', async (status) => {
    const upstream = await egress.upstream();
    const [good, refusing] = [await egress.faultyProxy(), await egress.faultyProxy()];
    refusing.status = status;
    const proxies = [good.url, refusing.url];
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: proxies, MAX_RETRIES: 0 });
    const statuses = await askUntilSaid(server, /breaker of a proxy changed/);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(disabledKeys(server)).toBe(0);
  });

  it('cuts within streams again and again, while others do not, is found out; no key suffers', async () => {
    const upstream = await egress.upstream();
    const [good, cutting] = [await egress.faultyProxy(), await egress.faultyProxy()];
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [good.url, cutting.url] });
    cutting.isCutting = true;
    upstream.fallbackReply = async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chatChunk('Hel'));
      await delay(30);
      response.end('data: [DONE]\n\n');
    };
    const statuses = await askUntilSaid(server, /breaker of a proxy changed/, true);
    // 0 is an answer that began and visibly broke off.
    expect(statuses.filter((status) => status !== 0 && status !== 200)).toEqual([]);
    expect(statuses).toContain(200);
    expect(disabledKeys(server)).toBe(0);
  });

  it('cannot get through to the upstream is not blamed for an upstream that is down', async () => {
    const upstream = await egress.upstream();
    const proxies = [await egress.faultyProxy(), await egress.faultyProxy()];
    for (const proxy of proxies) proxy.status = 502;
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: proxies.map(({ url }) => url) });
    await askUntilSaid(server, /"msg":"breaker changed"/);
    expect(server.stdout()).not.toContain('breaker of a proxy changed');
    expect(disabledKeys(server)).toBe(0);
  });
});

describe.skipIf(!hasTinyproxy)('a provider that bans the address of a proxy', () => {
  const banned: Reply = reply.error(403, { message: 'Your address is blocked', code: 'blocked' });

  async function bannedSetUp(sources: readonly string[]): Promise<[ScriptedUpstream, RunningServer]> {
    const upstream = await egress.upstream();
    upstream.fallbackReply = perSource({ [SOURCES[0]]: banned });
    const proxies = [];
    for (const from of sources) proxies.push(await egress.tinyproxy({ from }));
    const urls = proxies.map(({ url }) => url);
    return [upstream, await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: urls })];
  }

  it('and of the only one costs nobody anything, and is over when it is lifted', async () => {
    const [upstream, server] = await bannedSetUp([SOURCES[0]]);
    for (let i = 0; i < 20; i++) expect((await chat(server.url)).status).toBe(403);
    expect(server.stdout()).not.toMatch(/key disabled|breaker/);

    upstream.fallbackReply = reply.healthy;
    expect((await chat(server.url)).status).toBe(200);
    await waitFor(() => disabledKeys(server) === 0, { what: 'all keys to be written as well' });
  });

  it('moves its keys to the other proxies', async () => {
    const [upstream, server] = await bannedSetUp(SOURCES);
    const statuses = await askUntilSaid(server, /not the keys but the proxy/);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await waitFor(() => disabledKeys(server) === 0, { what: 'all keys to be forgiven' });
    upstream.reset();
    upstream.fallbackReply = perSource({ [SOURCES[0]]: banned });
    for (let i = 0; i < 18; i++) expect((await chat(server.url)).status).toBe(200);
    const peers = new Set(
      upstream.requests.filter(({ peer }) => peer !== SOURCES[0]).map(({ peer }) => peer),
    );
    expect(peers).toEqual(new Set([SOURCES[1], SOURCES[2]]));
  });
});

describe('a provider that is down', () => {
  it('refusing, then failing, then slow, loses no key, and is served again within 5 s of its recovery', async () => {
    const upstream = await egress.upstream();
    const proxy = await egress.faultyProxy();
    const server = await egress.serve({
      BASE_URL: upstream.baseUrl,
      PROXIES: [proxy.url],
      TIME_OUT: 0.5,
    });
    expect((await chat(server.url)).status).toBe(200);
    const load = egress.load(server, { loops: 4 });

    await upstream.refuse();
    await load.more(40);
    upstream.fallbackReply = reply.error(500);
    await upstream.accept();
    await load.more(40);
    upstream.fallbackReply = (_request, response) => void setTimeout(() => hangUp(response), 2_000);
    await load.more(20);
    expect(server.stdout()).toMatch(/"state":"open".*"msg":"breaker changed"/);

    upstream.fallbackReply = reply.healthy;
    const before = load.succeeded;
    await waitFor(() => load.succeeded > before, { timeoutMs: 5_000, what: 'traffic to flow again' });
    await load.stop();
    expect(disabledKeys(server)).toBe(0);
  });
});

describe('a malformed proxy address', () => {
  it.each([
    ['no scheme', 'proxy.example:8080', 'has no scheme'],
    ['ftp', 'ftp://proxy.example', 'has a scheme that is not supported'],
    ['an empty host', 'http://:8080', 'has no host'],
    ['junk', 'socks5://user:hunter2@@@', 'has no host'],
    ['a space', 'http://pro xy.example:8080', 'contains a space'],
  ])('with %s stops the start with the reason', async (_what, address, reason) => {
    const server = await egress.server({ env: { PROXIES: JSON.stringify([address]) }, waitUntil: 'spawned' });
    expect((await server.exited).code).toBe(1);
    expect(server.stdout()).toContain(`PROXIES`);
    expect(server.stdout()).toContain(reason);
    expect(server.stdout()).not.toContain('hunter2');
  });
});
