import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveLastRequests, type LastRequests } from '../http/connection/last-requests';
import type { Core } from './core';
import type { AdminStage, BelowAdmin } from './stages/admin';
import type { Workers } from './workers/workers';

export interface StopParts extends BelowAdmin {
  readonly admin: AdminStage;
  readonly stopAlerts: () => Promise<void>;
  readonly workers: Workers | undefined;
}

/** Ends everything, what was built last first, so that nothing that is noted meanwhile is lost. Never rejects. */
export async function stopProgram(
  parts: StopParts,
  server: Server | undefined,
  mayDrain: boolean,
): Promise<void> {
  const { settings, probing, jobs, admin, workers } = parts;
  const isDraining = mayDrain && server !== undefined;
  const tasksClosed = sleep(isDraining ? settings.current.DRAIN_SECONDS * 1000 : 0).then(() => {
    admin.stop();
    return probing.tasks.close();
  });
  // What they pass on is answered until they have ended.
  await workers?.stop(mayDrain, parts.settings.current);
  await stopServing(parts, server, isDraining && workers === undefined);
  await tasksClosed;
  await parts.stopAlerts();
  await jobs.close();
  await writeDown(parts, () => admin.signOutWriter.close());
}

/** Serves the last requests, and then neither asks nor follows anything of its own accord any more. */
export async function stopServing(
  { machine, settings, gateway }: Pick<Core, 'machine' | 'settings' | 'gateway'>,
  server: Server | undefined,
  mayDrain: boolean,
  mayClose?: LastRequests['mayClose'],
): Promise<void> {
  const { logger, ownLimits, stopping } = machine;
  const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = settings.current;
  const drainMs = mayDrain ? DRAIN_SECONDS * 1000 : 0;
  const deadlineMs = SHUTDOWN_TIMEOUT * 1000;
  logger.info({ inFlight: gateway.gateway.inFlight, drainMs, deadlineMs }, 'stopping');
  const { connections } = ownLimits;
  const last = { gateway: gateway.gateway, connections, logger, drainMs, deadlineMs, mayClose };
  await serveLastRequests(last, server);
  stopping.abort();
  settings.close();
}

/** What still waits to be written, or has failed and been reported; then everything is closed. */
export async function writeDown(
  { machine, installation, writeBehind, inventory, guessing, gateway, sharing }: Omit<Core, 'outsideChanges'>,
  last: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { logger } = machine;
  const { logWriter, stateWriter, egressWriter, owners } = writeBehind;
  await gateway.upstream.close();
  await gateway.recorded();
  const spansSent = gateway.tracer?.close();
  await logWriter.close();
  await stateWriter.close();
  await egressWriter.close();
  await owners.close();
  await guessing.guessWriter.close();
  await last();
  await inventory.tokenUsage.close();
  await spansSent;
  // What was written last is news to the others.
  await sharing.close();
  await installation.store
    .close()
    .catch((error: unknown) => logger.error({ err: error }, 'closing the database failed'));
  logger.info('stopped');
  logger.flush();
}
