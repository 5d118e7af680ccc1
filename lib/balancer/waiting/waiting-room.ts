import type { Lease, LeaseRequest } from '../pool/lease';
import type { Pool, Shortage } from '../pool/pool';
import type { Clock, StopSignal } from '../ports';
import { Alarm } from './alarm';
import { Line, type Standing } from './line';

export interface WaitRules {
  /** How long a request may wait for a key; milliseconds, 0 for not at all. */
  readonly waitMs: number;
  /** How many may wait at a time. */
  readonly queueMax: number;
}

/** How a wait ended. `shortage`: nothing was free in time, or never will be. */
export type Waited =
  | { readonly kind: 'served'; readonly lease: Lease }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  | { readonly kind: 'left' };

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

interface Waiting extends Standing {
  readonly since: number;
  readonly request: LeaseRequest;
  readonly end: (waited: Waited) => void;
}

/** What is freed in a moment is given out together. */
const GATHER_MS = 5;
/** Keys are free that the first in the line may not take: nobody knows when another one will be. */
const AGAIN_MS = 250;

/** Requests that wait for the same of one pool. */
class Queue {
  readonly line = new Line<Waiting>();
  readonly #alarm: Alarm;
  /** When a key may be free, as far as is known. */
  #freeAt = 0;

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {
    this.#alarm = new Alarm(clock, () => this.#serve());
  }

  add(waiting: Waiting, shortage: Shortage): void {
    this.line.add(waiting);
    const freeAt = this.clock.now() + (shortage.retryAfterMs ?? Infinity);
    if (this.line.size === 1) this.#freeAt = freeAt;
    this.#alarm.set(Math.min(waiting.deadline, freeAt));
  }

  /** Milliseconds; never 0, as those who wait come first. */
  get freeInMs(): number {
    return Math.max(1, this.#freeAt - this.clock.now());
  }

  /** Something may be free. */
  look(): void {
    this.#alarm.set(this.clock.now() + GATHER_MS);
  }

  close(): void {
    this.#alarm.cancel();
  }

  /** Gives out what is free, to as many as it can serve. */
  #serve(): void {
    const now = this.clock.now();
    let nextAt = Infinity;
    let shortage: Shortage | undefined;
    for (let first = this.line.first; first !== undefined; first = this.line.first) {
      const leased = this.pool.lease(first.request, now);
      if (!leased.ok) {
        ({ shortage } = leased);
        if (shortage.retryAfterMs !== undefined) {
          nextAt = now + (shortage.retryAfterMs > 0 ? shortage.retryAfterMs : AGAIN_MS);
          break;
        }
        // It never will be.
        this.line.served(first);
        first.end({ kind: 'shortage', shortage });
        continue;
      }
      this.line.served(first);
      first.end({ kind: 'served', lease: leased.lease });
    }
    if (shortage !== undefined) {
      for (const waiting of this.line.expired(now)) {
        this.line.remove(waiting);
        waiting.end({ kind: 'shortage', shortage });
      }
    }
    this.#freeAt = nextAt;
    if (this.line.size > 0) this.#alarm.set(Math.min(nextAt, this.line.firstDeadline));
  }
}

/**
 * Where requests wait for a key that will be available soon. Each key that is freed wakes exactly as many as it can
 * serve: a waiting request gets its lease here, so none draws a refusal. Fair by client, and then by arrival.
 */
export class WaitingRoom {
  readonly #queues = new Map<Pool, Map<string, Queue>>();
  #depth = 0;
  #ownLines = 0;

  /** `onDepth`: requests have come or gone. */
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
    for (const { line } of this.#queues.get(pool)?.values() ?? []) {
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
    const queue = this.#queues.get(pool)?.get(this.#lineOf(request));
    return queue === undefined || queue.line.size === 0 ? undefined : queue.freeInMs;
  }

  /** Resolves with a lease, or with why there is none by the deadline, or when the client has left. */
  wait(pool: Pool, request: LeaseRequest, ticket: Ticket, shortage: Shortage): Promise<Waited> {
    const name = this.#lineOf(request);
    const queue = this.#queueOf(pool, name);
    this.#depth += 1;
    return new Promise((resolve) => {
      const end = (waited: Waited): void => {
        ticket.signal.removeEventListener('abort', leave);
        this.#depth -= 1;
        this.#tidy(pool, name, queue);
        resolve(waited);
      };
      const { client, deadline } = ticket;
      const waiting: Waiting = { request, client, deadline, since: this.clock.now(), end };
      const leave = (): void => {
        queue.line.remove(waiting);
        end({ kind: 'left' });
      };
      ticket.signal.addEventListener('abort', leave, { once: true });
      queue.add(waiting, shortage);
    });
  }

  /** Requests that have tried keys already may not take what others may: they stand in a line of their own. */
  #lineOf({ model, tried, refusedBy, owner }: LeaseRequest): string {
    if (tried.size + refusedBy.size > 0) return `own:${(this.#ownLines += 1)}`;
    return owner === undefined ? `model:${model}` : `owner:${owner.keyId}:${model}`;
  }

  #queueOf(pool: Pool, name: string): Queue {
    let ofPool = this.#queues.get(pool);
    if (ofPool === undefined) {
      ofPool = new Map();
      this.#queues.set(pool, ofPool);
      pool.onFreed = () => {
        for (const queue of this.#queues.get(pool)?.values() ?? []) queue.look();
      };
    }
    let queue = ofPool.get(name);
    if (queue === undefined) {
      queue = new Queue(pool, this.clock);
      ofPool.set(name, queue);
    }
    return queue;
  }

  #tidy(pool: Pool, name: string, queue: Queue): void {
    if (queue.line.size > 0) return;
    queue.close();
    const ofPool = this.#queues.get(pool);
    ofPool?.delete(name);
    if (ofPool?.size !== 0) return;
    this.#queues.delete(pool);
    pool.onFreed = undefined;
  }
}
