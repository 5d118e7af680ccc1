import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveLastRequests } from '../http/connection/last-requests';
import type { AdminStage, BelowAdmin } from './stages/admin';

/** Ends everything, what was built last first, so that nothing that is noted meanwhile is lost. Never rejects. */
export async function stopProgram(
  parts: BelowAdmin & { readonly admin: AdminStage },
  server: Server | undefined,
  mayDrain: boolean,
): Promise<void> {
  const { machine, settings, installation, gateway, probing, jobs, admin } = parts;
  const { logger, ownLimits, stopping } = machine;
  const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = settings.current;
  const drainMs = mayDrain && server !== undefined ? DRAIN_SECONDS * 1000 : 0;
  const deadlineMs = SHUTDOWN_TIMEOUT * 1000;
  logger.info({ inFlight: gateway.gateway.inFlight, drainMs, deadlineMs }, 'stopping');
  const tasksClosed = sleep(drainMs).then(() => {
    admin.stop();
    return probing.tasks.close();
  });
  const { connections } = ownLimits;
  await serveLastRequests({ gateway: gateway.gateway, connections, logger, drainMs, deadlineMs }, server);
  stopping.abort();
  settings.close();
  await tasksClosed;
  await jobs.close();
  await gateway.upstream.close();
  const spansSent = gateway.tracer?.close();
  await writeAllDown(parts);
  await spansSent;
  // What was written last is news to the others.
  await parts.sharing.close();
  await installation.store
    .close()
    .catch((error: unknown) => logger.error({ err: error }, 'closing the database failed'));
  logger.info('stopped');
  logger.flush();
}

/** What still waits to be written, or has failed and been reported. */
async function writeAllDown({ writeBehind, inventory, guessing, admin }: Parameters<typeof stopProgram>[0]) {
  const { logWriter, stateWriter, egressWriter, owners } = writeBehind;
  await logWriter.close();
  await stateWriter.close();
  await egressWriter.close();
  await owners.close();
  await guessing.guessWriter.close();
  await admin.signOutWriter.close();
  await inventory.tokenUsage.close();
}
