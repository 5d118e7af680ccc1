import type { EgressLease } from './egress/lease';
import type { EgressState } from './egress/state';
import type { HalfOpenProbe } from './half-open';
import type { KeyState } from './key-state';
import type { SkippedKey } from './trace';

export interface LeaseRequest {
  /** The model asked for; '' if the request names none. */
  readonly model: string;
  readonly affinity: string | undefined;
  /** Keys this request has used already: taken again only when no other is left. */
  readonly tried: ReadonlySet<KeyState>;
  /** Egress proxies that have failed this request already: never taken again. */
  readonly triedEgresses: ReadonlySet<EgressState>;
  /** This request has just shown that several keys fail alike, and may check with a key beyond suspicion. */
  readonly isConfirming: boolean;
}

/** The accounting of one use of one key, and of the proxy it goes through, in flight. */
export class Lease {
  #isReleased = false;

  constructor(
    readonly key: KeyState,
    readonly model: string,
    /** This request finds out whether the provider is healthy again. */
    readonly probe: HalfOpenProbe | undefined,
    /** This request finds out whether the key is healthy after its cooldown. */
    readonly keyProbe: HalfOpenProbe | undefined,
    readonly skipped: readonly SkippedKey[],
    readonly skippedMore: number,
    /** The way out; undefined means directly. */
    readonly egress: EgressLease | undefined,
  ) {
    key.inFlight += 1;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Takes effect exactly once, however often it is called. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.key.inFlight -= 1;
    this.egress?.release();
  }
}
