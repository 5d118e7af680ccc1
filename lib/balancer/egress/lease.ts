import type { HalfOpenProbe } from '../health/half-open';
import type { EgressState } from './state';

/** The accounting of one attempt's way through an egress proxy. */
export class EgressLease {
  /** The proxy rested because keys failed alike behind it; what they suffer now proves nothing against them. */
  readonly isUnderSuspicion: boolean;
  #isReleased = false;

  constructor(
    readonly egress: EgressState,
    /** This attempt finds out whether the proxy is healthy again; its first result answers the probe. */
    readonly probe: HalfOpenProbe | undefined,
  ) {
    this.isUnderSuspicion = egress.breaker.snapshot.cause === 'shared_cause';
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
