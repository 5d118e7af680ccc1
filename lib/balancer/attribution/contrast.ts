import { noteError, type AttributionParts, type AttributionRules, type Undecided } from './attribution-parts';
import type { EgressState } from '../egress/state';
import type { Lease } from '../pool/lease';
import { countDoubt, countFailure, exhaustQuota, restDenied, type Judged } from './penalty';
import { describeFailure } from './redaction';
import type { Verdict } from '../attempts/verdict';

/** What only the contrast with another answer tells: whether a rejection was the request's, a key's or a proxy's. */
export class Contrast {
  constructor(private readonly parts: AttributionParts) {}

  /**
   * The same request has been answered by `winner`, so what was undecided about it is not the request's doing. Returns
   * what it costs, in words.
   */
  decide(
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
    const effect = this.#cost(lease, outcome, verdict, rules, now);
    this.parts.keysChanged([lease.key]);
    const isNewlyDisabled = !wasDisabled && lease.key.disabled !== undefined;
    const change = verdict.key === 'denied' ? 'rested' : 'penalised';
    this.parts.events.keyChanged(rules.provider, lease.key, isNewlyDisabled ? 'disabled' : change);
    return effect;
  }

  #cost(lease: Lease, judged: Judged, verdict: Verdict, rules: AttributionRules, now: number): string {
    switch (verdict.name) {
      case 'model_denied':
        return this.#deny(lease, now);
      case 'key_rejected':
        return countFailure(lease.key, judged, rules, now, lease.begunAt);
      case 'quota_exhausted':
        return exhaustQuota(lease.key, judged, rules, now, lease.begunAt);
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
    const { effect, needsProbe } = countDoubt(key, rules, now, lease.begunAt);
    if (needsProbe) this.parts.events.probeWanted(rules.provider, key);
    return effect;
  }

  /** A key that was rejected behind one proxy and is served behind another tells something about the first. */
  compareWays(lease: Lease, rules: AttributionRules, now: number): void {
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
}
