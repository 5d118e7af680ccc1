import { afterEach, expect, it } from 'vitest';
import { Egresses } from '../../../../lib/balancer/egress/egresses';
import type { LiveSettings } from '../../../../lib/config/live-settings';
import type { GatewayProvider } from '../../../../lib/gateway/config';
import { probeEgress } from '../../../../lib/probing/egress/probe-egress';
import { createEgressProbing } from '../../../../lib/probing/egress/egress-probing';
import { createLogger } from '../../../../lib/process/logger';
import { freePort } from '../../../support/free-port';
import { startFaultyProxy } from '../../../support/proxies';
import { reply, startScriptedUpstream } from '../../../support/scripted-upstream';
import { EventLog, poolOf, SeededRandom } from '../../balancer/support';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function set({ checkUrl, timeout = 5 }: { checkUrl?: string; timeout?: number } = {}) {
  const [proxy, upstream] = [await startFaultyProxy(), await startScriptedUpstream()];
  stops.push(
    () => proxy.stop(),
    () => upstream.stop(),
  );
  const dead = `http://127.0.0.1:${await freePort()}/`;
  const provider = { isEnabled: true, pool: poolOf('a'), target: { baseUrl: upstream.baseUrl } };
  const egresses = new Egresses(new SeededRandom(), new EventLog());
  const current = { PROXY_CHECK_URL: checkUrl ?? dead, PROXY_CHECK_TIMEOUT: timeout };
  const probing = createEgressProbing({
    egresses,
    settings: { current } as LiveSettings,
    providers: () => [provider as GatewayProvider],
    now: () => 0,
    logger: await createLogger(),
  });
  const check = (address: string) => probing.check(address, new AbortController().signal);
  const configure = (...urls: string[]) =>
    egresses.configure(
      urls.map((url) => ({ egressId: url, url, hint: url })),
      () => undefined,
    );
  const hosts = { deadHost: new URL(dead).host, host: new URL(upstream.baseUrl).host };
  return { ...hosts, proxy, upstream, egresses, probing, check, configure };
}

it('a test that fails at PROXY_CHECK_URL is made again at the providers, and says where it was made', async () => {
  const { proxy, check, deadHost, host } = await set();
  expect(await check(proxy.url)).toMatchObject({
    error: undefined,
    tried: [
      { address: deadHost, error: expect.any(String) as string },
      { address: host, error: null },
    ],
  });
});

/** Short, because it has to pass. */
const silent = { timeout: 0.3 };
/** Machines may be busy. */
const LONG_MS = 60_000;

it(
  'a provider that is silent through a working proxy is not held against the proxy',
  { timeout: LONG_MS },
  async () => {
    const { proxy, upstream, check, configure, egresses, probing } = await set(silent);
    upstream.fallbackReply = reply.stall();
    configure(proxy.url);
    expect(await check(proxy.url)).toMatchObject({
      at: 'either',
      error: expect.stringContaining('or what lies') as string,
    });
    const egress = egresses.get(proxy.url);
    if (egress === undefined) throw new Error('no proxy');
    for (let i = 0; i < 3; i++) await probeEgress(egress, probing, new AbortController().signal);
    expect(egress).toMatchObject({ disabled: undefined, failures: 0, trouble: undefined, check: undefined });
    // Another proxy meets the same silence.
    const other = await startFaultyProxy();
    stops.push(() => other.stop());
    configure(proxy.url, other.url);
    expect(await check(proxy.url)).toMatchObject({ at: 'either' });
  },
);

it(
  'a silent proxy is told by what answers through another one, or without any at the test address alone',
  { timeout: LONG_MS },
  async () => {
    const { proxy, upstream, check, configure } = await set(silent);
    proxy.isHanging = true;
    configure(proxy.url);
    expect(await check(proxy.url)).toMatchObject({ at: 'either' });
    // No provider is asked without a proxy.
    expect(upstream.requests).toEqual([]);
    const other = await startFaultyProxy();
    stops.push(() => other.stop());
    configure(proxy.url, other.url);
    expect(await check(proxy.url)).toMatchObject({
      at: 'egress',
      error: expect.stringContaining('answers another way') as string,
    });

    const page = await startScriptedUpstream();
    stops.push(() => page.stop());
    const alone = await set({ ...silent, checkUrl: page.baseUrl });
    alone.proxy.isHanging = true;
    expect(await alone.check(alone.proxy.url)).toMatchObject({ at: 'egress' });
    expect(alone.upstream.requests).toEqual([]);
  },
);

it('a page that refuses everybody is not held against the proxy', { timeout: LONG_MS }, async () => {
  const { proxy, upstream, check, configure } = await set(silent);
  const other = await startFaultyProxy();
  stops.push(() => other.stop());
  upstream.fallbackReply = reply.error(403);
  configure(proxy.url, other.url);
  expect(await check(proxy.url)).toMatchObject({ at: 'upstream' });
});

it(
  'a proxy through which the test address answers is well, whatever the provider does',
  { timeout: LONG_MS },
  async () => {
    const page = await startScriptedUpstream();
    stops.push(() => page.stop());
    const { proxy, upstream, probing, egresses, configure } = await set({
      ...silent,
      checkUrl: page.baseUrl,
    });
    upstream.fallbackReply = reply.stall();
    configure(proxy.url);
    const egress = egresses.get(proxy.url);
    if (egress === undefined) throw new Error('no proxy');
    const reached = await probing.reach(egress, new AbortController().signal);
    expect(reached).toMatchObject({ error: undefined, tried: [{}, { error: null }] });
  },
);

it('a proxy that is there is told from one that is not, whoever else is down', async () => {
  const { proxy, upstream, check } = await set();
  await upstream.refuse();
  proxy.status = 502;
  expect(await check(proxy.url)).toMatchObject({ error: expect.any(String) as string, at: 'upstream' });
  const { url } = proxy;
  await proxy.stop();
  const gone = await check(url);
  expect(gone).toMatchObject({ error: expect.stringContaining('ECONNREFUSED') as string, at: 'egress' });
  // Nobody is asked through a proxy that is not there.
  expect(gone.tried).toHaveLength(1);
});
