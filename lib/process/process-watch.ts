import { readFileSync } from 'node:fs';
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_MS = 100;
/** V8 adds the space of new objects to the limit that it is given. */
const YOUNG_BYTES = 48 * 2 ** 20;
/**
 * Freed bodies keep their memory until the heap is next swept, and nothing sweeps it while nobody asks for anything.
 */
const SWEEP_BYTES = 32 * 2 ** 20;
const QUIET_MS = 1_000;
/** What sockets hold at the first one is free at the last. */
const SWEEPS = 3;
/**
 * A full collection gives back the space of new objects, up to 32 MB, if few were made in the 5 s before it. Between
 * two that follow sooner, what was made before the first one counts as well.
 */
const LAST_QUIET_MS = 6_000;
/**
 * A start leaves as much behind. V8 gives back the space of new objects by itself some seconds after a full collection,
 * but may have had none to begin with.
 */
const AFTER_START_MS = 4_000;
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

/** Told of the heap, in bytes. `isCollected`: right after a collection, so that nothing of it is waste. */
type HeapLook = (usedBytes: number, limitBytes: number, isCollected: boolean) => void;

/**
 * Looks at the heap after each full collection and ten times a second, which costs a few microseconds. Returns what
 * ends it.
 */
export function watchHeap(look: HeapLook): () => void {
  const lookNow = (isCollected: boolean): void => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    look(used_heap_size, Math.max(heap_size_limit - YOUNG_BYTES, heap_size_limit / 2), isCollected);
  };
  const timer = setInterval(() => lookNow(false), LOOK_MS);
  timer.unref();
  const observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isFullCollection)) lookNow(true);
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    clearInterval(timer);
    observer.disconnect();
  };
}

function isFullCollection(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: unknown } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

/**
 * Gives memory back to the system in quiet moments: that of the start, that of large bodies, and that of a heap which
 * has been full.
 */
export class MemoryReturn {
  #hadLarge = true;
  #sweepsLeft = SWEEPS;
  #quietSince: number;

  constructor(
    private readonly now: () => number,
    private readonly collect: () => void = garbageCollection(),
  ) {
    this.#quietSince = now() + AFTER_START_MS;
  }

  /** Call regularly, with the bytes that bodies have and the number of requests in flight. */
  look(bodyBytes: number, isHeapFull: boolean, inFlight: number): void {
    const isLarge = bodyBytes >= SWEEP_BYTES;
    this.#hadLarge ||= isLarge;
    if (isLarge || inFlight > QUIET_REQUESTS) {
      this.#quietSince = this.now();
      this.#sweepsLeft = SWEEPS;
    }
    // What is left after the last one stays, however full the heap is.
    const isLast = this.#sweepsLeft === 1;
    const quietMs = isLast ? LAST_QUIET_MS : QUIET_MS;
    if (this.#sweepsLeft === 0 || this.now() - this.#quietSince < quietMs) return;
    if (!this.#hadLarge && !isHeapFull && !isLast) return;
    this.#sweepsLeft -= 1;
    // Should traffic come before the last one, it is left out: after each sweep the first requests are slow.
    if (this.#sweepsLeft === 1) this.#hadLarge = false;
    this.collect();
    this.#quietSince = this.now();
  }
}

/** V8 is asked for it at the first time only. */
export function garbageCollection(): () => void {
  let collect: (() => void) | undefined;
  return () => {
    if (collect === undefined) {
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
    }
    collect();
  };
}
