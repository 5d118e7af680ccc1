import { describe, expect, it } from 'vitest';
import { rendezvousScore } from '../../../lib/balancer/egress/binding';
import { hasTinyproxy, type TestProxy } from '../../support/proxies';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { databaseFile, query, secretKey } from '../operations/support';
import { disabledKeys, KEY_NAMES, proxyRows, SOURCES, useEgress } from './support';

const egress = useEgress();

/** Which proxy each key goes through, by rendezvous hashing over these proxies, as sources by key. */
function expectedSources(
  server: RunningServer,
  hintsToSources: ReadonlyMap<string, string>,
): Map<string, string> {
  const keys = query<{ id: string; hint: string }>(databaseFile(server), 'SELECT id, hint FROM ApiKey');
  const proxies = proxyRows(server).filter(({ hint }) => hintsToSources.has(hint));
  return new Map(
    keys.map(({ id, hint }) => {
      const name = KEY_NAMES.find((known) => hint.endsWith(known)) ?? hint;
      const [best] = [...proxies].sort((a, b) => rendezvousScore(id, b.id) - rendezvousScore(id, a.id));
      return [secretKey(name), hintsToSources.get(best?.hint ?? '') ?? 'none'];
    }),
  );
}

/** Which proxy each key has gone through since the last reset of the upstream. */
function seenSources(upstream: ScriptedUpstream): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const { key = '', peer = '' } of upstream.requests) {
    seen.set(key, (seen.get(key) ?? new Set<string>()).add(peer));
  }
  return seen;
}

const asSets = (sources: ReadonlyMap<string, string>) =>
  new Map([...sources].map(([key, source]) => [key, new Set([source])]));

describe.skipIf(!hasTinyproxy)('one of three proxies that dies under load', () => {
  it('costs no request; only its own keys move; it comes back by itself and takes them again', async () => {
    const upstream = await egress.upstream();
    const proxies: TestProxy[] = [];
    for (const from of SOURCES) proxies.push(await egress.tinyproxy({ from }));
    const server = await egress.serve({
      BASE_URL: upstream.baseUrl,
      PROXIES: proxies.map(({ url }) => url),
      PROXY_AUTO_CHECK_ENABLED: true,
      PROXY_CHECK_INTERVAL_HOURS: 0.001,
      PROXY_CHECK_URL: upstream.baseUrl,
      PROXY_MAX_FAILURES: 1,
      // So that each key is seen: others pass over a key for some seconds after a failure.
      SELECTION_POLICY: 'round_robin',
    });
    const load = egress.load(server, { loops: 4 });
    const sourceByHint = new Map(proxies.map(({ url }, i) => [url, SOURCES[i] ?? '']));
    const all = expectedSources(server, sourceByHint);
    await load.more(40);
    expect(trafficOnly(seenSources(upstream))).toEqual(asSets(all));

    const [victim, ...others] = [...proxies].sort((a, b) => weightOf(b) - weightOf(a));
    function weightOf({ url }: TestProxy): number {
      return [...all.values()].filter((source) => source === sourceByHint.get(url)).length;
    }
    await victim?.kill();
    await waitFor(() => proxyRows(server).some(({ disabledBy }) => disabledBy === 'auto'), {
      what: 'the check to take the dead proxy out',
    });
    await load.more(8);
    upstream.requests = [];
    await load.more(40);
    const left = expectedSources(
      server,
      new Map(others.map(({ url }) => [url, sourceByHint.get(url) ?? ''])),
    );
    expect(trafficOnly(seenSources(upstream))).toEqual(asSets(left));
    for (const [key, source] of all) {
      if (source !== sourceByHint.get(victim?.url ?? '')) expect(left.get(key)).toBe(source);
    }

    await victim?.start();
    await waitFor(() => proxyRows(server).every(({ isDisabled }) => isDisabled === 0), {
      what: 'the check to bring the proxy back',
    });
    await load.more(8);
    upstream.requests = [];
    await load.more(40);
    expect(trafficOnly(seenSources(upstream))).toEqual(asSets(all));

    await load.stop();
    expect(load.failures).toEqual([]);
    expect(disabledKeys(server)).toBe(0);
  });
});

/** Without the checks, which carry no key. */
function trafficOnly(seen: Map<string, Set<string>>): Map<string, Set<string>> {
  seen.delete('');
  return seen;
}

describe('a proxy that a check has disabled', () => {
  it('is still so after a restart, with the reason, and comes back when a check passes', async () => {
    const upstream = await egress.upstream();
    const faulty = await egress.faultyProxy();
    faulty.status = 407;
    const dataDir = await egress.dataDir();
    const settings = {
      BASE_URL: upstream.baseUrl,
      PROXIES: [faulty.url],
      PROXY_AUTO_CHECK_ENABLED: true,
      PROXY_CHECK_INTERVAL_HOURS: 0.001,
      PROXY_CHECK_URL: upstream.baseUrl,
      PROXY_MAX_FAILURES: 1,
    };
    const first = await egress.serve(settings, dataDir);
    await waitFor(() => proxyRows(first)[0]?.reason?.includes('status 407'), {
      what: 'the check to disable the proxy',
    });
    first.kill('SIGKILL');
    await first.exited;

    faulty.status = 200;
    const second = await egress.serve({ ...settings, PROXY_AUTO_CHECK_ENABLED: false }, dataDir);
    expect(proxyRows(second)[0]).toMatchObject({ isDisabled: 1, disabledBy: 'auto' });
    await second.stop();
    const third = await egress.serve(settings, dataDir);
    await waitFor(() => proxyRows(third)[0]?.isDisabled === 0, { what: 'the check to bring the proxy back' });
  });
});
