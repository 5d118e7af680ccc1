import {
  noteError,
  type AttributionParts,
  type AttributionRules,
  type Settled,
  type Undecided,
} from './attribution-parts';
import { Contrast } from './contrast';
import { Culprits, FORGIVEN } from './culprits';
import { EmptyKeys } from './empty-keys';
import type { KeyChange } from '../events';
import type { Lease } from '../pool/lease';
import { addFailure } from '../pool/load';
import { clearFailures, countFailure, restAfterLimit, type Judged } from './penalty';
import { seenBreak, seenFailure } from '../health/outage';
import { describeFailure, withoutSecret } from './redaction';
import { restAccount } from './rest-account';
import type { KeyEffect, Outcome, Verdict } from '../attempts/verdict';

const NO_EFFECT: Settled = { effect: undefined, sharedCause: undefined };
const KEY_CHANGES: Readonly<Record<KeyEffect, KeyChange>> = {
  success: 'used',
  none: 'used',
  rest: 'rested',
  denied: 'used',
  contrast: 'used',
  failure: 'penalised',
  quota: 'penalised',
};

/** Attributes results: to the key, the proxy, the model, the provider, or to none of them. */
export class Attribution {
  readonly #contrast: Contrast;
  readonly #culprits: Culprits;
  readonly #emptyKeys: EmptyKeys;

  constructor(private readonly parts: AttributionParts) {
    this.#contrast = new Contrast(parts);
    this.#culprits = new Culprits(parts);
    this.#emptyKeys = new EmptyKeys(parts, this.#culprits);
  }

  /** The result of an attempt that did not succeed. What it says of the client's request costs nobody anything. */
  failed(lease: Lease, outcome: Outcome, verdict: Verdict, rules: AttributionRules, now: number): Settled {
    const { key } = lease;
    const wasDisabled = key.disabled !== undefined;
    if (isKnownError(verdict)) noteError(key, outcome, now);
    if (isQuickFailure(verdict)) addFailure(key, now);
    const settled =
      outcome.kind === 'answer' ? this.#penalise(lease, outcome, verdict, rules, now) : NO_EFFECT;
    // With a shared cause its breaker has opened, and the key is reported as forgiven.
    if (settled.sharedCause !== 'provider') this.#informBreakers(lease, outcome, verdict, now);
    if (settled.sharedCause !== lease.egress?.egress) this.#informEgress(lease, outcome, verdict, rules, now);
    if (settled.sharedCause !== undefined) return settled;
    const isNewlyDisabled = !wasDisabled && key.disabled !== undefined;
    const change = KEY_CHANGES[settled.effect === undefined ? 'none' : verdict.key];
    this.parts.events.keyChanged(rules.provider, key, isNewlyDisabled ? 'disabled' : change);
    return settled;
  }

  succeeded(lease: Lease, verdict: Verdict, rules: AttributionRules, now: number): void {
    const { key, probe, model } = lease;
    const { breaker, modelBreakers, outage, sharedCause, denials, events } = this.parts;
    this.#emptyKeys.forget();
    const guilty = sharedCause.success(key, lease.egress?.egress);
    this.parts.keysChanged(guilty);
    for (const suspect of guilty) {
      events.keyChanged(rules.provider, suspect, suspect.disabled === undefined ? 'penalised' : 'disabled');
    }
    breaker.began(probe, now);
    outage.answered(now);
    modelBreakers.success(model, lease.modelProbe);
    denials.remove(key, model);
    this.#contrast.compareWays(lease, rules, now);
    const hasRecovered = clearFailures(key, model);
    if (hasRecovered) this.parts.keysChanged([key]);
    events.keyChanged(rules.provider, key, hasRecovered ? 'recovered' : 'used');
    this.#settleEgress(lease, verdict.name, verdict, rules, now);
  }

  /** The same request has been answered by `winner`. Returns what that costs whom it was undecided about, in words. */
  contrast(undecided: Undecided, winner: Lease, rules: AttributionRules, now: number): string | undefined {
    return this.#contrast.decide(undecided, winner, rules, now);
  }

