import type { LeaseRequest } from '../pool/lease';
import type { Pool, Shortage } from '../pool/pool';
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
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: StopSignal;
}

/** Requests that wait for keys of one pool. */
export interface Crowd {
  readonly count: number;
  /** When the longest waiting of them came; milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Where requests wait for a key that will be available soon. Each key that is freed wakes exactly as many as it can
 * serve: a waiting request gets its lease here, so none draws a refusal. Fair by client, and then by arrival.
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

  /** There is room for one more. */
  get hasRoom(): boolean {
    return this.#depth < this.rules().queueMax;
  }

  /**
   * Milliseconds until a key may be free for those who wait for that pool to serve the model: who comes later does not
   * go first. Undefined if nobody waits.
   */
  freeInMs(pool: Pool, request: LeaseRequest): number | undefined {
    return this.#queues.get(pool)?.freeInMs(this.#laneOf(request));
  }

  /** Resolves with a lease, or with why there is none by the deadline, or when the client has left. */
  wait(pool: Pool, request: LeaseRequest, ticket: Ticket, shortage: Shortage): Promise<Waited> {
    const name = this.#laneOf(request);
    const queue = this.#queueOf(pool);
    this.#depth += 1;
    return new Promise((resolve) => {
      const end = (waited: Waited): void => {
        ticket.signal.removeEventListener('abort', leave);
        this.#depth -= 1;
        if (queue.isEmpty) this.#close(pool);
        resolve(waited);
      };
      const { client, deadline } = ticket;
      const waiting: Waiting = { request, client, deadline, since: this.clock.now(), end };
      const leave = (): void => {
        queue.remove(name, waiting);
        end({ kind: 'left' });
      };
      ticket.signal.addEventListener('abort', leave, { once: true });
      queue.add(name, waiting, shortage);
    });
  }

  /** Requests that have tried keys already may not take what others may: they stand in a lane of their own. */
  #laneOf({ model, tried, refusedBy, owner }: LeaseRequest): string {
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

  #close(pool: Pool): void {
    this.#queues.delete(pool);
    pool.onFreed = undefined;
  }
}
