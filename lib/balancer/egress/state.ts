import { Breaker, type BreakerSnapshot } from '../health/breaker';
import type { Disabled } from '../health/disabled';
import { Witnesses } from '../health/witnesses';

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
  /** How often a person has switched it, here or elsewhere; 0 unless given. */
  readonly epoch?: number;
}

/**
 * `unreachable`: no way through it. `breaking`: what goes through it breaks off. `refused`: a provider refuses its
 * address.
 */
export interface EgressTrouble {
  readonly kind: 'unreachable' | 'breaking' | 'refused';
  readonly since: number;
  /** When it last showed. */
  readonly at: number;
  /** In words, without its password. */
  readonly reason: string;
}

/** An egress proxy with its live state. */
export interface EgressState {
  config: EgressConfig;
  disabled: Disabled | undefined;
  /** The same as it was last written down or read: another object means that what is known here is newer. */
  writtenDisabled: Disabled | undefined;
  /** Failed checks in a row; a passed one sets it to 0. */
  failures: number;
  /** How often a person has switched it: what was seen before the last time is not written down. */
  epoch: number;
  check: EgressCheck | undefined;
  readonly breaker: Breaker;
  inFlight: number;
  /** At other instances, as they last said: shown, and nothing else. */
  inFlightElsewhere: number;
  requestCount: number;
  errorCount: number;
  /** The same of other instances. */
  requestCountElsewhere: number;
  errorCountElsewhere: number;
  lastError: string | undefined;
  lastErrorAt: number | undefined;
  /** When something last came back through it, of traffic or of a test; of the live state's time. */
  workedAt: number | undefined;
  /** Failures that are its own since it last worked; undefined if there are none. */
  trouble: EgressTrouble | undefined;
  /** By provider: when a request was last answered through it; milliseconds since the epoch. */
  readonly answeredAt: Map<string, number>;
  /**
   * Requests in a row whose failure may be the proxy's or the provider's, when the first of them failed, and how many
   * attempts they made. They count as the proxy's errors when they are found to be its doing.
   */
  readonly unclear: { readonly requests: Witnesses; since: number; attempts: number };
  /** Requests in a row that were rejected behind it and then served behind another. */
  readonly contradictions: Witnesses;
}

const UNTRIED: SavedEgressState = { disabled: undefined, failures: 0, check: undefined };

export function newEgressState(
  config: EgressConfig,
  saved: SavedEgressState | undefined,
  onBreakerChange: (snapshot: BreakerSnapshot) => void,
): EgressState {
  const { disabled, failures, epoch = 0, check } = saved ?? UNTRIED;
  return {
    config,
    disabled,
    writtenDisabled: disabled,
    failures,
    epoch,
    check,
    breaker: new Breaker(onBreakerChange, BREAKER_LIMITS),
    inFlight: 0,
    inFlightElsewhere: 0,
    requestCount: 0,
    errorCount: 0,
    requestCountElsewhere: 0,
    errorCountElsewhere: 0,
    lastError: undefined,
    lastErrorAt: undefined,
    workedAt: check?.error === undefined ? check?.at : undefined,
    trouble: undefined,
    answeredAt: new Map(),
    unclear: { requests: new Witnesses(), since: 0, attempts: 0 },
    contradictions: new Witnesses(),
  };
}
