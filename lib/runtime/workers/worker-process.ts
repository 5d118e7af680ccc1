import cluster, { type Worker } from 'node:cluster';
import { Calls } from '../../cluster/calls';
import type { Channel } from '../../cluster/channel';
import { channelVerbs } from '../../cluster/ipc-channel';
import type { MetricValues } from '../../metrics/metrics';
import { handBackConnections } from './hand-back';

/** What a worker has to know. */
export interface WorkerPlace {
  /** From 1; the same again when it is started anew. */
  readonly worker: number;
  /** Where what is not the gateway's is passed on to, and what proves who does. */
  readonly socketPath: string;
  readonly proof: string;
}

export interface WorkerProcessParts {
  readonly channel: Channel;
  readonly place: WorkerPlace;
  readonly onListening: (port: number) => void;
  /** Whether another worker listens. */
  readonly isAnotherThere: () => boolean;
  /** It is about to close the port; resolves when it may. */
  readonly onClosing: () => Promise<void>;
  /** It cannot be started, and says why. */
  readonly onFailed: (message: string) => void;
  readonly onEnd: (how: { readonly code: number | null; readonly signal: string | null }) => void;
}

/** One worker, from its start to its end, as the process sees it that has started it. */
export class WorkerProcess {
  readonly ended: Promise<void>;
  /** What it counted, when it was last asked. */
  lastMetrics: MetricValues | undefined;
  #isListening = false;
  readonly #worker: Worker;
  readonly #calls: Calls;
  readonly #untaken: ReadonlySet<number>;
  readonly #pages = new Set<string>();

  constructor(
    readonly index: number,
    parts: WorkerProcessParts,
  ) {
    const { channel, place, onListening, onFailed, onEnd } = parts;
    // glibc would keep several heaps for the few threads that allocate: 7 MB for nothing.
    const worker = cluster.fork({ MALLOC_ARENA_MAX: '1' });
    this.#worker = worker;
    this.#untaken = handBackConnections(worker.process, parts.isAnotherThere);
    this.#calls = new Calls(
      {
        send(message) {
          if (!worker.isConnected()) throw new Error('not connected');
          worker.send(message as object, ignore);
        },
        onMessage: (take) => worker.on('message', take),
      },
      {
        ...channelVerbs(channel, (from) => this.#pages.add(from)),
        place: () => place,
        closing: () => parts.onClosing(),
        failed: (message) => onFailed(String(message)),
      },
    );
    worker.on('error', ignore);
    worker.once('listening', ({ port }) => {
      this.#isListening = true;
      onListening(port);
    });
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code, signal) => {
        for (const from of this.#pages) void channel.close(from);
        onEnd({ code, signal });
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  /** It has each connection that was handed to it. */
  get hasTakenAll(): boolean {
    return this.#untaken.size === 0;
  }

  /** Asks it to finish. */
  stop(mayDrain: boolean): void {
    this.#calls.ask('stop', mayDrain).catch(ignore);
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  /** Resolves when all changes made by now are in force there, it has ended, or it has not said so for `ms`. */
  async takeOver(ms: number): Promise<void> {
    await Promise.race([this.#calls.ask('takeOver', undefined, ms).catch(ignore), this.ended]);
  }

  /** What it counts now; if it does not answer, what it did last. */
  async metrics(): Promise<MetricValues> {
    try {
      this.lastMetrics = (await this.#calls.ask('metrics')) as MetricValues;
    } catch {
      // It is busy or has ended, and what it counted before is still true.
    }
    return this.lastMetrics ?? [];
  }
}

function ignore(): void {
  // Its end is told by the 'exit' event.
}
