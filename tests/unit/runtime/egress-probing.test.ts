import { afterEach, expect, it } from 'vitest';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import type { LiveSettings } from '../../../lib/config/live-settings';
import type { GatewayProvider } from '../../../lib/gateway/config';
import { createEgressProbing } from '../../../lib/runtime/egress-probing';
import { createLogger } from '../../../lib/runtime/logger';
import { freePort } from '../../support/free-port';
import { startFaultyProxy } from '../../support/proxies';
import { startScriptedUpstream } from '../../support/scripted-upstream';
import { EventLog, poolOf, SeededRandom } from '../balancer/support';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function set() {
  const [proxy, upstream] = [await startFaultyProxy(), await startScriptedUpstream()];
  stops.push(
    () => proxy.stop(),
    () => upstream.stop(),
  );
  const dead = `http://127.0.0.1:${await freePort()}/`;
  const provider = { isEnabled: true, pool: poolOf('a'), target: { baseUrl: upstream.baseUrl } };
  const probing = createEgressProbing({
    egresses: new Egresses(new SeededRandom(), new EventLog()),
    settings: { current: { PROXY_CHECK_URL: dead, PROXY_CHECK_TIMEOUT: 5 } } as LiveSettings,
    providers: () => [provider as GatewayProvider],
    now: () => 0,
    logger: createLogger(),
  });
  const check = (address: string) => probing.check(address, new AbortController().signal);
  return { proxy, upstream, check, deadHost: new URL(dead).host, host: new URL(upstream.baseUrl).host };
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
