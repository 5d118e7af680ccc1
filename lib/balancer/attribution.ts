import type { Breaker } from './breaker';
import type { Denials } from './denials';
import type { EgressBinding } from './egress/binding';
import type { Egresses } from './egress/egresses';
import type { EgressState } from './egress/state';
import type { BalancerEvents, KeyChange } from './events';
import type { KeyState } from './key-state';
import type { Lease } from './lease';
import type { Membership } from './membership';
import type { ModelBreakers } from './model-breakers';
import {
  clearFailures,
  countDoubt,
  countFailure,
  exhaustQuota,
  restAfterLimit,
  restDenied,
  type Judged,
  type PenaltyRules,
} from './penalty';
import { describeFailure } from './redaction';
import type { Culprit, SharedCause } from './shared-cause';
import type { KeyEffect, Outcome, Verdict } from './verdict';

export interface Settled {
  /** What the key suffered, in words. */
  readonly effect: string | undefined;
  /** Several keys failed alike with this one; the breaker of who is behind it has just opened. */
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

const NO_EFFECT: Settled = { effect: undefined, sharedCause: undefined };
/** Where half of the keys behind a proxy matters, it matters up to this number. */
const BEHIND_EGRESS_MAX = 20;
/** So many pairs of key and proxy may be compared to count them: a few milliseconds. */
const BINDINGS_COUNTED_MAX = 20_000;

const KEY_CHANGES: Readonly<Record<KeyEffect, KeyChange>> = {
  success: 'used',
  none: 'used',
  rest: 'rested',
  denied: 'used',
  contrast: 'used',
  failure: 'penalised',
  quota: 'penalised',
};

/** Lays results at somebody's door: the key's, the proxy's, the model's, the provider's, or nobody's. */
export class Attribution {
  constructor(private readonly parts: AttributionParts) {}

  /** The result of an attempt that did not succeed. What it says of the client's request touches nobody. */
  failed(lease: Lease, outcome: Outcome, verdict: Verdict, rules: AttributionRules, now: number): Settled {
    const { key } = lease;
    const wasDisabled = key.disabled !== undefined;
    const isUndecided = verdict.key === 'contrast' || verdict.blame === 'nobody';
    if (verdict.blame !== 'client' && !isUndecided) noteError(key, outcome, now);
    const settled =
      outcome.kind === 'answer' ? this.#penalise(lease, outcome, verdict, rules, now) : NO_EFFECT;
    // With a shared cause the breaker of who is behind it has been tripped, and the key told as forgiven.
    if (settled.sharedCause !== 'provider') this.#informBreakers(lease, outcome, verdict, now);
    if (settled.sharedCause !== lease.egress?.egress) this.#informEgress(lease, outcome, verdict, rules, now);
    if (settled.sharedCause !== undefined) return settled;
    const isNewlyDisabled = !wasDisabled && key.disabled !== undefined;
    const change = isNewlyDisabled
      ? 'disabled'
      : KEY_CHANGES[settled.effect === undefined ? 'none' : verdict.key];
    this.parts.events.keyChanged(rules.provider, key, change);
    return settled;
  }

  succeeded(lease: Lease, verdict: Verdict, rules: AttributionRules, now: number): void {
    const { key, probe, model } = lease;
    const { breaker, modelBreakers, sharedCause, denials, events } = this.parts;
    const guilty = sharedCause.success(key, lease.egress?.egress);
    this.parts.keysChanged(guilty);
    for (const suspect of guilty) {
      events.keyChanged(rules.provider, suspect, suspect.disabled === undefined ? 'penalised' : 'disabled');
    }
    // A long stream must not keep a half-open breaker from closing, so the commit of a probe decides.
    if (probe !== undefined) breaker.success(probe);
    else breaker.answered();
    modelBreakers.success(model, lease.modelProbe);
    denials.remove(key, model);
    this.#compareWays(lease, rules, now);
    const hasRecovered = clearFailures(key, model);
    if (hasRecovered) this.parts.keysChanged([key]);
    events.keyChanged(rules.provider, key, hasRecovered ? 'recovered' : 'used');
    this.#settleEgress(lease, verdict.name, verdict, rules, now);
  }

