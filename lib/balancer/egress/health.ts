import type { BalancerEvents } from '../events';
import type { Verdict, VerdictName } from '../verdict';
import type { EgressLease } from './lease';
import type { EgressRegistry } from './registry';
import type { EgressCheck, EgressState } from './state';

/**
 * What a verdict tells about the proxy: it `works`, whatever came through it; it `fails`; it or the provider fails
 * (`unclear`); or `nothing`.
 */
type Evidence = 'works' | 'fails' | 'unclear' | 'nothing';

const EVIDENCE: Readonly<Record<VerdictName, Evidence>> = {
  success: 'works',
  client_error: 'works',
  request_refused: 'works',
  key_rejected: 'works',
  model_denied: 'works',
  quota_exhausted: 'works',
  rate_limited: 'works',
  rejected: 'works',
  upstream_error: 'works',
  model_unavailable: 'works',
  empty_stream: 'works',
  egress_unreachable: 'fails',
  upstream_unreachable: 'unclear',
  connection_lost: 'unclear',
  timed_out: 'unclear',
  cut: 'unclear',
  stalled: 'unclear',
  // A region or a firewall may refuse all the world; only the contrast with another proxy tells (`contradicted`).
  egress_blocked: 'nothing',
  client_closed: 'nothing',
  lost_in_sending: 'nothing',
  own_trouble: 'nothing',
  shutting_down: 'nothing',
};

/** What is known of each proxy's health from traffic, checks and people, and when it has to rest because of that. */
export class EgressHealth {
  constructor(
    private readonly registry: EgressRegistry,
    private readonly events: Pick<BalancerEvents, 'egressChanged'>,
  ) {}

  /**
   * What an attempt through the proxy, or the end of its answer, tells about the proxy. The first call for a lease
   * answers its probe. `witness` stands for the client request: several attempts of one are no more proof than one.
   */
  settle(
    { egress, probe }: EgressLease,
    provider: string,
    verdict: Verdict,
    reason: string,
    witness: object,
    now: number,
  ): void {
    switch (EVIDENCE[verdict.name]) {
      case 'works':
        egress.breaker.success(probe);
        egress.answeredAt.set(provider, now);
        // A committed answer can still break off; `finished` is what clears the proxy then.
        if (verdict.next !== 'commit') egress.unclear.requests.clear();
        if (verdict.name === 'success') egress.contradictions.clear();
        return;
      case 'nothing':
        egress.breaker.probeUndecided(probe);
        return;
      case 'fails':
        noteFailure(egress, reason, now);
        egress.breaker.failure(probe, reason, witness, now);
        break;
      case 'unclear':
        noteFailure(egress, reason, now);
        if (probe?.isAnswered === false) egress.breaker.failure(probe, reason, witness, now);
        else this.#countUnclear(egress, provider, reason, witness, now);
    }
    this.events.egressChanged(egress, 'used');
  }

  /** The answer came whole: failures before it that may have been the proxy's are forgiven. */
  finished({ egress }: EgressLease): void {
    egress.unclear.requests.clear();
  }

  /**
   * A request that was rejected behind the proxy has been served behind another. True if at least three different
   * requests have been since the proxy last served one, and it is not at rest already: then it is to blame.
   */
  contradicted(egress: EgressState, witness: object): boolean {
    egress.contradictions.add(witness);
    return egress.contradictions.areEnough && egress.breaker.state === 'closed';
  }

  /** It is the proxy's address that is rejected, and not the keys: it rests, whatever the keys did. */
  blame(egress: EgressState, reason: string, now: number): void {
    noteFailure(egress, reason, now);
    egress.contradictions.clear();
    egress.breaker.trip('shared_cause', reason, now);
    this.events.egressChanged(egress, 'used');
  }

  /**
   * The result of an active check: `failuresMax` failed ones in a row take the proxy out of use, one that passes
   * brings it back unless a person has disabled it. Returns which of these happened.
   */
  checked(egressId: string, check: EgressCheck, failuresMax: number): 'disabled' | 'recovered' | undefined {
    const egress = this.registry.get(egressId);
    if (egress === undefined) return undefined;
    egress.check = check;
    const change =
      check.error === undefined ? passCheck(egress) : failCheck(egress, check.error, failuresMax);
    if (change !== undefined) this.registry.changed();
    this.events.egressChanged(egress, 'checked');
    return change;
  }

  /** A person's word: the reason, or undefined to enable the proxy. It starts afresh. False if it is gone. */
  setDisabled(egressId: string, reason: string | undefined): boolean {
    const egress = this.registry.get(egressId);
    if (egress === undefined) return false;
    egress.disabled = reason === undefined ? undefined : { by: 'manual', reason };
    egress.failures = 0;
    egress.unclear.requests.clear();
    egress.contradictions.clear();
    egress.breaker.close();
    this.registry.changed();
    this.events.egressChanged(egress, 'switched');
    return true;
  }

  /** Three different requests in a row are the proxy's failure, if others have reached the provider meanwhile. */
  #countUnclear(egress: EgressState, provider: string, reason: string, witness: object, now: number): void {
    const { unclear, breaker } = egress;
    // At rest it is judged by its probe alone: late failures of requests from before must not prolong that.
    if (breaker.state !== 'closed') return;
    if (unclear.requests.isEmpty) unclear.since = now;
    unclear.requests.add(witness);
    if (!unclear.requests.areEnough || !this.#isReachedByOthers(provider, egress)) return;
    unclear.requests.clear();
    breaker.trip('failures', reason, now);
  }

  #isReachedByOthers(provider: string, egress: EgressState): boolean {
    for (const other of this.registry.states) {
      const answeredAt = other.answeredAt.get(provider);
      if (other !== egress && answeredAt !== undefined && answeredAt >= egress.unclear.since) return true;
    }
    return false;
  }
}

function noteFailure(egress: EgressState, reason: string, now: number): void {
  egress.errorCount += 1;
  egress.lastError = reason;
  egress.lastErrorAt = now;
}

function passCheck(egress: EgressState): 'recovered' | undefined {
  const wasOut = egress.disabled?.by === 'auto';
  egress.failures = 0;
  egress.unclear.requests.clear();
  if (wasOut) egress.disabled = undefined;
  // A ban of the address does not show in a check; only traffic can tell that it is over.
  if (egress.breaker.snapshot.cause !== 'shared_cause') egress.breaker.close();
  return wasOut ? 'recovered' : undefined;
}

function failCheck(egress: EgressState, error: string, failuresMax: number): 'disabled' | undefined {
  egress.failures += 1;
  if (egress.disabled !== undefined) {
    if (egress.disabled.by === 'auto') egress.disabled = { by: 'auto', reason: error };
    return undefined;
  }
  if (egress.failures < failuresMax) return undefined;
  egress.disabled = { by: 'auto', reason: error };
  return 'disabled';
}
