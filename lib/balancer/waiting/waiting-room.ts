import type { Lease, LeaseRequest } from '../pool/lease';
import type { Pool } from '../pool/pool';
import { sooner, type Shortage } from '../pool/shortage';
import type { Clock, StopSignal } from '../ports';
import { PoolQueue, type Waited, type Waiting } from './pool-queue';

export interface WaitRules {
  /** How long a request may wait for a key; milliseconds, 0 for not at all. */
  readonly waitMs: number;
  /** How many may wait at a time. */
  readonly queueMax: number;
}

export interface Ticket {
  /** Requests of one client share its turns. */
  readonly client: string;
  /** Whoever has a higher one goes first; 0 by default. The same for all requests of a client. */
  readonly priority?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** It came before all who wait now: it has been sent already, and is to be sent once more. */
  readonly isFirst?: boolean | undefined;
  readonly signal: StopSignal;
}

/** Where a request stands in line. */
export interface Place {
  readonly pool: Pool;
  readonly request: LeaseRequest;
  /** Why there is no key now. */
  readonly shortage: Shortage;
}

/** What tells whom a request stands behind. */
type Asked = Pick<LeaseRequest, 'model' | 'tried' | 'refusedBy' | 'owner'>;

/** How a wait ended, and where. */
export type WaitedAt =
  | { readonly kind: 'served'; readonly lease: Lease; readonly pool: Pool }
  /** The one that would be over first. */
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  | { readonly kind: 'left' };

/** Requests that wait for keys of one pool; each may wait for others' too. */
export interface Crowd {
  readonly count: number;
  /** When the longest waiting of them came; milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Where requests wait for a key that will be available soon. Each key that is freed wakes exactly as many as it can
 * serve: a waiting request gets its lease here, so none draws a refusal. The highest priority first,
 * within one fair by client, and then by arrival.
 */
export class WaitingRoom {
  readonly #queues = new Map<Pool, PoolQueue>();
  #depth = 0;
  #ownLanes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly rules: () => WaitRules,
  ) {}

  /** How many wait now. */
  get depth(): number {
    return this.#depth;
  }

  /** Who waits for keys of that pool; undefined for nobody. */
  crowdOf(pool: Pool): Crowd | undefined {
    let count = 0;
    let since = Infinity;
    for (const line of this.#queues.get(pool)?.lines ?? []) {
      count += line.size;
      for (const waiting of line.firsts()) since = Math.min(since, waiting.since);
    }
    return count === 0 ? undefined : { count, since };
  }

  get waitMs(): number {
    return this.rules().waitMs;
  }

  /**
   * There is room for one more, and the shortage will be over while it may wait. Where keys are free that it may not
   * take, none will be.
   */
  isWorthWaiting({ retryAfterMs = Infinity }: Shortage, waitMs: number): boolean {
    return retryAfterMs > 0 && retryAfterMs < waitMs && this.#depth < this.rules().queueMax;
  }

  /**
   * Milliseconds until a key may be free for those who wait for that pool to serve the model: who comes later does not
   * go first. Undefined if nobody waits.
   */
  freeInMs(pool: Pool, request: Asked): number | undefined {
    return this.#queues.get(pool)?.freeInMs(this.#laneOf(request));
  }

  /**
   * Resolves with a lease of whichever of these pools is the first to have one, or with why there is none by the
   * deadline, or when the client has left.
   */
  wait(
    places: readonly Place[],
    { client, priority = 0, deadline, isFirst = false, signal }: Ticket,
  ): Promise<WaitedAt> {
    this.#depth += 1;
    const since = this.clock.now();
    return new Promise((resolve) => {
      const stands = new Map<Place, () => void>();
      let inVain: Shortage | undefined;
      const end = (waited: WaitedAt): void => {
        signal.removeEventListener('abort', leave);
        this.#depth -= 1;
        for (const stepOut of stands.values()) stepOut();
        resolve(waited);
      };
      const leave = (): void => end({ kind: 'left' });
      signal.addEventListener('abort', leave, { once: true });
      for (const place of places) {
        const ended = (waited: Waited): void => {
          stands.get(place)?.();
          stands.delete(place);
          if (waited.kind === 'served') return end({ ...waited, pool: place.pool });
          inVain = sooner(inVain, waited.shortage);
          if (stands.size === 0) end({ kind: 'shortage', shortage: inVain });
        };
        const { request } = place;
        stands.set(
          place,
          this.#stand(place, { request, client, priority, deadline, since, isFirst, end: ended }),
        );
      }
    });
  }

  /** Returns how to leave again. */
  #stand({ pool, request, shortage }: Place, waiting: Waiting): () => void {
    const name = this.#laneOf(request);
    const queue = this.#queueOf(pool);
    queue.add(name, waiting, shortage);
    return () => {
      queue.remove(name, waiting);
      if (queue.isEmpty) this.#close(pool, queue);
    };
  }

  /** Requests that have tried keys already may not take what others may: they stand in a lane of their own. */
  #laneOf({ model, tried, refusedBy, owner }: Asked): string {
    if (tried.size + refusedBy.size > 0) return `own:${(this.#ownLanes += 1)}`;
    return owner === undefined ? `model:${model}` : `owner:${owner.keyId}:${model}`;
  }

  #queueOf(pool: Pool): PoolQueue {
    const known = this.#queues.get(pool);
    if (known !== undefined) return known;
    const queue = new PoolQueue(pool, this.clock);
    this.#queues.set(pool, queue);
    pool.onFreed = () => queue.look();
    return queue;
  }

  #close(pool: Pool, queue: PoolQueue): void {
    if (this.#queues.get(pool) !== queue) return;
    this.#queues.delete(pool);
    pool.onFreed = undefined;
  }
}
