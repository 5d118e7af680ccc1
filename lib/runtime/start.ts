import { readEnvironment } from '../config/env';
import { MetricsEndpoint, metricsTokens } from '../http/metrics-endpoint';
import { StaticFiles } from '../http/pages/static-files';
import { OutsideChanges } from '../inventory/outside-changes';
import { watchOtherServers } from '../process/other-servers';
import { steadyClock } from '../process/system-ports';
import { AdminListeners } from './admin-parts';
import { balancerEvents } from './events/balancer-events';
import { Runtime } from './runtime';
import { openAdmin, type AdminStage, type BelowAdmin } from './stages/admin';
import { openGateway } from './stages/gateway';
import { openGuessing } from './stages/guessing';
import { openInstallation } from './stages/installation';
import { openInventory } from './stages/inventory';
import { openJobs } from './stages/jobs';
import { createMachine } from './stages/machine';
import { openProbing } from './stages/probing';
import { openSettings, readStartup } from './stages/settings';
import { openSharing } from './stages/sharing';
import { createWriteBehind } from './stages/write-behind';

/** Builds the program in stages, each from those before it. Rejects with `start_failed` if the settings are wrong. */
export async function startRuntime(): Promise<Runtime> {
  const environment = readEnvironment();
  const machine = createMachine();
  const startedAt = machine.steadyNow();
  const installation = await openInstallation(environment, readStartup(environment), machine.now);
  const { store } = installation;
  const stopWatchingServers = watchOtherServers(installation.database, machine.logger, machine.now);
  machine.stopping.signal.addEventListener('abort', stopWatchingServers);
  const outsideChanges = new OutsideChanges(store.changeNotes);
  await outsideChanges.begin();

  const settings = await openSettings(machine, installation);
  const writeBehind = createWriteBehind(machine, store);
  const listeners = new AdminListeners(machine.steadyNow);
  const inventory = await openInventory(machine, store);
  const guessing = await openGuessing(machine, store);
  const belowGateway = { machine, installation, settings, writeBehind, inventory, guessing, listeners };
  const gateway = await openGateway(belowGateway);
  const probing = openProbing(machine, settings, inventory, gateway);
  tellOfEvents({ machine, writeBehind, inventory, gateway, probing, listeners });
  const sharing = await openSharing({ ...belowGateway, gateway, outsideChanges });
  gateway.metrics.watchSharing(() => ({
    state: sharing.state?.name ?? 'off',
    stateMs: machine.steadyNow() - (sharing.state?.since ?? startedAt),
    instances: sharing.list().length,
    messages: sharing.counts,
  }));
  const jobs = openJobs(machine, settings, installation, probing, listeners);
  const below = { ...belowGateway, gateway, probing, jobs, sharing };
  const admin = await openAdmin(below);
  connect(below, admin, outsideChanges);
  return new Runtime({
    ...below,
    admin,
    staticFiles: StaticFiles.of(process.cwd()),
    metricsEndpoint: new MetricsEndpoint(
      gateway.metrics,
      () => metricsTokens(gateway.configuration.adminToken, settings.current),
      guessing.limiter,
      (error) => machine.logger.error({ err: error }, 'telling the metrics failed'),
    ),
  });
}

/** From now on everybody hears of what happens to keys, providers and proxies. */
function tellOfEvents(
  parts: Pick<BelowAdmin, 'machine' | 'writeBehind' | 'inventory' | 'gateway' | 'probing' | 'listeners'>,
): void {
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

/** From now on changes made by others act too, and unfinished work goes on. */
function connect(below: BelowAdmin, admin: AdminStage, outsideChanges: OutsideChanges): void {
  const { machine, installation, settings, inventory, guessing, gateway, jobs, listeners } = below;
  const { logger, stopping, onUnreadable } = machine;
  const stopFollowingChanges = outsideChanges.follow({
    auth: admin.auth,
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
    onApplied(notes) {
      listeners.live.changed('settings', 'providers', 'keys', 'proxies', 'tokens');
      logger.info({ changes: notes.length }, 'changes made elsewhere are in force');
    },
    onError: (error) => logger.error({ err: error }, 'looking for changes failed; it is tried again'),
  });
  stopping.signal.addEventListener('abort', stopFollowingChanges);
  void installation.store.rollups.recount(stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted)
      logger.error({ err: error }, 'counting the past anew failed; the next start goes on with it');
  });
  // What is down already is found out without traffic.
  if (settings.current.PROXY_AUTO_CHECK_ENABLED) void jobs.run('probe-egress');
}
