import { mkdtempSync, rmSync } from 'node:fs';
import cluster from 'node:cluster';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../cluster/channel';
import { counted, sumOf, type MetricsOfOthers, type MetricValues } from '../../metrics/metrics';
import type { Logger } from '../../process/logger';
import { PortEnd } from './port-end';
import { SharedPort } from './shared-port';
import { WorkerProcess } from './worker-process';

/** After an end so soon the next start waits, and each time twice as long. */
const SOON_MS = 10_000;
const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 10_000;
/** At the start so many of them may end without a word before the program gives up. */
const FIRST_ENDS_MAX = 3;
const TAKE_OVER_MS = 1_000;
/** What so many counted is added up. */
const PAST_MAX = 8;
/** Beyond what a worker takes for its last requests by the settings. */
const LAST_WORDS_MS = 10_000;

interface Place {
  readonly index: number;
  worker: WorkerProcess | undefined;
  endsSoon: number;
}

export interface WorkersParts {
  readonly count: number;
  readonly channel: Channel;
  readonly logger: Logger;
}

/** The processes that serve clients on the one port. One that dies is started again. */
export class Workers implements MetricsOfOthers {
  /** Where they reach this process; nobody else's user can. */
  readonly socketPath: string;
  readonly #folder: string | undefined;
  readonly #places: Place[];
  #proof = '';
  #isStopping = false;
  readonly #port = new SharedPort();
  // One that has taken all that it was handed is handed what waits: so nothing does when all have.
  readonly #end = new PortEnd(() =>
    this.#port.close(() => this.#places.every(({ worker }) => worker?.hasTakenAll !== false)),
  );
  #firstEnds = 0;
  #started: { readonly resolve: (port: number) => void; readonly reject: (error: Error) => void } | undefined;
  /** What those counted that have ended. */
  #past: MetricValues[] = [];
  #isSumming = false;

  constructor(private readonly parts: WorkersParts) {
    this.#places = Array.from({ length: parts.count }, (_, i) => ({
      index: i + 1,
      worker: undefined,
      endsSoon: 0,
    }));
    if (process.platform === 'win32') this.socketPath = `\\\\.\\pipe\\openai-balance-${process.pid}`;
    else {
      this.#folder = mkdtempSync(join(tmpdir(), 'openai-balance-'));
      this.socketPath = join(this.#folder, 'dashboard');
      process.once('exit', () => this.#tidy());
    }
  }

  /** Resolves with the port when all of them listen; rejects with what keeps them from it. */
  start(proof: string): Promise<number> {
    this.#proof = proof;
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({ exec: join(process.cwd(), '.next', 'worker', 'main.mjs'), args: [] });
    this.#port.watch();
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      for (const place of this.#places) this.#begin(place);
    });
  }

  /** Lets all finish as one process would, and waits until they have ended. Never rejects. */
  async stop(
    mayDrain: boolean,
    { DRAIN_SECONDS, SHUTDOWN_TIMEOUT }: { DRAIN_SECONDS: number; SHUTDOWN_TIMEOUT: number },
  ): Promise<void> {
    this.#isStopping = true;
    const workers = this.#places.flatMap(({ worker }) => worker ?? []);
    const ended = Promise.all(workers.map((worker) => worker.ended));
    for (const worker of workers) worker.stop(mayDrain);
    const deadlineMs = (DRAIN_SECONDS + SHUTDOWN_TIMEOUT) * 1_000 + LAST_WORDS_MS;
    const late = new AbortController();
    const { signal } = late;
    await Promise.race([ended, sleep(deadlineMs, undefined, { signal }).catch(() => undefined)]);
    late.abort();
    this.kill();
  }

  /** At once, and for good. */
  kill(): void {
    this.#isStopping = true;
    for (const { worker } of this.#places) worker?.kill();
  }

  /** Of all that live, as they are now or were last heard of, and of those that have ended. */
  async metrics(): Promise<readonly MetricValues[]> {
    const living = this.#places.flatMap(({ worker }) => worker ?? []);
    const values = await Promise.all(living.map((worker) => worker.metrics()));
    return [...values, ...this.#past];
  }

  /** Resolves when all that serve obey what has been changed by now; one that hangs is waited for a second. */
  async takeOver(): Promise<void> {
    const serving = this.#places.flatMap(({ worker }) => (worker?.isListening === true ? worker : []));
    await Promise.all(serving.map((worker) => worker.takeOver(TAKE_OVER_MS)));
  }

  #begin(place: Place): void {
    const { channel } = this.parts;
    const startedAt = performance.now();
    this.#end.opened(place);
    place.worker = new WorkerProcess(place.index, {
      channel,
      place: { worker: place.index, socketPath: this.socketPath, proof: this.#proof },
      onListening: (port) => this.#listening(place, port),
      isAnotherThere: () =>
        this.#places.some((other) => other !== place && other.worker?.isListening === true),
      onClosing: () => this.#end.mayClose(place),
      onFailed: (message) => this.#giveUp(message),
      onEnd: (how) => this.#ended(place, performance.now() - startedAt, how),
    });
  }

  #listening({ index, worker }: Place, port: number): void {
    if (this.#started === undefined) {
      this.parts.logger.info({ worker: index, pid: worker?.pid }, 'a worker serves again');
      return;
    }
    if (!this.#places.every((place) => place.worker?.isListening === true)) return;
    this.#started.resolve(port);
    this.#started = undefined;
  }

  #ended(place: Place, livedMs: number, how: { code: number | null; signal: string | null }): void {
    const { worker, index } = place;
    place.worker = undefined;
    this.#end.ended(place);
    if (worker?.lastMetrics !== undefined) this.#keep(counted(worker.lastMetrics));
    if (this.#isStopping) return;
    if (this.#started !== undefined) this.#firstEnds += 1;
    if (this.#firstEnds >= FIRST_ENDS_MAX) return this.#giveUp('no worker could be started');
    place.endsSoon = livedMs < SOON_MS ? place.endsSoon + 1 : 0;
    const pauseMs = place.endsSoon < 2 ? 0 : Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** (place.endsSoon - 2));
    const story = { worker: index, pid: worker?.pid, ...how, pauseMs };
    this.parts.logger.warn(story, 'a worker has ended and is started again');
    setTimeout(() => {
      if (!this.#isStopping) this.#begin(place);
    }, pauseMs);
  }

  /** At the start there is nobody to serve on; later the others do, and it is tried again. */
  #giveUp(message: string): void {
    if (this.#started === undefined) {
      this.parts.logger.error({ reason: message }, 'a worker could not be started');
      return;
    }
    this.kill();
    this.#started.reject(new Error(message));
    this.#started = undefined;
  }

  #keep(values: MetricValues): void {
    this.#past.push(values);
    if (this.#past.length < PAST_MAX || this.#isSumming) return;
    this.#isSumming = true;
    const summed = [...this.#past];
    void sumOf(summed).then((sum) => {
      this.#past = [sum, ...this.#past.slice(summed.length)];
      this.#isSumming = false;
    });
  }

  #tidy(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