  /**
   * The same request has been answered by `winner`, so what was undecided about it is not the request's doing. Returns what it
   * costs, in words.
   */
  contrast(
    { lease, outcome, verdict }: Undecided,
    winner: Lease,
    rules: AttributionRules,
    now: number,
  ): string | undefined {
    if (outcome.kind !== 'answer') return undefined;
    if (verdict.name === 'egress_blocked') {
      this.#contradict(lease, winner, describeFailure(lease.key, outcome.status, outcome.facts), rules, now);
      return undefined;
    }
    noteError(lease.key, outcome, now);
    const wasDisabled = lease.key.disabled !== undefined;
    const effect = this.#afterContrast(lease, outcome, verdict, rules, now);
    this.parts.keysChanged([lease.key]);
    const isNewlyDisabled = !wasDisabled && lease.key.disabled !== undefined;
    const change = verdict.key === 'denied' ? 'rested' : 'penalised';
    this.parts.events.keyChanged(rules.provider, lease.key, isNewlyDisabled ? 'disabled' : change);
    return effect;
  }

  /** A committed answer has come to its end. */
  finished(lease: Lease, end: 'whole' | Verdict, reason: string, rules: AttributionRules, now: number): void {
    const { breaker, egresses, events } = this.parts;
    if (end === 'whole') {
      if (lease.egress !== undefined) egresses.finished(lease.egress);
      breaker.success(undefined);
    } else {
      this.#settleEgress(lease, reason, end, rules, now);
      if (end.breaker === 'failure') {
        lease.key.errorCount += 1;
        lease.key.lastErrorAt = now;
        breaker.brokeOff(reason, lease.witness, now);
      }
    }
    events.keyChanged(rules.provider, lease.key, 'used');
  }

  #afterContrast(
    lease: Lease,
    judged: Judged,
    verdict: Verdict,
    rules: AttributionRules,
    now: number,
  ): string {
    switch (verdict.name) {
      case 'model_denied':
        return this.#deny(lease, now);
      case 'key_rejected':
        return countFailure(lease.key, judged, rules, now);
      case 'quota_exhausted':
        return exhaustQuota(lease.key, judged, rules, now);
      default:
        return this.#doubt(lease, judged, rules, now);
    }
  }

