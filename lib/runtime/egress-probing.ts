import type { EgressState } from '../balancer/egress/state';
import type { Egresses } from '../balancer/egress/egresses';
import type { LiveSettings } from '../config/live-settings';
import type { GatewayProvider } from '../gateway/config';
import type { EgressProbing, EgressTest } from '../jobs/probe-egress';
import { checkEgress } from '../upstream/egress-check';
import type { Logger } from './logger';

const HOUR_MS = 3_600_000;
/** Somebody waits for each test, and each address may take as long as PROXY_CHECK_TIMEOUT. */
const PROVIDERS_MAX = 2;
/** Whether a proxy is back is asked again soon. */
const REACH_TIMEOUT_MS = 5_000;
/** A name that was looked up on this side. */
const LOOKUP = /\bgetaddrinfo\b/;

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
  return {
    egresses,
    check: (address, signal) => {
      const url = settings.current.PROXY_CHECK_URL;
      return checkAtEach(address, [url, ...providerUrls(providers())], timeoutMs(), signal);
    },
    reach: (egress, signal) => {
      const urls = providerUrls(providers(), egress);
      const ms = Math.min(timeoutMs(), REACH_TIMEOUT_MS);
      const at = urls.length === 0 ? [settings.current.PROXY_CHECK_URL] : urls;
      return checkAtEach(egress.config.url, at, ms, signal);
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

/** One address after the other until one passes: no one address speaks for the proxy. */
async function checkAtEach(
  address: string,
  urls: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressTest> {
  const tried: { readonly address: string; readonly error: string | null }[] = [];
  let last: EgressTest | undefined;
  for (const url of urls) {
    const result = await checkEgress(address, url, timeoutMs, signal);
    tried.push({ address: new URL(url).host, error: result.error ?? null });
    if (result.error === undefined || signal.aborted) return { ...result, tried };
    // The name of one address may not be found here; that of the next one may, and tells more.
    last = hasAnswered(last) ? { ...last, tried } : { ...result, tried };
    // It is not there, for any address.
    if (result.isUnreachable === true) break;
  }
  return last ?? { latencyMs: undefined, status: undefined, error: 'there is nothing to test it at', tried };
}

/** A proxy that says that it has not got through is there. */
function hasAnswered(test: EgressTest | undefined): test is EgressTest {
  return test?.at === 'upstream' && test.isOwnTrouble !== true && !LOOKUP.test(test.error ?? '');
}

/** Where the enabled providers that go through the proxy are; where all are, if none does. */
function providerUrls(providers: Iterable<GatewayProvider>, egress?: EgressState): string[] {
  const enabled = [...providers].filter(({ isEnabled }) => isEnabled);
  const id = egress?.config.egressId ?? '';
  const own = enabled.filter(
    ({ pool: { config } }) => config.egress.mode === 'proxies' && config.egress.egressIds.includes(id),
  );
  const urls = (own.length === 0 ? enabled : own).map(({ target }) => `${target.baseUrl}/models`);
  const byOrigin = new Map(urls.map((url) => [new URL(url).origin, url]));
  return [...byOrigin.values()].slice(0, PROVIDERS_MAX);
}

/** The auto-check's interval; undefined while it is off. */
export function egressCheckIntervalMs({ current }: LiveSettings): number | undefined {
  return current.PROXY_AUTO_CHECK_ENABLED ? current.PROXY_CHECK_INTERVAL_HOURS * HOUR_MS : undefined;
}
