import type { HalfOpenProbe } from '../half-open';
import type { EgressState } from './state';

/** The accounting of one attempt's way through an egress proxy. */
export class EgressLease {
  /** The proxy rested because keys failed alike behind it; what they suffer now proves nothing against them. */
  readonly isUnderSuspicion: boolean;
  #isReleased = false;

  constructor(
    readonly egress: EgressState,
    /** This attempt finds out whether the proxy is healthy again. Its first result answers the probe, no later one. */
    readonly probe: HalfOpenProbe | undefined,
  ) {
    const { state, cause } = egress.breaker.snapshot;
    this.isUnderSuspicion = state !== 'closed' && cause === 'shared_cause';
    egress.inFlight += 1;
    egress.requestCount += 1;
  }

  /** Takes effect exactly once, however often it is called. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.egress.inFlight -= 1;
  }
}
