import type { Egresses } from '../balancer/egress/egresses';
import type { LiveSettings } from '../config/live-settings';
import type { EgressProbing } from '../jobs/probe-egress';
import { checkEgress } from '../upstream/egress-check';
import type { Logger } from './logger';

const HOUR_MS = 3_600_000;

/** How egress proxies are tested, by the settings of the moment. */
export function createEgressProbing(
  egresses: Egresses,
  settings: LiveSettings,
  now: () => number,
  logger: Logger,
): EgressProbing {
  return {
    egresses,
    check: (address, signal) => {
      const { PROXY_CHECK_URL, PROXY_CHECK_TIMEOUT } = settings.current;
      return checkEgress(address, PROXY_CHECK_URL, PROXY_CHECK_TIMEOUT * 1000, signal);
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

/** The auto-check's interval; undefined while it is off. */
export function egressCheckIntervalMs({ current }: LiveSettings): number | undefined {
  return current.PROXY_AUTO_CHECK_ENABLED ? current.PROXY_CHECK_INTERVAL_HOURS * HOUR_MS : undefined;
}
