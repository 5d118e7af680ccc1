import { OutsideChanges, type ChangeTarget } from '../inventory/outside-changes';
import { instanceName } from '../process/instance-id';
import { steadyClock } from '../process/system-ports';
import { AdminListeners } from './admin-listeners';
import { balancerEvents } from './events/balancer-events';
import { openGateway, type GatewayStage } from './stages/gateway';
import { openGuessing, type GuessingStage } from './stages/guessing';
import type { Installation } from './stages/installation';
import { openInventory, type InventoryStage } from './stages/inventory';
import type { Machine } from './stages/machine';
import { openProbing, type ProbingStage } from './stages/probing';
import { openSettings } from './stages/settings';
import { openSharing, type Neighbours, type SharingStage } from './stages/sharing';
import { createWriteBehind, type WriteBehind } from './stages/write-behind';
import type { LiveSettings } from '../config/live-settings';

/** What each process that serves clients is made of, and what it shares with others. */
export interface Core {
  readonly machine: Machine;
  readonly installation: Installation;
  readonly settings: LiveSettings;
  readonly writeBehind: WriteBehind;
  readonly inventory: InventoryStage;
  readonly guessing: GuessingStage;
  readonly listeners: AdminListeners;
  readonly gateway: GatewayStage;
  readonly probing: ProbingStage;
  readonly sharing: SharingStage;
  readonly outsideChanges: OutsideChanges;
}

/** Builds it in stages, each from those before it. */
export async function openCore(
  machine: Machine,
  installation: Installation,
  neighbours?: Neighbours,
): Promise<Core> {
  const { store } = installation;
  const startedAt = machine.steadyNow();
  const outsideChanges = new OutsideChanges(store.changeNotes);
  await outsideChanges.begin();

  const settings = await openSettings(machine, installation);
  const self = instanceName(installation.startup.DATA_DIR, neighbours?.worker);
  const writeBehind = createWriteBehind(machine, store, self);
  const listeners = new AdminListeners(machine.steadyNow);
  const inventory = await openInventory(machine, store, self);
  const guessing = await openGuessing(machine, store);
  const belowGateway = { machine, installation, settings, writeBehind, inventory, guessing, listeners };
  const gateway = await openGateway(belowGateway);
  const probing = openProbing(machine, settings, inventory, gateway);
  tellOfEvents({ ...belowGateway, gateway, probing });
  const sharing = await openSharing({ ...belowGateway, gateway, outsideChanges }, neighbours);
  gateway.metrics.watchSharing(() => ({
    state: sharing.state?.name ?? 'off',
    stateMs: machine.steadyNow() - (sharing.state?.since ?? startedAt),
    instances: sharing.list().length,
    messages: sharing.counts,
  }));
  return { ...belowGateway, gateway, probing, sharing, outsideChanges };
}

/** From now on everybody hears of what happens to keys, providers and proxies. */
function tellOfEvents(parts: Omit<Core, 'sharing' | 'outsideChanges'>): void {
  const { machine, writeBehind, inventory, probing, listeners } = parts;
  const { gateway, metrics } = parts.gateway;
  const told = balancerEvents({
    logger: machine.logger,
    ...writeBehind,
    live: listeners.live,
    isInUse: (provider, key) => {
      const pool = gateway.config.providers.get(provider)?.pool;
      return pool === undefined || pool.key(key.config.keyId) === key;
    },
    onProbeWanted: (keyId) => probing.keyProber.verifyInDoubt(keyId, machine.stopping.signal),
  });
  inventory.events.add(metrics.countingEvents(told));
}

/** From now on changes made by others act too. `auth`: whoever lets admins in. */
export function followChanges(core: Core, auth: ChangeTarget['auth']): void {
  const { machine, installation, settings, inventory, guessing, gateway, listeners } = core;
  const { logger, stopping, onUnreadable } = machine;
  const stopFollowingChanges = core.outsideChanges.follow({
    auth,
    madeToken: gateway.madeToken,
    signedOutSessions: installation.store.signedOutSessions,
    limiter: guessing.limiter,
    guessCounts: installation.store.guessCounts,
    settings,
    configuration: gateway.configuration,
    pools: inventory.providers.pools,
    keys: installation.store.keys,
    egresses: inventory.egresses,
    proxies: installation.store.egress,
    time: steadyClock,
    onUnreadable,
    async onApplied(notes) {
      listeners.live.changed('settings', 'providers', 'keys', 'proxies', 'tokens', 'views');
      // What is spent of a budget may have been set to nothing. A failure is reported there.
      if (notes.some(({ kind }) => kind === 'tokens' || kind === 'inventory'))
        await inventory.tokenUsage.refresh().catch(() => undefined);
      logger.info({ changes: notes.length }, 'changes made elsewhere are in force');
    },
    onError: (error) => logger.error({ err: error }, 'looking for changes failed; it is tried again'),
  });
  stopping.signal.addEventListener('abort', stopFollowingChanges);
}
