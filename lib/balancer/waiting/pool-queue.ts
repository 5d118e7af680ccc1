import type { Lease, LeaseRequest } from '../pool/lease';
import type { Pool, Shortage } from '../pool/pool';
import type { Clock } from '../ports';
import { Alarm } from './alarm';
import { Line, priorityOf, type Standing } from './line';

/** How a wait ended. `shortage`: nothing was free in time, or never will be. */
export type Waited =
  | { readonly kind: 'served'; readonly lease: Lease }
  | { readonly kind: 'shortage'; readonly shortage: Shortage };

export interface Waiting extends Standing {
  readonly since: number;
  /** It goes before everybody else. */
  readonly isFirst: boolean;
  readonly request: LeaseRequest;
  readonly end: (waited: Waited) => void;
}

/** What is freed in a moment is given out together. */
const GATHER_MS = 5;
/** Keys are free that the first in the line may not take: nobody knows when another one will be. */
const AGAIN_MS = 250;

/** Requests of which each could take what another one can. */
class Lane extends Line<Waiting> {
  /** When a key may be free for them, as far as is known. */
  freeAt = Infinity;

  get dueAt(): number {
    return Math.min(this.freeAt, this.firstDeadline);
  }
}

/** Requests that wait for keys of one pool, in a lane for each kind of them. Clients take turns in all of them. */
export class PoolQueue {
  readonly #lanes = new Map<string, Lane>();
  readonly #alarm: Alarm;
  /** By client: which turn was its latest. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  /** When what has just been freed is given out. */
  #givesOutAt = Infinity;

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {
    this.#alarm = new Alarm(clock, () => this.#serve());
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  get lines(): Iterable<Line<Waiting>> {
    return this.#lanes.values();
  }

  add(name: string, waiting: Waiting, { retryAfterMs = Infinity }: Shortage): void {
    const freeAt = this.clock.now() + retryAfterMs;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane();
      lane.freeAt = freeAt;
      this.#lanes.set(name, lane);
    }
    lane.add(waiting);
    this.#alarm.set(Math.min(waiting.deadline, freeAt));
  }

  remove(name: string, waiting: Waiting): void {
    this.#lanes.get(name)?.remove(waiting);
    this.#tidy(name);
  }

  /**
   * Milliseconds until a key may be free for those in that lane, or until what has just been freed is given out: who
   * comes later goes behind. Undefined if there is nobody to go behind.
   */
  freeInMs(name: string): number | undefined {
    const freeAt = this.#lanes.get(name)?.freeAt ?? this.#givesOutAt;
    return freeAt === Infinity ? undefined : Math.max(1, freeAt - this.clock.now());
  }

  /** Something may be free. */
  look(): void {
    const at = this.clock.now() + GATHER_MS;
    this.#givesOutAt = Math.min(this.#givesOutAt, at);
    for (const lane of this.#lanes.values()) lane.freeAt = Math.min(lane.freeAt, at);
    this.#alarm.set(at);
  }

  close(): void {
    this.#alarm.cancel();
  }

  /** Gives out what is free, to as many as it can serve. */
  #serve(): void {
    const now = this.clock.now();
    this.#givesOutAt = Infinity;
    const due = new Map([...this.#lanes].filter(([, lane]) => lane.dueAt <= now));
    for (let next = this.#nextOf(due); next !== undefined; next = this.#nextOf(due)) {
      const [name, lane, first] = next;
      const leased = this.pool.lease(first.request, now);
      if (leased.ok) {
        this.#turns.set(first.client, (this.#turn += 1));
        this.#end(name, lane, first, { kind: 'served', lease: leased.lease });
      } else if (leased.shortage.retryAfterMs === undefined) {
        // It never will be.
        this.#end(name, lane, first, { kind: 'shortage', shortage: leased.shortage });
      } else {
        due.delete(name);
        lane.freeAt = now + (leased.shortage.retryAfterMs || AGAIN_MS);
        const end = { kind: 'shortage', shortage: leased.shortage } as const;
        for (const waiting of lane.expired(now)) this.#end(name, lane, waiting, end);
      }
    }
    const nextAt = Math.min(...[...this.#lanes.values()].map(({ dueAt }) => dueAt));
    if (nextAt < Infinity) this.#alarm.set(nextAt);
  }

  /** Its client's next turn in any lane comes after those of others, if it had one. */
  #end(name: string, lane: Lane, waiting: Waiting, waited: Waited): void {
    lane.remove(waiting);
    this.#tidy(name);
    if (waited.kind === 'served') for (const each of this.#lanes.values()) each.hadTurn(waiting.client);
    waiting.end(waited);
  }

  /** Of those who are first in their lanes the highest priority, and the client that has waited longest for its turn. */
  #nextOf(due: Map<string, Lane>): [string, Lane, Waiting] | undefined {
    let next: [string, Lane, Waiting] | undefined;
    let highest = -Infinity;
    let earliest = Infinity;
    for (const [name, lane] of due) {
      const { first } = lane;
      if (first === undefined) {
        due.delete(name);
        continue;
      }
      const priority = first.isFirst ? Infinity : priorityOf(first);
      // Turns are counted from 1; a client that had none yet is at 0.
      const turn = first.isFirst ? 0 : (this.#turns.get(first.client) ?? 0);
      if (priority < highest || (priority === highest && turn >= earliest)) continue;
      highest = priority;
      earliest = turn;
      next = [name, lane, first];
    }
    return next;
  }

  #tidy(name: string): void {
    if (this.#lanes.get(name)?.size === 0) this.#lanes.delete(name);
    if (this.isEmpty) this.close();
  }
}
