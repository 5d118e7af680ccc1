import cluster from 'node:cluster';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Calls } from '../../cluster/calls';
import { garbageCollection } from '../../process/process-watch';
import { messageOf } from '../start-error';
import { cannotListen } from '../cannot-listen';
import { startWorker, type WorkerRuntime } from './start-worker';
import type { WorkerPlace } from './worker-process';

/** While the database does not answer, nothing else is waited for. */
const TAKE_OVER_MS = 1_000;

/** The life of a worker: it serves until it is told to stop, or until the process that has started it is gone. */
export async function runWorker(): Promise<void> {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('a worker is started by server.mjs');
  // The end of the line is not the end of its requests.
  worker.exitedAfterDisconnect = true;
  let runtime: WorkerRuntime | undefined;
  const stop = async (mayDrain: boolean): Promise<never> => {
    await runtime?.stop(mayDrain);
    process.exit(0);
  };
  const calls = new Calls(
    {
      send(message) {
        if (!process.connected) throw new Error('not connected');
        process.send?.(message, undefined, undefined, () => undefined);
      },
      onMessage: (take) => process.on('message', take),
    },
    {
      metrics: () => runtime?.metrics(),
      takeOver: () => runtime?.takeOver(),
      stop: (mayDrain) => void stop(mayDrain === true),
    },
  );
  let place: WorkerPlace | undefined;
  process.once('disconnect', () => {
    if (place !== undefined) leaveNothingOf(place);
    void stop(false);
  });
  try {
    place = (await calls.ask('place')) as WorkerPlace;
    runtime = await startWorker(place, calls);
    await runtime.begun();
    // From then on it is asked for each change; what was changed since it has read everything is in force before.
    await Promise.race([runtime.takeOver(), sleep(TAKE_OVER_MS)]);
    runtime.server.listen(runtime.port, runtime.host);
    await once(runtime.server, 'listening');
    // A start leaves much behind that V8 would look for only under load.
    garbageCollection()();
  } catch (error) {
    const isOfServer = (error as NodeJS.ErrnoException).syscall !== undefined;
    const message = isOfServer ? cannotListen(error as NodeJS.ErrnoException) : messageOf(error);
    await calls.ask('failed', message).catch(() => undefined);
    process.exit(1);
  }
}

/** A process that was killed has not removed its folder. */
function leaveNothingOf({ socketPath }: WorkerPlace): void {
  if (process.platform !== 'win32') rmSync(dirname(socketPath), { recursive: true, force: true });
}
