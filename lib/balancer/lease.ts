import type { EgressLease } from './egress-lease';
import type { KeyState } from './key-state';
import type { SkippedKey } from './trace';

/** The accounting of one use of one key, and of the proxy it goes through, in flight. */
export class Lease {
  #isReleased = false;

  constructor(
    readonly key: KeyState,
    readonly model: string,
    /** This request is the trial of the provider's breaker. */
    readonly isTrial: boolean,
    /** This request finds out whether the key serves again after its rest. */
    readonly isKeyTrial: boolean,
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
