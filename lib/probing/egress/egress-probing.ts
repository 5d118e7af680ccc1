import type { EgressState } from '../../balancer/egress/state';
import type { Egresses } from '../../balancer/egress/egresses';
import type { LiveSettings } from '../../config/live-settings';
import type { GatewayProvider } from '../../gateway/config';
import type { EgressProbing } from './probe-egress';
import { testEgress, type OtherWays } from './egress-test';
import type { Logger } from '../../process/logger';

const HOUR_MS = 3_600_000;
/** Somebody waits for each test, and each address may take as long as PROXY_CHECK_TIMEOUT. */
const PROVIDERS_MAX = 2;
/** Whether a proxy is back is asked again soon. */
const REACH_TIMEOUT_MS = 5_000;

/** How egress proxies are tested, by the settings of the moment. */
export function createEgressProbing(parts: {
  readonly egresses: Egresses;
  readonly settings: LiveSettings;
  readonly providers: () => Iterable<GatewayProvider>;
  readonly now: () => number;
  readonly logger: Logger;
}): EgressProbing {
  const { egresses, settings, providers, now, logger } = parts;
  const timeoutMs = (): number => settings.current.PROXY_CHECK_TIMEOUT * 1000;
  const waysBeside = (address: string): OtherWays => ({
    proxies: [...egresses.states].filter((egress) => egress.config.url !== address && isWell(egress)),
    directUrl: settings.current.PROXY_CHECK_URL,
  });
  return {
    egresses,
    check: (address, signal) => {
      const urls = [settings.current.PROXY_CHECK_URL, ...providerUrls(providers())];
      return testEgress(address, urls, waysBeside(address), timeoutMs(), signal);
    },
    reach: ({ config }, signal) => {
      const urls = [...providerUrls(providers(), config.egressId), settings.current.PROXY_CHECK_URL];
      const ms = Math.min(timeoutMs(), REACH_TIMEOUT_MS);
      return testEgress(config.url, urls, waysBeside(config.url), ms, signal);
    },
    now,
    failuresMax: () => settings.current.PROXY_MAX_FAILURES,
    onChange: ({ config, disabled }, change) => {
      if (change === 'disabled') {
        logger.warn({ proxy: config.hint, reason: disabled?.reason }, 'proxy disabled');
      } else logger.info({ proxy: config.hint }, 'proxy is back');
    },
  };
}

function isWell({ disabled, breaker, trouble }: EgressState): boolean {
  return disabled === undefined && breaker.state === 'closed' && trouble === undefined;
}

/** Where the enabled providers that go through the proxy are; where all are, if none does. */
function providerUrls(providers: Iterable<GatewayProvider>, egressId = ''): string[] {
  const enabled = [...providers].filter(({ isEnabled }) => isEnabled);
  const own = enabled.filter(
    ({ pool: { config } }) => config.egress.mode === 'proxies' && config.egress.egressIds.includes(egressId),
  );
  const urls = (own.length === 0 ? enabled : own).map(({ target }) => `${target.baseUrl}/models`);
  const byOrigin = new Map(urls.map((url) => [new URL(url).origin, url]));
  return [...byOrigin.values()].slice(0, PROVIDERS_MAX);
}

/** The auto-check's interval; undefined while it is off. */
export function egressCheckIntervalMs({ current }: LiveSettings): number | undefined {
  return current.PROXY_AUTO_CHECK_ENABLED ? current.PROXY_CHECK_INTERVAL_HOURS * HOUR_MS : undefined;
}
