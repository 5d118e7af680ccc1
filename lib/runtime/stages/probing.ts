import type { LiveSettings } from '../../config/live-settings';
import { createEgressProbing } from '../../probing/egress/egress-probing';
import type { EgressProbing } from '../../probing/egress/probe-egress';
import { createKeyProber } from '../../probing/keys/key-probing';
import type { KeyProber } from '../../probing/keys/probe-keys';
import { watchOutages } from '../../probing/outages/outage-watch';
import { systemClock, systemRandom } from '../../process/system-ports';
import { Tasks } from '../../tasks/tasks';
import type { GatewayStage } from './gateway';
import type { InventoryStage } from './inventory';
import type { Machine } from './machine';

/** What asks providers, keys and proxies how they are. */
export interface ProbingStage {
  readonly tasks: Tasks;
  readonly keyProber: KeyProber;
  readonly egressProbing: EgressProbing;
}

/** Starts to watch providers and proxies that are out. */
export function openProbing(
  { logger, now, steadyNow, stopping }: Machine,
  settings: LiveSettings,
  { egresses }: InventoryStage,
  { gateway, upstream }: GatewayStage,
): ProbingStage {
  const tasks = new Tasks({
    now,
    onListenerError: (error) => logger.error({ err: error }, 'telling of a task failed'),
  });
  const egressProbing = createEgressProbing({
    egresses,
    settings,
    providers: () => gateway.config.providers.values(),
    now: steadyNow,
    logger,
  });
  watchOutages({ clock: systemClock, gateway, upstream, egressProbing, signal: stopping.signal });
  const keyProber = createKeyProber({ clock: systemClock, random: systemRandom, tasks, gateway, upstream });
  return { tasks, keyProber, egressProbing };
}
