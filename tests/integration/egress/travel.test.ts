import { describe, expect, it } from 'vitest';
import { hasMicrosocks, hasOpenssl, hasTinyproxy, type TestProxy } from '../../support/proxies';
import { chatStream, reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import { chat, secretKey } from '../operations/support';
import { attemptsOf, disabledKeys, SOURCES, useEgress } from './support';

const egress = useEgress();
const CREDENTIALS = { user: 'balance', password: 'p%w:rd-Secret1' };
/** Without what tinyproxy cannot have in its file. */
const PLAIN_CREDENTIALS = { user: 'balance', password: 'pw-Secret1' };

const kinds: [string, boolean, () => Promise<TestProxy>, string][] = [
  [
    'tinyproxy (HTTP with user and password)',
    hasTinyproxy,
    () => egress.tinyproxy({ ...PLAIN_CREDENTIALS, from: SOURCES[0] }),
    'CONNECT',
  ],
  [
    'microsocks (SOCKS5 with user and password)',
    hasMicrosocks,
    () => egress.microsocks({ ...CREDENTIALS, from: SOURCES[0] }),
    'connected to',
  ],
];

const everyUpstream: [string, () => Promise<ScriptedUpstream>][] = [
  ['a plain upstream', () => egress.upstream()],
  ['an upstream on TLS', () => egress.secureUpstream()],
];
const upstreams = everyUpstream.slice(0, hasOpenssl ? 2 : 1);

for (const [name, isInstalled, startProxy, logged] of kinds) {
  describe.skipIf(!isInstalled)(name, () => {
    it.each(upstreams)('carries requests and streams to %s', async (_what, startUpstream) => {
      const upstream = await startUpstream();
      const proxy = await startProxy();
      const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [proxy.url] });

      expect((await chat(server.url)).status).toBe(200);
      const events = chatStream(['Hel', 'lo']);
      upstream.fallbackReply = reply.sse(events);
      const stream = await chat(server.url, { stream: true });
      expect(stream).toMatchObject({ status: 200, text: events.join('') });

      expect(upstream.requests.map(({ peer }) => peer)).toEqual([SOURCES[0], SOURCES[0]]);
      expect(proxy.log()).toContain(logged);
      await upstream.stop();
    });

    it('carries the list of models, and MODEL_REQUEST_KEY, too', async () => {
      const upstream = await egress.upstream();
      upstream.fallbackReply = reply.json(200, { object: 'list', data: [{ id: 'gpt-test' }] });
      const proxy = await startProxy();
      const server = await egress.serve({
        BASE_URL: upstream.baseUrl,
        MODEL_REQUEST_KEY: secretKey('mod'),
        PROXIES: [proxy.url],
      });
      const headers = { authorization: `Bearer sk-client-0123456789abcdef` };
      expect((await fetch(`${server.url}/v1/models`, { headers })).status).toBe(200);
      expect(upstream.requests.map(({ key, peer }) => [key, peer])).toEqual([[secretKey('mod'), SOURCES[0]]]);
    });

    it('that refuses the password is blamed: another one serves the request, and no key suffers', async () => {
      const upstream = await egress.upstream();
      const proxy = await startProxy();
      const wrong = proxy.url.replace(/:[^:@]*@/, ':wrong-Secret2@');
      const good = await egress.faultyProxy();
      const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [wrong, good.url] });
      for (let i = 0; i < 12; i++) expect((await chat(server.url)).status).toBe(200);
      const attempts = (await attemptsOf(server, 12)).flat();
      const failed = attempts.filter(({ verdict }) => verdict !== 'success');
      expect(failed.length).toBeGreaterThan(0);
      expect(new Set(failed.map(({ verdict }) => verdict))).toEqual(new Set(['egress_unreachable']));
      expect(disabledKeys(server)).toBe(0);
      expect(server.stdout()).not.toMatch(/Secret[12]/);
    });
  });
}

describe.skipIf(!hasOpenssl)('an HTTPS proxy', () => {
  it.each(upstreams)('carries requests to %s', async (_what, startUpstream) => {
    const upstream = await startUpstream();
    const proxy = await egress.secureProxy();
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [proxy.url] });
    expect((await chat(server.url)).status).toBe(200);
    expect((await attemptsOf(server, 1)).flat()).toMatchObject([{ egressHint: proxy.url }]);
    await upstream.stop();
  });

  it('whose certificate nobody vouches for is blamed', async () => {
    const upstream = await egress.upstream();
    const proxy = await egress.secureProxy();
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [proxy.url] }, undefined, false);
    expect(JSON.parse((await chat(server.url)).text)).toMatchObject({ error: { code: 'proxy_unreachable' } });
  });
});

describe.skipIf(!hasOpenssl)('an upstream whose certificate nobody vouches for', () => {
  it('is blamed itself, and not the proxy that leads there', async () => {
    const upstream = await egress.secureUpstream();
    const proxy = await egress.faultyProxy();
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [proxy.url] }, undefined, false);
    expect(JSON.parse((await chat(server.url)).text)).toMatchObject({
      error: { code: 'upstream_unreachable' },
    });
    await upstream.stop();
  });
});

describe.skipIf(!hasMicrosocks)('names of upstreams', () => {
  it.each([
    ['socks5://', 'looked up here', /connected to (127\.0\.0\.1|::1):/],
    ['socks5h://', 'looked up by the proxy', /connected to localhost:/],
  ])('are, with %s, %s', async (scheme, _by, logged) => {
    const upstream = await egress.upstream();
    const proxy = await egress.microsocks();
    const server = await egress.serve({
      BASE_URL: upstream.baseUrl.replace('127.0.0.1', 'localhost'),
      PROXIES: [proxy.url.replace('socks5h://', scheme)],
    });
    expect((await chat(server.url)).status).toBe(200);
    expect(proxy.log()).toMatch(logged);
  });
});

describe('a provider', () => {
  it.skipIf(!hasTinyproxy || !hasMicrosocks)('can have proxies of its own, or go out directly', async () => {
    const upstream = await egress.upstream();
    const shared = await egress.tinyproxy({ from: SOURCES[0] });
    const own = await egress.microsocks({ from: SOURCES[1] });
    const entry = (path: string, proxies: unknown) => ({
      name: path,
      path,
      base_url: upstream.baseUrl,
      api_keys: [secretKey(path)],
      proxies,
    });
    const server = await egress.serve({
      BASE_URL: upstream.baseUrl,
      PROXIES: [shared.url],
      PROVIDERS_CONFIG: [entry('own', [own.url]), entry('dir', 'direct')],
    });
    for (const path of ['/v1', '/own/v1', '/dir/v1']) {
      expect((await chat(server.url, { path })).status).toBe(200);
    }
    expect(upstream.requests.map(({ peer }) => peer)).toEqual([SOURCES[0], SOURCES[1], '127.0.0.1']);
  });

  it('never goes out directly while proxies are configured, whatever becomes of them', async () => {
    const upstream = await egress.upstream();
    const dead = await egress.faultyProxy();
    const { url } = dead;
    await dead.stop();
    const server = await egress.serve({ BASE_URL: upstream.baseUrl, PROXIES: [url] });
    for (let i = 0; i < 6; i++) {
      const answer = await chat(server.url);
      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'proxy_unreachable' } });
    }
    expect(upstream.requests).toEqual([]);
    await server.waitForOutput(/breaker of a proxy changed/);
  });
});
