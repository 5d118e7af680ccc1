import type { Breaker } from '../health/breaker';
import type { Denials } from '../health/denials';
import type { EgressBinding } from '../egress/binding';
import type { Egresses } from '../egress/egresses';
import type { BalancerEvents } from '../events';
import type { KeyState } from '../pool/key-state';
import type { Lease } from '../pool/lease';
import type { Membership } from '../pool/membership';
import type { ModelBreakers } from '../health/model-breakers';
import type { Outage } from '../health/outage';
import type { PenaltyRules } from './penalty';
import type { Culprit, SharedCause } from './shared-cause';
import type { Outcome, Verdict } from '../attempts/verdict';

export interface Settled {
  /** What the key suffered, in words. */
  readonly effect: string | undefined;
  /** Several keys failed alike with this one; the breaker of their common cause has just opened. */
  readonly sharedCause: Culprit | undefined;
}

/** An attempt whose verdict costs somebody something only if the same request is answered another way. */
export interface Undecided {
  readonly lease: Lease;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
}

export interface AttributionParts {
  readonly membership: Membership;
  readonly breaker: Breaker;
  readonly modelBreakers: ModelBreakers;
  readonly outage: Outage;
  readonly sharedCause: SharedCause;
  readonly denials: Denials;
  readonly egresses: Egresses;
  readonly events: BalancerEvents;
  /** Keys may have become available or gone out of use. */
  readonly keysChanged: (keys: readonly KeyState[]) => void;
}

export interface AttributionRules extends PenaltyRules {
  /** The provider's slug. */
  readonly provider: string;
  readonly egress: EgressBinding;
}

/** Counts an error that is the key's. */
export function noteError(key: KeyState, outcome: Outcome, now: number): void {
  key.errorCount += 1;
  key.lastErrorAt = now;
  key.lastErrorStatus = 'status' in outcome ? outcome.status : undefined;
}
