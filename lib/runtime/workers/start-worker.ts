import type { Server } from 'node:http';
import type { Calls } from '../../cluster/calls';
import { IpcChannel } from '../../cluster/ipc-channel';
import { readEnvironment } from '../../config/env';
import { Entrance } from '../../http/entrance';
import { PassOn } from '../../http/pass-on';
import { createPublicServer } from '../../http/public-server';
import type { MetricValues } from '../../metrics/metrics';
import { followChanges, openCore, type Core } from '../core';
import { openInstallation } from '../stages/installation';
import { createMachine } from '../stages/machine';
import { readStartup } from '../stages/settings';
import { stopServing, writeDown } from '../stop';
import type { WorkerPlace } from './worker-process';

/** A running worker. */
export interface WorkerRuntime {
  /** Does not listen yet. */
  readonly server: Server;
  readonly host: string;
  readonly port: number;
  metrics(): Promise<MetricValues>;
  /** Resolves when all changes that have been made by now are in force here. */
  takeOver(): Promise<void>;
  /** Resolves when it may serve: it knows of the others, or that it does not hear them. */
  begun(): Promise<void>;
  /** As the whole program stops. Safe to call twice. Never rejects. */
  stop(mayDrain: boolean): Promise<void>;
}

/** Builds the gateway and nothing else; the rest is passed on. Rejects if it cannot. */
export async function startWorker(place: WorkerPlace, calls: Calls): Promise<WorkerRuntime> {
  const environment = readEnvironment();
  const machine = await createMachine();
  machine.logger.setBindings({ worker: place.worker });
  const startup = readStartup(environment);
  const installation = await openInstallation(environment, startup, machine.now);
  const channel = new IpcChannel(calls);
  const core = await openCore(machine, installation, { channel, worker: place.worker });
  followChanges(core, { learnSignedOut: () => undefined });

  const passOn = new PassOn(place);
  const { connections } = machine.ownLimits;
  const { gateway, metrics } = core.gateway;
  const server = createPublicServer(
    new Entrance({
      gateway,
      connections,
      onRefused: (status) => metrics.refusedAtDoor(status),
      beyond: (req, res) => passOn.handle(req, res),
    }),
    connections,
  );
  let stopping: Promise<void> | undefined;
  return {
    server,
    host: startup.HOST,
    port: startup.PORT,
    metrics: () => metrics.values(),
    takeOver: () => core.outsideChanges.takenOver(),
    begun: () => core.sharing.begun(),
    stop(mayDrain) {
      stopping ??= stopWorker(core, server, mayDrain, calls).finally(() => passOn.close());
      return stopping;
    },
  };
}

async function stopWorker(core: Core, server: Server, mayDrain: boolean, calls: Calls): Promise<void> {
  const ignore = (): undefined => undefined;
  await stopServing(core, server, mayDrain, () => calls.ask('closing').then(ignore, ignore));
  await core.probing.tasks.close();
  await writeDown(core);
}
