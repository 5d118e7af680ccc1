import type { PersonsWord } from '../health/persons-word';
import { adoptDisabled, type DisabledElsewhere } from '../health/seen-elsewhere';
import type { BalancerEvents } from '../events';
import type { Verdict, VerdictName } from '../attempts/verdict';
import type { EgressLease } from './lease';
import type { EgressRegistry } from './registry';
import type { EgressCheck, EgressState, EgressTrouble } from './state';

/**
 * What a verdict tells about the proxy: it `works`, whatever came through it; it `fails`; it or the provider fails
 * (`unclear`); or `nothing`.
 */
type Evidence = 'works' | 'fails' | 'unclear' | 'nothing';

const EVIDENCE: Readonly<Record<VerdictName, Evidence>> = {
  success: 'works',
  client_error: 'works',
  request_refused: 'works',
  object_not_found: 'works',
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
  outrun: 'nothing',
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
        this.#works(egress, now);
        // A committed answer can still break off; `finished` is what clears the proxy then.
        if (verdict.next !== 'commit') forgive(egress);
        if (verdict.name === 'success') egress.contradictions.clear();
        return;
      case 'nothing':
        egress.breaker.probeUndecided(probe);
        return;
      case 'fails':
        noteFailure(egress, 'unreachable', reason, now);
        egress.breaker.failure(probe, reason, witness, now);
        break;
      case 'unclear':
        if (probe?.isAnswered === false) egress.breaker.failure(probe, reason, witness, now);
        else if (!this.#countUnclear(egress, provider, reason, witness, now)) return;
    }
    this.events.egressChanged(egress, 'used');
  }

  /**
   * A question of our own has not come through it, by its own fault (`at` the proxy), behind it, or nobody knows where.
   */
  askedInVain(egressId: string, at: 'egress' | 'upstream' | 'either', reason: string, now: number): void {
    const egress = this.registry.get(egressId);
    if (egress === undefined || at === 'either') return;
    const { breaker, disabled, trouble } = egress;
    if (at === 'egress') {
      noteTrouble(egress, { kind: trouble?.kind ?? 'unreachable', since: now, at: now, reason });
      breaker.failure(undefined, reason, {}, now);
    } else if (trouble?.kind === 'unreachable' && disabled === undefined) {
      // It is there again and says that the far end is not.
      egress.trouble = undefined;
      breaker.close();
    }
    this.events.egressChanged(egress, 'used');
  }

  /** Something came back through it: that is worth as much as a passed check. */
  #works(egress: EgressState, now: number): void {
    egress.workedAt = now;
    if (egress.breaker.state !== 'closed') return;
    egress.trouble = undefined;
    const isHeldAgainst = egress.failures > 0 || egress.check?.error !== undefined;
    if (!isHeldAgainst && egress.disabled?.by !== 'auto') return;
    egress.failures = 0;
    egress.check = { at: now, latencyMs: undefined, status: undefined, error: undefined };
    if (egress.disabled?.by === 'auto') {
      egress.disabled = undefined;
      this.registry.changed();
    }
    this.events.egressChanged(egress, 'checked');
  }

  /** The answer came whole: failures before it that may have been the proxy's are forgiven. */
  finished({ egress }: EgressLease): void {
    forgive(egress);
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
    noteFailure(egress, 'refused', reason, now);
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
      check.error === undefined ? passCheck(egress, check.at) : failCheck(egress, check, failuresMax);
    if (change !== undefined) this.registry.changed();
    this.events.egressChanged(egress, 'checked');
    return change;
  }

  /**
   * A person's word, the `epoch`th about it: the reason, or undefined to enable the proxy. It starts afresh. False if
   * it is gone.
   */
  setDisabled(egressId: string, reason: string | undefined, epoch: number): boolean {
    const disabled = reason === undefined ? undefined : ({ by: 'manual', reason } as const);
    return this.#startAfresh(egressId, { epoch, disabled }, 'switched');
  }

  /** What a person has said at another instance, unless a newer word is known. */
  learn(egressId: string, word: PersonsWord): boolean {
    if (word.epoch <= (this.registry.get(egressId)?.epoch ?? word.epoch)) return false;
    return this.#startAfresh(egressId, word, 'learnt');
  }

  /** What another instance has found out. True if that is news. */
  adopt(egressId: string, seen: DisabledElsewhere, failures: number): boolean {
    const egress = this.registry.get(egressId);
    if (egress === undefined || seen.epoch !== egress.epoch || !adoptDisabled(egress, seen)) return false;
    egress.failures = failures;
    if (egress.disabled === undefined) {
      forgive(egress);
      egress.breaker.close();
      egress.trouble = undefined;
    }
    this.registry.changed();
    this.events.egressChanged(egress, 'adopted');
    return true;
  }

  #startAfresh(egressId: string, { epoch, disabled }: PersonsWord, change: 'switched' | 'learnt'): boolean {
    const egress = this.registry.get(egressId);
    if (egress === undefined) return false;
    egress.disabled = disabled;
    if (change === 'learnt') egress.writtenDisabled = disabled;
    egress.epoch = Math.max(egress.epoch, epoch);
    egress.failures = 0;
    forgive(egress);
    egress.contradictions.clear();
    egress.breaker.close();
    egress.trouble = undefined;
    this.registry.changed();
    this.events.egressChanged(egress, change);
    return true;
  }

  /**
   * Three different requests in a row are the proxy's failure, if others have reached the provider meanwhile. True if
   * that is so.
   */
  #countUnclear(
    egress: EgressState,
    provider: string,
    reason: string,
    witness: object,
    now: number,
  ): boolean {
    const { unclear, breaker } = egress;
    // At rest it is judged by its probe alone: late failures of requests from before must not prolong that.
    if (breaker.state !== 'closed') return false;
    if (unclear.requests.isEmpty) unclear.since = now;
    unclear.requests.add(witness);
    unclear.attempts += 1;
    if (!unclear.requests.areEnough || !this.#isReachedByOthers(provider, egress)) return false;
    const { since, attempts } = unclear;
    forgive(egress);
    egress.errorCount += attempts - 1;
    noteFailure(egress, 'breaking', reason, now, since);
    breaker.trip('failures', reason, now);
    return true;
  }

  #isReachedByOthers(provider: string, egress: EgressState): boolean {
    for (const other of this.registry.states) {
      const answeredAt = other.answeredAt.get(provider);
      if (other !== egress && answeredAt !== undefined && answeredAt >= egress.unclear.since) return true;
    }
    return false;
  }
}

