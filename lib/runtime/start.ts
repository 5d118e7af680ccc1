import { readEnvironment } from '../config/env';
import { MemoryChannel } from '../cluster/memory-channel';
import { MetricsEndpoint, metricsTokens } from '../http/metrics-endpoint';
import { StaticFiles } from '../http/pages/static-files';
import { watchOtherServers } from '../process/other-servers';
import { followChanges, openCore } from './core';
import { Runtime } from './runtime';
import { openAlerts } from './stages/alerts';
import { openAdmin, type BelowAdmin } from './stages/admin';
import { openInstallation } from './stages/installation';
import { openJobs } from './stages/jobs';
import { createMachine } from './stages/machine';
import { readStartup } from './stages/settings';
import { workerCount } from './workers/worker-count';
import { Workers } from './workers/workers';

/** Builds the program in stages, each from those before it. Rejects with `start_failed` if the settings are wrong. */
export async function startRuntime(): Promise<Runtime> {
  const environment = readEnvironment();
  const machine = await createMachine();
  const { logger } = machine;
  const startup = readStartup(environment);
  const installation = await openInstallation(environment, startup, machine.now);
  const stopWatchingServers = watchOtherServers(installation.database, logger, machine.now);
  machine.stopping.signal.addEventListener('abort', stopWatchingServers);

  const count = workerCount(startup.WORKERS);
  const channel = new MemoryChannel(machine.steadyNow);
  const workers = count > 1 ? new Workers({ count, channel, logger }) : undefined;
  const core = await openCore(machine, installation, workers && { channel, worker: undefined });
  const { settings, gateway, guessing, listeners } = core;
  const jobs = openJobs(machine, settings, installation, core.probing, core.gateway.prices, listeners);
  const alerts = openAlerts({ ...core, jobs });
  const below = { ...core, jobs, alerts };
  const admin = await openAdmin(below);
  followChanges(core, admin.auth);
  beginWork(below);
  const stopAlerts = alerts.follow(admin.parts);
  return new Runtime({
    ...below,
    admin,
    stopAlerts,
    workers,
    staticFiles: StaticFiles.of(process.cwd()),
    metricsEndpoint: new MetricsEndpoint(
      { contentType: gateway.metrics.contentType, render: () => gateway.metrics.render(workers) },
      () => metricsTokens(gateway.configuration.adminToken, settings.current),
      guessing.limiter,
      (error) => logger.error({ err: error }, 'telling the metrics failed'),
    ),
  });
}

/** Unfinished work goes on. */
function beginWork({ machine, installation, settings, jobs }: BelowAdmin): void {
  const { logger, stopping } = machine;
  void installation.store.rollups.recount(stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted)
      logger.error({ err: error }, 'counting the past anew failed; the next start goes on with it');
  });
  // What is down already is found out without traffic.
  if (settings.current.PROXY_AUTO_CHECK_ENABLED) void jobs.run('probe-egress');
}
