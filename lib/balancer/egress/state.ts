import { Breaker, type BreakerSnapshot } from '../breaker';
import type { Disabled } from '../disabled';
import { Witnesses } from '../witnesses';

/**
 * Each probe of a proxy that hangs delays a request, and others can do its work meanwhile; so it is given up sooner
 * than a provider, and probed less often.
 */
const BREAKER_LIMITS = { failuresToOpen: 3, openMsMax: 60_000 };

/** What is configured of an egress proxy; immutable. */
export interface EgressConfig {
  readonly egressId: string;
  /** The address with user and password. Goes to the dialer and nowhere else: no trace, event or log. */
  readonly url: string;
  /** How the proxy is shown: its address without the password. */
  readonly hint: string;
}

/** The last active check of a proxy. */
export interface EgressCheck {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly latencyMs: number | undefined;
  readonly status: number | undefined;
  /** Undefined if the proxy passed. */
  readonly error: string | undefined;
}

/** What outlives a restart. */
export interface SavedEgressState {
  readonly disabled: Disabled | undefined;
  readonly failures: number;
  readonly check: EgressCheck | undefined;
}

/** An egress proxy with its live state. */
export interface EgressState {
  config: EgressConfig;
  disabled: Disabled | undefined;
  /** Failed checks in a row; a passed one sets it to 0. */
  failures: number;
  check: EgressCheck | undefined;
  readonly breaker: Breaker;
  inFlight: number;
  requestCount: number;
  errorCount: number;
  lastError: string | undefined;
  lastErrorAt: number | undefined;
  /** By provider: when a request was last answered through it; milliseconds since the epoch. */
  readonly answeredAt: Map<string, number>;
  /** Requests in a row whose failure may be the proxy's or the provider's, and when the first of them failed. */
  readonly unclear: { readonly requests: Witnesses; since: number };
  /** Requests in a row that were rejected behind it and then served behind another. */
  readonly contradictions: Witnesses;
}

export function newEgressState(
  config: EgressConfig,
  saved: SavedEgressState | undefined,
  onBreakerChange: (snapshot: BreakerSnapshot) => void,
): EgressState {
  return {
    config,
    disabled: saved?.disabled,
    failures: saved?.failures ?? 0,
    check: saved?.check,
    breaker: new Breaker(onBreakerChange, BREAKER_LIMITS),
    inFlight: 0,
    requestCount: 0,
    errorCount: 0,
    lastError: undefined,
    lastErrorAt: undefined,
    answeredAt: new Map(),
    unclear: { requests: new Witnesses(), since: 0 },
    contradictions: new Witnesses(),
  };
}
