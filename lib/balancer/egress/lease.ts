import type { EgressState } from './state';

/** The accounting of one attempt's way through an egress proxy. */
export class EgressLease {
  /** The proxy rested because keys failed alike behind it; what they suffer now proves nothing against them. */
  readonly isUnderSuspicion: boolean;
  #isTrial: boolean;
  #isReleased = false;

  constructor(
    readonly egress: EgressState,
    isTrial: boolean,
  ) {
    this.#isTrial = isTrial;
    const { state, cause } = egress.breaker.snapshot;
    this.isUnderSuspicion = state !== 'closed' && cause === 'shared_cause';
    egress.inFlight += 1;
    egress.requestCount += 1;
  }

  /** This attempt is the trial of the proxy's breaker, and has not been settled yet. */
  get isTrial(): boolean {
    return this.#isTrial;
  }

  /** True for the first result of a trial. How its answer ends later must not be taken for the result of the next one. */
  endTrial(): boolean {
    const wasTrial = this.#isTrial;
    this.#isTrial = false;
    return wasTrial;
  }

  /** Takes effect exactly once, however often it is called. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.egress.inFlight -= 1;
  }
}
