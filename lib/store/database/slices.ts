import { setTimeout as sleep } from 'node:timers/promises';
import { createLock } from './lock';

/** Long work on the database, in slices: SQLite does one thing at a time, and what traffic leaves has to be written. */
export interface Slices {
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /**
   * Runs one slice. On SQLite one at a time, whoever asks, and before each one the others get as long as the slice
   * before took: so all long work together never takes more than half of the time.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface SlicePorts {
  readonly now: () => number;
  readonly rest: (ms: number) => Promise<unknown>;
}

/** Reads have a thread of their own, and leave the processor to others for a while all the same. */
const READ_REST_SHARE = 0.25;
/** A slice may have waited for another process that was writing, and that was no work. */
const REST_MAX_MS = 20;

const SYSTEM: SlicePorts = { now: () => performance.now(), rest: (ms) => sleep(ms) };

export function createSlices(isLocal: boolean, ports: SlicePorts = SYSTEM): Slices {
  return slicesWith(isLocal, ports, 1);
}

/** For what only reads, by the database's reader: the rests are a quarter of that. */
export function createReadSlices(isLocal: boolean, ports: SlicePorts = SYSTEM): Slices {
  return slicesWith(isLocal, ports, READ_REST_SHARE);
}

function slicesWith(isLocal: boolean, ports: SlicePorts, restShare: number): Slices {
  const { now, rest } = ports;
  // A statement of a remote server lets everything else run by itself.
  if (!isLocal) return { now, run: (work) => work() };
  const lock = createLock();
  let rested: Promise<unknown> = Promise.resolve();
  return {
    now,
    run: (work) =>
      lock.exclusively(async () => {
        await rested;
        const startedAt = now();
        try {
          return await work();
        } finally {
          rested = rest(Math.min(REST_MAX_MS, Math.max(1, restShare * (now() - startedAt))));
        }
      }),
  };
}
