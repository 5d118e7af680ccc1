import type { LoadLimit } from '../gateway/gateway';

/** Descriptors that files, the database, pages and what is being opened and closed take. */
const DESCRIPTORS_KEPT = 48;
const DESCRIPTORS_KEPT_SHARE = 0.05;
/** Each request takes a connection of the client and one to a provider. */
const REQUESTS_SHARE = 0.45;
/** So many more connections are accepted to be told that there is no room. */
const TURNED_AWAY_SHARE = 0.05;
const TURNED_AWAY_MIN = 16;
/**
 * Of the heap's limit: what may be left after a collection before new requests are refused, what may be in use at any
 * moment, and below what they are let in again. V8 gives up at about 0.85 after a collection.
 */
const HEAP_LIVE_MAX = 0.7;
const HEAP_USED_MAX = 0.88;
const HEAP_FREE = 0.62;
/**
 * So many requests at a time are served however full the heap is, so that a large inventory alone cannot stop the
 * service.
 */
const REQUESTS_MIN = 4;

export interface ConnectionLimits {
  readonly requestsMax: number;
  readonly connectionsMax: number;
}

/** How many requests and connections there may be at a time with so many file descriptors. */
export function connectionLimits(descriptorsMax: number): ConnectionLimits {
  if (descriptorsMax === Infinity) return { requestsMax: Infinity, connectionsMax: Infinity };
  const free = descriptorsMax - DESCRIPTORS_KEPT - Math.ceil(descriptorsMax * DESCRIPTORS_KEPT_SHARE);
  const requestsMax = Math.max(REQUESTS_MIN, Math.floor(free * REQUESTS_SHARE));
  const turnedAway = Math.max(TURNED_AWAY_MIN, Math.floor(free * TURNED_AWAY_SHARE));
  return { requestsMax, connectionsMax: requestsMax + turnedAway };
}

/** How many requests there may be at a time, by file descriptors and by what is left of the heap. */
export class ProcessLoad implements LoadLimit {
  readonly limits: ConnectionLimits;
  #isHeapFull = false;

  constructor(descriptorsMax: number) {
    this.limits = connectionLimits(descriptorsMax);
  }

  get requestsMax(): number {
    return this.#isHeapFull ? REQUESTS_MIN : this.limits.requestsMax;
  }

  get shortOf(): string {
    return this.#isHeapFull ? 'memory' : 'file descriptors';
  }

  get isHeapFull(): boolean {
    return this.#isHeapFull;
  }

  /**
   * Takes note of the heap, in bytes; `isCollected`: what is in use is what had to stay. Tells whether that began or
   * ended a shortage.
   */
  heap(usedBytes: number, limitBytes: number, isCollected: boolean): 'began' | 'over' | undefined {
    const used = usedBytes / limitBytes;
    const wasFull = this.#isHeapFull;
    this.#isHeapFull = wasFull ? used >= HEAP_FREE : used > (isCollected ? HEAP_LIVE_MAX : HEAP_USED_MAX);
    if (this.#isHeapFull === wasFull) return undefined;
    return wasFull ? 'over' : 'began';
  }
}