  #deny({ key, model }: Lease, now: number): string {
    this.parts.denials.remove(key, model);
    return restDenied(key, model, now);
  }

  #doubt(lease: Lease, judged: Judged, rules: AttributionRules, now: number): string {
    const { key } = lease;
    key.rejection = lease.egress && {
      egress: lease.egress.egress,
      reason: describeFailure(key, judged.status, judged.facts),
    };
    const { effect, needsProbe } = countDoubt(key, rules, now);
    if (needsProbe) this.parts.events.probeWanted(rules.provider, key);
    return effect;
  }

  /** A key that was rejected behind one proxy and is served behind another tells something about the first. */
  #compareWays(lease: Lease, rules: AttributionRules, now: number): void {
    const { rejection } = lease.key;
    lease.key.rejection = undefined;
    if (rejection !== undefined) this.#contradictAt(rejection.egress, lease, rejection.reason, rules, now);
  }

  #contradict({ egress }: Lease, winner: Lease, reason: string, rules: AttributionRules, now: number): void {
    if (egress !== undefined) this.#contradictAt(egress.egress, winner, reason, rules, now);
  }

  #contradictAt(
    egress: EgressState,
    winner: Lease,
    why: string,
    { provider }: AttributionRules,
    now: number,
  ): void {
    if (winner.egress === undefined || winner.egress.egress === egress) return;
    if (!this.parts.egresses.contradicted(egress, winner.witness)) return;
    const reason = `keys are rejected behind it and served behind others: ${why}`;
    this.parts.egresses.blame(egress, reason, now);
    this.parts.events.sharedCause(provider, reason, [winner.key], egress);
  }

  #penalise(lease: Lease, judged: Judged, verdict: Verdict, rules: AttributionRules, now: number): Settled {
    const { key, model } = lease;
    switch (verdict.key) {
      case 'rest':
        return { ...NO_EFFECT, effect: restAfterLimit(key, model, judged, rules, now) };
      case 'quota': {
        this.parts.sharedCause.keepPenalty(key);
        const effect = exhaustQuota(key, judged, rules, now);
        this.parts.keysChanged([key]);
        return { ...NO_EFFECT, effect };
      }
      case 'failure':
        return this.#reject(lease, judged, rules, now);
      case 'denied':
        this.parts.denials.add(key, model, now);
        return NO_EFFECT;
      case 'contrast':
      case 'none':
      case 'success':
        return NO_EFFECT;
    }
  }

  #reject(lease: Lease, judged: Judged, rules: AttributionRules, now: number): Settled {
    const { key, egress, witness } = lease;
    const signature = String(judged.status);
    this.parts.sharedCause.remember({ key, signature, way: egress?.egress, witness }, now);
    const effect = countFailure(key, judged, rules, now);
    const failure = describeFailure(key, judged.status, judged.facts);
    key.rejection = egress && { egress: egress.egress, reason: failure };
    this.parts.keysChanged([key]);

    const culprit = this.#culpritOf(lease, signature, rules, now);
    if (culprit === undefined) return { ...NO_EFFECT, effect };
    this.#blame(culprit, signature, failure, rules, now);
    return { effect: 'forgiven: several keys failed alike', sharedCause: culprit };
  }

  #culpritOf(
    { probe, egress }: Lease,
    signature: string,
    rules: AttributionRules,
    now: number,
  ): Culprit | undefined {
    const { breaker, membership, sharedCause } = this.parts;
    // What fails as the keys before it did, while that is being looked into, needs no further proof.
    if (egress?.isUnderSuspicion === true) return egress.egress;
    if (probe !== undefined && breaker.snapshot.cause === 'shared_cause') return 'provider';
    const active = {
      all: membership.rotation.length,
      behindWay: () => this.#countBehind(egress?.egress, rules, now),
    };
    return sharedCause.culprit(signature, egress?.egress, active, now);
  }

  /** Keys in rotation that go through the proxy, as far as that matters; estimated where counting would take long. */
  #countBehind(egress: EgressState | undefined, { egress: binding }: AttributionRules, now: number): number {
    const { egresses, membership } = this.parts;
    const keys = membership.rotation;
    const isShared = binding.mode === 'proxies';
    if (isShared && !binding.isSticky) return keys.length;
    const ways = isShared ? binding.egressIds.length : 1;
    const isCountable = Math.min(keys.length, ways * BEHIND_EGRESS_MAX) * ways <= BINDINGS_COUNTED_MAX;
    let behind = 0;
    let uncounted = 0;
    for (const { config } of keys) {
      if (config.egressId === undefined && !isCountable) uncounted += 1;
      else if (egresses.boundTo(config, binding, now) === egress) behind += 1;
      if (behind === BEHIND_EGRESS_MAX) return behind;
    }
    if (isShared && uncounted > 0) behind += Math.ceil(uncounted / egresses.countWell(binding, now));
    return Math.min(behind, BEHIND_EGRESS_MAX);
  }

  #blame(
    culprit: Culprit,
    signature: string,
    failure: string,
    { provider }: AttributionRules,
    now: number,
  ): void {
    const { breaker, egresses, events, sharedCause } = this.parts;
    const forgiven = sharedCause.giveBack(signature, culprit);
    this.parts.keysChanged(forgiven);
    const reason = `several keys failed alike: ${failure}`;
    const egress = culprit === 'provider' ? undefined : culprit;
    if (egress === undefined) breaker.trip('shared_cause', reason, now);
    else egresses.blame(egress, reason, now);
    events.sharedCause(provider, reason, forgiven, egress);
    for (const key of forgiven) events.keyChanged(provider, key, 'forgiven');
  }

  #informEgress(
    lease: Lease,
    outcome: Outcome,
    verdict: Verdict,
    rules: AttributionRules,
    now: number,
  ): void {
    const reason = 'message' in outcome ? outcome.message : verdict.name;
    this.#settleEgress(lease, reason, verdict, rules, now);
  }

  #settleEgress(
    lease: Lease,
    reason: string,
    verdict: Verdict,
    { provider }: AttributionRules,
    now: number,
  ): void {
    if (lease.egress === undefined) return;
    this.parts.egresses.settle(lease.egress, provider, verdict, reason, lease.witness, now);
  }

  #informBreakers(lease: Lease, outcome: Outcome, verdict: Verdict, now: number): void {
    const { breaker, modelBreakers } = this.parts;
    const { probe, modelProbe, model, witness } = lease;
    const reason = `${verdict.name}${'status' in outcome ? ` ${outcome.status}` : ''}`;
    if (verdict.breaker === 'model_failure') modelBreakers.failure(model, modelProbe, reason, witness, now);
    else modelBreakers.undecided(model, modelProbe);

    if (verdict.breaker === 'failure' && verdict.blame === 'upstream') {
      breaker.failure(probe, reason, witness, now);
    } else if (probe !== undefined) {
      // Any answer of its own shows that the provider is back; a firewall's page or a client that left shows nothing.
      const isItsOwn = outcome.kind === 'answer' && verdict.name !== 'egress_blocked';
      if (isItsOwn) breaker.success(probe);
      else breaker.probeUndecided(probe);
    }
  }
}

function noteError(key: KeyState, outcome: Outcome, now: number): void {
  key.errorCount += 1;
  key.lastErrorAt = now;
  key.lastErrorStatus = 'status' in outcome ? outcome.status : undefined;
}
