import type { Lease, LeaseRequest } from '../pool/lease';
import type { LeaseResult, Pool } from '../pool/pool';
import { heals, sooner } from '../pool/shortage';
import type { BalancedRequest } from './balanced-request';
import type { Clock } from '../ports';
import type { Place, WaitedAt, WaitingRoom } from '../waiting/waiting-room';
import type { PoolCourse } from './pool-course';
import type { RequestTrace, WaitTrace } from './trace';

/** Where a request may wait to go on. */
export interface CoursePlace extends Place {
  readonly course: PoolCourse;
}

/** How a wait ended; with a lease for the course that goes on. */
export type WaitedWith =
  | Exclude<WaitedAt, { readonly kind: 'served' }>
  | { readonly kind: 'served'; readonly lease: Lease; readonly course: PoolCourse };

/** Of a request that has no token of its own. */
const NOBODY = '';

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

  /** A lease, unless others wait for the same and came first: then how long they will, at least. */
  leaseNow(pool: Pool, request: LeaseRequest, now: number): LeaseResult {
    const retryAfterMs = this.room?.freeInMs(pool, request);
    if (retryAfterMs === undefined) return pool.lease(request, now);
    return { ok: false, shortage: { reason: 'all_cooling', retryAfterMs } };
  }

  /** Where to wait; nowhere if no key will be there while the request may wait. */
  places(
    courses: readonly PoolCourse[],
    requestOf: (course: PoolCourse) => LeaseRequest,
  ): readonly CoursePlace[] {
    const places: CoursePlace[] = [];
    for (const course of courses) {
      const { pool, shortage } = course;
      if (shortage === undefined || !heals(shortage)) continue;
      places.push({ pool, course, shortage, request: requestOf(course) });
    }
    const { room } = this;
    return places.some(({ shortage }) => room?.isWorthWaiting(shortage, this.#leftMs)) ? places : [];
  }

  /** A lease in its turn, at any of these places; or why there is none. The courses learn of the time that has passed. */
  async lease(
    places: readonly CoursePlace[],
    courses: readonly PoolCourse[],
    { client = NOBODY, priority, signal }: Pick<BalancedRequest, 'client' | 'priority' | 'signal'>,
  ): Promise<WaitedWith> {
    const { room } = this;
    if (room === undefined) throw new Error('nobody waits without a room');
    const from = this.clock.now();
    const waited = await room.wait(places, { client, priority, signal, deadline: from + this.#leftMs });
    const durationMs = this.clock.now() - from;
    this.#leftMs = Math.max(0, this.#leftMs - durationMs);
    for (const course of courses) {
      if (waited.kind === 'served') course.hasWaited(durationMs);
      else course.shortage = undefined;
    }
    const { pool, shortage, course } = placeOf(waited, places);
    this.#traces.push({
      provider: pool.config.provider,
      reason: shortage.reason,
      startMs: from - this.startedAt,
      durationMs,
      end: waited.kind,
    });
    return waited.kind === 'served' ? { kind: 'served', lease: waited.lease, course } : waited;
  }
}

/** Where it ended well, or else where it would have soonest. */
function placeOf(waited: WaitedAt, places: readonly CoursePlace[]): CoursePlace {
  if (waited.kind === 'served') {
    const { pool, lease } = waited;
    const served = places.find(({ course }) => course.pool === pool && course.model === lease.model);
    if (served !== undefined) return served;
  }
  return places.reduce((a, b) => (sooner(a.shortage, b.shortage) === b.shortage ? b : a));
}