function noteFailure(
  egress: EgressState,
  kind: EgressTrouble['kind'],
  reason: string,
  now: number,
  since = now,
): void {
  egress.errorCount += 1;
  egress.lastError = reason;
  egress.lastErrorAt = now;
  noteTrouble(egress, { kind, since, at: now, reason });
}

/** What may have been its doing counts no more. */
function forgive({ unclear }: EgressState): void {
  unclear.requests.clear();
  unclear.attempts = 0;
}

/** It began with the first of them. */
function noteTrouble(egress: EgressState, trouble: EgressTrouble): void {
  egress.trouble = { ...trouble, since: egress.trouble?.since ?? trouble.since };
}

function passCheck(egress: EgressState, at: number): 'recovered' | undefined {
  const wasOut = egress.disabled?.by === 'auto';
  egress.failures = 0;
  forgive(egress);
  if (wasOut) egress.disabled = undefined;
  // A ban of the address does not show in a check; only traffic can tell that it is over.
  if (egress.breaker.snapshot.cause !== 'shared_cause') {
    egress.workedAt = at;
    egress.breaker.close();
    egress.trouble = undefined;
  }
  return wasOut ? 'recovered' : undefined;
}

function failCheck(
  egress: EgressState,
  { at, error = 'failed' }: EgressCheck,
  failuresMax: number,
): 'disabled' | undefined {
  noteTrouble(egress, { kind: 'unreachable', since: at, at, reason: error });
  egress.failures += 1;
  if (egress.disabled !== undefined) {
    if (egress.disabled.by === 'auto') egress.disabled = { by: 'auto', reason: error };
    return undefined;
  }
  if (egress.failures < failuresMax) return undefined;
  egress.disabled = { by: 'auto', reason: error };
  return 'disabled';
}
