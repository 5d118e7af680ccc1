import { afterAll, beforeAll, expect, vi } from 'vitest';
import { inProductionMode } from './faces';
import { costsOf, refusing } from './refused-client/play';
import { ProxyPairs } from './refused-client/proxy-pairs';
import { REFUSALS } from './refused-client/refusals';
import { allScenarios, coveringScenarios, type Scenario } from './refused-client/scenarios';
import { Stage } from './stage';

/** With REFUSED_ROUNDS=16, every scenario is played, for as long as it takes rests and breakers to pile up. */
const ROUNDS = Number(process.env.REFUSED_ROUNDS ?? 4);
const scenarios = ROUNDS < 16 ? coveringScenarios() : allScenarios();

// They spend their time waiting for the next second, so many of them can be played at once.
vi.setConfig({ maxConcurrency: 14 });

inProductionMode('one client whose requests are refused costs nobody else anything', (start) => {
  const pairs = new ProxyPairs();
  beforeAll(() => pairs.start(REFUSALS));
  afterAll(() => pairs.stop());
  const stage = new Stage(start, { WAIT_SECONDS: 0, CHECK_INTERVAL_HOURS: 0 });

  for (const scenario of scenarios) {
    const { refusal, keys, upstreamMs, isProxied } = scenario;
    const proxies = () => (isProxied ? pairs.urls(refusal) : 'direct');
    stage.it(titleOf(scenario), { keys, proxies }, async (provider) => {
      provider.replies(refusing(refusal, upstreamMs));
      expect(await costsOf(provider, refusal, ROUNDS)).toEqual([]);
    });
  }
});

function titleOf({ refusal, keys, upstreamMs, isProxied }: Scenario): string {
  const pace = upstreamMs === 0 ? 'at once' : `after ${upstreamMs} ms`;
  return `${refusal.name}, answered ${pace}, ${keys} keys, ${isProxied ? 'through two proxies' : 'directly'}`;
}
