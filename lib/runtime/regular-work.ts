import { UNDO_MS } from '../admin/keys/delete-keys';
import type { LiveSettings } from '../config/live-settings';
import type { Settings } from '../config/settings';
import type { Job } from '../jobs/jobs';
import { probeEgresses, type EgressProbing } from '../probing/egress/probe-egress';
import { probeKeys, type KeyProber } from '../probing/keys/probe-keys';
import { pruneLogs } from '../jobs/prune-logs';
import { purgeKeys } from '../jobs/purge-keys';
import { rollUpStats } from '../jobs/roll-up-stats';
import { updatePrices } from '../jobs/update-prices';
import type { PriceUpdate } from './price-updates';
import type { Store } from '../store/open-store';
import { egressCheckIntervalMs } from '../probing/egress/egress-probing';

/** What is done again and again, by the settings of the moment. */
export function createRegularWork(parts: {
  readonly store: Store;
  readonly settings: LiveSettings;
  readonly keyProber: KeyProber;
  readonly egressProbing: EgressProbing;
  readonly prices: { readonly fetch: (signal: AbortSignal) => Promise<PriceUpdate> };
  readonly now: () => number;
  /** Fires when the program stops. */
  readonly stopping: AbortSignal;
}): Job[] {
  const { store, settings, keyProber, egressProbing, prices, now, stopping } = parts;
  return [
    probeKeys(keyProber, () => hours(settings.current.CHECK_INTERVAL_HOURS)),
    probeEgresses(egressProbing, () => egressCheckIntervalMs(settings), stopping),
    pruneLogs(store, () => retention(settings.current), now),
    purgeKeys(store.upkeep, UNDO_MS, now),
    rollUpStats(store, now),
    updatePrices(prices.fetch, () => settings.current.PRICES_UPDATE_ENABLED, stopping),
  ];
}

function retention(settings: Settings) {
  return {
    ownerDays: settings.OWNERS_DAYS,
    requestLogDays: settings.AUTO_DELETE_REQUEST_LOGS_ENABLED
      ? settings.AUTO_DELETE_REQUEST_LOGS_DAYS
      : undefined,
    errorLogDays: settings.AUTO_DELETE_ERROR_LOGS_ENABLED ? settings.AUTO_DELETE_ERROR_LOGS_DAYS : undefined,
  };
}

/** In milliseconds; 0 is off. */
function hours(count: number): number | undefined {
  return count === 0 ? undefined : count * 3_600_000;
}
