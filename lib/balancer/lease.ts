import type { KeyState } from './key-state';
import type { SkippedKey } from './trace';

/** The accounting of one use of one key in flight. */
export class Lease {
  #isReleased = false;

  constructor(
    readonly key: KeyState,
    readonly model: string,
    /** This request is the breaker's trial. */
    readonly isTrial: boolean,
    readonly skipped: readonly SkippedKey[],
    readonly skippedMore: number,
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
  }
}
