import type { LeaseRequest } from '../pool/lease';
import type { Pool } from '../pool/pool';
import { heals, sooner, type Shortage } from '../pool/shortage';
import type { Clock, StopSignal } from '../ports';
import type { Place, WaitedAt, WaitingRoom } from '../waiting/waiting-room';
import type { PoolCourse } from './pool-course';
import type { RequestTrace, WaitTrace } from './trace';

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

  /** Others wait for the same, and came first: until when they will, at least. Undefined if there is nobody. */
  behindOthers(pool: Pool, request: LeaseRequest): Shortage | undefined {
    const retryAfterMs = this.room?.freeInMs(pool, request);
    return retryAfterMs === undefined ? undefined : { reason: 'all_cooling', retryAfterMs };
  }

  /** Where to wait; nowhere if no key will be there while the request may wait. */
  places(
    courses: ReadonlyMap<Pool, PoolCourse>,
    requestOf: (course: PoolCourse) => LeaseRequest,
  ): readonly Place[] {
    const places: Place[] = [];
    for (const [pool, course] of courses) {
      const { shortage } = course;
      if (shortage === undefined || !heals(shortage)) continue;
      places.push({ pool, shortage, request: requestOf(course) });
    }
    const { room } = this;
    return places.some(({ shortage }) => room?.isWorthWaiting(shortage, this.#leftMs)) ? places : [];
  }

  /** A lease in its turn, of any of these pools; or why there is none. The courses learn of the time that has passed. */
  async lease(
    places: readonly Place[],
    courses: ReadonlyMap<Pool, PoolCourse>,
    { client = NOBODY, signal }: { readonly client?: string | undefined; readonly signal: StopSignal },
  ): Promise<WaitedAt> {
    const { room } = this;
    if (room === undefined) throw new Error('nobody waits without a room');
    const from = this.clock.now();
    const waited = await room.wait(places, { client, signal, deadline: from + this.#leftMs });
    const durationMs = this.clock.now() - from;
    this.#leftMs = Math.max(0, this.#leftMs - durationMs);
    for (const course of courses.values()) {
      if (waited.kind === 'served') course.hasWaited(durationMs);
      else course.shortage = undefined;
    }
    const { pool, shortage } = placeOf(waited, places);
    this.#traces.push({
      provider: pool.config.provider,
      reason: shortage.reason,
      startMs: from - this.startedAt,
      durationMs,
      end: waited.kind,
    });
    return waited;
  }
}

/** Where it ended well, or else where it would have soonest. */
function placeOf(waited: WaitedAt, places: readonly Place[]): Place {
  if (waited.kind === 'served') {
    const served = places.find(({ pool }) => pool === waited.pool);
    if (served !== undefined) return served;
  }
  return places.reduce((a, b) => (sooner(a.shortage, b.shortage) === b.shortage ? b : a));
}
