import { readFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_MS = 100;
/** Freed bodies keep their memory until the heap is next swept, and nothing sweeps it while nobody asks for anything. */
const SWEEP_BYTES = 32 * 2 ** 20;
const QUIET_MS = 1_000;
/** So few requests do not mind a pause. */
const QUIET_REQUESTS = 2;

/** The number of files that the process may have open; Infinity where that cannot be told. */
export function descriptorsMax(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}

/** Calls with the heap's size and limit, in bytes, ten times a second, which costs a few microseconds. Returns what ends it. */
export function watchHeap(look: (usedBytes: number, limitBytes: number) => void): () => void {
  const timer = setInterval(() => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    look(used_heap_size, heap_size_limit);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Gives the memory of large bodies back to the system in quiet moments. */
export class MemoryReturn {
  #peakBytes = 0;
  #quietSince = 0;
  #collect: (() => void) | undefined;

  /** Call regularly, with the bytes that bodies have and the number of requests in flight. */
  look(bodyBytes: number, inFlight: number, nowMs: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, bodyBytes);
    if (inFlight > QUIET_REQUESTS) this.#quietSince = nowMs;
    if (this.#peakBytes < SWEEP_BYTES || nowMs - this.#quietSince < QUIET_MS) return;
    this.#peakBytes = 0;
    this.#collect ??= garbageCollection();
    this.#collect();
  }
}

function garbageCollection(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
