import type { ObjectOwner } from './object-owner';
import type { EgressLease } from '../egress/lease';
import type { EgressState } from '../egress/state';
import type { HalfOpenProbe } from '../health/half-open';
import type { KeyState } from './key-state';
import type { Reservation } from '../limits/reservation';
import type { SkippedKey } from '../attempts/trace';

/** What a request asks for, as far as another one could fail alike. */
export interface RequestKind {
  readonly method: string;
  /** What follows `/v1`, without the query. */
  readonly path: string;
  /** Its answer is to come as a stream. */
  readonly isStream?: boolean | undefined;
}

export interface LeaseRequest {
  /** The model asked for; '' if the request names none. */
  readonly model: string;
  readonly asks?: RequestKind | undefined;
  readonly affinity: string | undefined;
  /** The request names this object: only its owner, or a key of the same account, can serve it. */
  readonly owner?: ObjectOwner | undefined;
  /** How many it may use. */
  readonly tokens: number;
  /** Stands for the client request, however many attempts it makes. */
  readonly witness: object;
  /** Keys this request has used already: taken again only when no other is left. */
  readonly tried: ReadonlySet<KeyState>;
  /**
   * Those of them that have refused it: never taken again, for they would say the same; nor, once there is one, any key
   * that is known to be denied the model.
   */
  readonly refusedBy: ReadonlySet<KeyState>;
  /** Egress proxies that have failed this request already: never taken again. */
  readonly triedEgresses: ReadonlySet<EgressState>;
  /** This request has just shown that several keys fail alike, and may check with a key beyond suspicion. */
  readonly isConfirming: boolean;
}

/** What a lease is for, and what its result will tell. */
export interface LeaseTerms {
  readonly key: KeyState;
  readonly model: string;
  readonly asks?: RequestKind | undefined;
  readonly witness: object;
  /** When the attempt began; milliseconds since the epoch. */
  readonly begunAt: number;
  /** This request finds out whether the provider is healthy again. */
  readonly probe: HalfOpenProbe | undefined;
  /** The same for the model at this provider. */
  readonly modelProbe: HalfOpenProbe | undefined;
  /** The same for the key, after its cooldown. */
  readonly keyProbe: HalfOpenProbe | undefined;
  /** Keys that were looked at before this one, and how many more than are listed. */
  readonly skipped: readonly SkippedKey[];
  readonly skippedMore: number;
  /** The way out; undefined means directly. */
  readonly egress: EgressLease | undefined;
  /** What it takes of the key's limits. */
  readonly reservation: Reservation;
}

/**
 * The accounting of one use of one key, and of the proxy it goes through, in flight: counted from the moment that it is
 * made until it is released. Whoever leases hands it to `Pool.settle` once, and to `Pool.finish` if its answer was
 * committed; these release it.
 */
export class Lease implements LeaseTerms {
  readonly key: KeyState;
  readonly model: string;
  readonly asks: RequestKind | undefined;
  readonly witness: object;
  readonly begunAt: number;
  readonly probe: HalfOpenProbe | undefined;
  readonly modelProbe: HalfOpenProbe | undefined;
  readonly keyProbe: HalfOpenProbe | undefined;
  readonly skipped: readonly SkippedKey[];
  readonly skippedMore: number;
  readonly egress: EgressLease | undefined;
  readonly reservation: Reservation;
  #isReleased = false;

  constructor(terms: LeaseTerms) {
    this.key = terms.key;
    this.model = terms.model;
    this.asks = terms.asks;
    this.witness = terms.witness;
    this.begunAt = terms.begunAt;
    this.probe = terms.probe;
    this.modelProbe = terms.modelProbe;
    this.keyProbe = terms.keyProbe;
    this.skipped = terms.skipped;
    this.skippedMore = terms.skippedMore;
    this.egress = terms.egress;
    this.reservation = terms.reservation;
    this.key.inFlight += 1;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Takes effect exactly once, however often it is called. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.key.inFlight -= 1;
    this.reservation.release();
    this.egress?.release();
  }
}