  /** A committed answer has come to its end. */
  finished(lease: Lease, end: 'whole' | Verdict, reason: string, rules: AttributionRules, now: number): void {
    const { breaker, egresses, events, outage } = this.parts;
    if (end === 'whole') {
      if (lease.egress !== undefined) egresses.finished(lease.egress);
      breaker.success(lease.probe);
      outage.finished();
    } else {
      this.#settleEgress(lease, reason, end, rules, now);
      if (end.breaker === 'failure') {
        lease.key.errorCount += 1;
        lease.key.lastErrorAt = now;
        outage.brokeOff(seenBreak(lease), lease.witness, now);
        breaker.brokeOff(lease.probe, reason, lease.witness, now);
      } else breaker.probeUndecided(lease.probe);
    }
    events.keyChanged(rules.provider, lease.key, 'used');
  }

  /** A question of our own has shown that the provider fails on. */
  askedInVain({ provider }: AttributionRules, now: number): void {
    this.#emptyKeys.askedInVain(provider, now);
  }

  /** A person has decided about keys: nothing is known of the others either. */
  startAfresh(): void {
    this.#emptyKeys.forget();
  }

  #penalise(lease: Lease, judged: Judged, verdict: Verdict, rules: AttributionRules, now: number): Settled {
    const { key, model } = lease;
    switch (verdict.key) {
      case 'rest':
        return { ...NO_EFFECT, effect: this.#limited(lease, judged, rules, now) };
      case 'quota':
        return this.#emptyKeys.exhausted(lease, judged, rules, now);
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

  #limited(lease: Lease, judged: Judged, rules: AttributionRules, now: number): string {
    const effect = restAfterLimit(lease.key, lease.model, judged, rules, now);
    restAccount(this.parts, lease, rules, now);
    return effect;
  }

  #reject(lease: Lease, judged: Judged, rules: AttributionRules, now: number): Settled {
    const { key, egress, witness } = lease;
    const signature = String(judged.status);
    this.parts.sharedCause.remember({ key, signature, way: egress?.egress, witness }, now);
    const effect = countFailure(key, judged, rules, now, lease.begunAt);
    const failure = describeFailure(key, judged.status, judged.facts);
    key.rejection = egress && { egress: egress.egress, reason: failure };
    this.parts.keysChanged([key]);

    const culprit = this.#culprits.culpritOf(lease, signature, rules, now);
    if (culprit === undefined) return { ...NO_EFFECT, effect };
    this.#culprits.blame(culprit, lease, { signature, status: judged.status, failure }, rules, now);
    return { effect: FORGIVEN, sharedCause: culprit };
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
    const { breaker, modelBreakers, outage } = this.parts;
    const { probe, modelProbe, model, witness } = lease;
    const reason = `${verdict.name}${'status' in outcome ? ` ${outcome.status}` : ''}`;
    if (verdict.breaker === 'model_failure') modelBreakers.failure(model, modelProbe, reason, witness, now);
    else modelBreakers.undecided(model, modelProbe);

    if (verdict.breaker === 'failure' && verdict.blame === 'upstream') {
      const detail = 'message' in outcome ? withoutSecret(lease.key, outcome.message) : undefined;
      outage.failed(seenFailure(outcome, lease, detail), witness, now);
      breaker.failure(probe, reason, witness, now);
      return;
    }
    const isBack = isItsOwn(outcome, verdict);
    if (probe !== undefined) {
      if (isBack) breaker.began(probe, now);
      breaker.probeUndecided(probe);
    }
    if (isBack) outage.answered(now);
  }
}

/** It counts among the errors of its key: it is the key's own, and that is certain. */
function isKnownError({ key, blame }: Verdict): boolean {
  return key !== 'contrast' && blame !== 'nobody' && blame !== 'client' && blame !== 'platform';
}

/**
 * It may have cost the key no time: also what seems to be the client's fault, which may be one key's alone. A key that
 * has met a limit rests, and is as good as any other afterwards; so is one whose proxy has failed.
 */
function isQuickFailure(verdict: Verdict): boolean {
  const { key, next, blame } = verdict;
  if (blame === 'egress') return false;
  return (
    key === 'contrast' || ((blame === 'client' || isKnownError(verdict)) && key !== 'rest' && next !== 'stop')
  );
}

/** Any answer of its own shows that a provider is back; a firewall's page or a client that left shows nothing. */
export function isItsOwn(outcome: Outcome, { name }: Verdict): boolean {
  return outcome.kind === 'answer' && name !== 'egress_blocked';
}
