import type { Lease, LeaseRequest } from '../pool/lease';
import type { Pool, Shortage } from '../pool/pool';
import type { Clock, StopSignal } from '../ports';
import type { WaitingRoom } from '../waiting/waiting-room';
import type { PoolCourse } from './pool-course';
import type { RequestTrace, WaitTrace } from './trace';

/** Of a request that has no token of its own. */
const NOBODY = '';

/** Time heals these. */
const HEALING: ReadonlySet<Shortage['reason']> = new Set(['all_cooling', 'breaker_open', 'model_resting']);

/** A pool that lacks a key for a request. */
export interface WaitingPool {
  readonly pool: Pool;
  readonly course: PoolCourse;
  readonly shortage: Shortage;
}

/** What a request waits for keys, and how long it may. */
export class Waits {
  readonly #traces: WaitTrace[] = [];
  #leftMs: number;

  constructor(
    private readonly room: WaitingRoom | undefined,
    private readonly clock: Clock,
    private readonly startedAt: number,
  ) {
    this.#leftMs = room?.waitMs ?? 0;
  }

  /** Undefined if there were none. */
  get waits(): RequestTrace['waits'] {
    return this.#traces.length === 0 ? undefined : this.#traces;
  }

  /** Others wait for the same, and came first: until when they will, at least. Undefined if there is nobody. */
  behindOthers(pool: Pool, request: LeaseRequest): Shortage | undefined {
    const retryAfterMs = this.room?.freeInMs(pool, request);
    return retryAfterMs === undefined ? undefined : { reason: 'all_cooling', retryAfterMs };
  }

  /** The pool that may have a key again soonest, if the request may wait so long. */
  soonest(courses: ReadonlyMap<Pool, PoolCourse>): WaitingPool | undefined {
    let best: WaitingPool | undefined;
    for (const [pool, course] of courses) {
      const { shortage } = course;
      if (shortage === undefined || !this.#isWorth(shortage)) continue;
      if (best === undefined || sooner(best.shortage, shortage) === shortage)
        best = { pool, course, shortage };
    }
    return best;
  }

  /** The shortage will be over while the request may wait. Where keys are free that it may not take, none will be. */
  #isWorth({ reason, retryAfterMs = Infinity }: Shortage): boolean {
    const isInTime = retryAfterMs > 0 && retryAfterMs < this.#leftMs;
    return HEALING.has(reason) && isInTime && this.room?.hasRoom === true;
  }

  /** A lease in its turn; or why there is none, which `left` says of the client. */
  async lease(
    pool: Pool,
    request: LeaseRequest,
    shortage: Shortage,
    { client = NOBODY, signal }: { readonly client?: string | undefined; readonly signal: StopSignal },
  ): Promise<Lease | Shortage | 'left'> {
    const { room, clock } = this;
    if (room === undefined) return shortage;
    const from = clock.now();
    const ticket = { client, signal, deadline: from + this.#leftMs };
    const waited = await room.wait(pool, request, ticket, shortage);
    const durationMs = clock.now() - from;
    this.#leftMs = Math.max(0, this.#leftMs - durationMs);
    this.#traces.push({
      provider: pool.config.provider,
      reason: shortage.reason,
      startMs: from - this.startedAt,
      durationMs,
      end: waited.kind,
    });
    if (waited.kind === 'served') return waited.lease;
    return waited.kind === 'left' ? 'left' : waited.shortage;
  }
}

/** Of several providers' shortages the one that ends first, if any of them ends by itself. */
export function sooner(a: Shortage | undefined, b: Shortage): Shortage {
  if (a === undefined) return b;
  return (b.retryAfterMs ?? Infinity) < (a.retryAfterMs ?? Infinity) ? b : a;
}
