import type { BreakerSnapshot } from '../breaker';
import { rendezvousScore, type EgressBinding } from './binding';
import { backAt, isUsable, isWell, leastBad, strongest, type Candidate } from './choice';
import { EgressLease } from './lease';
import { newEgressState, type EgressCheck, type EgressConfig, type EgressState } from './state';
import type { SavedEgressState } from './state';
import type { BalancerEvents } from '../events';
import type { Random } from '../ports';
import type { Verdict, VerdictName } from '../verdict';

/** Who goes out: a key, or whatever else is sent to a provider. */
export interface EgressUser {
  readonly keyId: string;
  /** The one proxy that it is pinned to, if any. */
  readonly egressId?: string | undefined;
}

interface Bound {
  readonly version: number;
  readonly binding: EgressBinding;
  /** Until then nothing that draws the key more can be back. */
  readonly until: number;
  readonly egress: EgressState;
}

/** This many failures that may be the proxy's or the provider's, while others do reach the provider, are the proxy's. */
const UNCLEAR_MAX = 3;
const UNCLEAR: ReadonlySet<VerdictName> = new Set([
  'upstream_unreachable',
  'connection_lost',
  'timed_out',
  'cut',
  'stalled',
]);
/** One can happen by chance: a key that was topped up, a provider that stumbled. */
const CONTRADICTIONS_MAX = 2;
const NONE: ReadonlySet<EgressState> = new Set();

/**
 * All egress proxies with their live state, and who goes through which. Guarantees: a key that is bound to proxies never
 * goes out without one; a key keeps its proxy as long as that is well; only a proxy's own keys move when it fails.
 */
export class Egresses {
  readonly #states = new Map<string, EgressState>();
  /** Remembers each key's choice, for as long as nothing has changed that could change it. */
  readonly #bound = new WeakMap<EgressUser, Bound>();
  /** By provider, then by proxy: when a request was last answered that way. */
  readonly #answeredAt = new Map<string, Map<string, number>>();
  #version = 0;

  constructor(
    private readonly random: Random,
    private readonly events: BalancerEvents,
  ) {}

  get states(): Iterable<EgressState> {
    return this.#states.values();
  }

  get(egressId: string): EgressState | undefined {
    return this.#states.get(egressId);
  }

  /** Replaces the set of proxies. Those known by `egressId` keep their live state; `saved` gives new ones theirs. */
  configure(
    configs: readonly EgressConfig[],
    saved: (egressId: string) => SavedEgressState | undefined,
  ): void {
    const gone = new Set(this.#states.keys());
    for (const config of configs) {
      gone.delete(config.egressId);
      const known = this.#states.get(config.egressId);
      if (known !== undefined) known.config = config;
      else this.#states.set(config.egressId, this.#create(config, saved(config.egressId)));
    }
    for (const egressId of gone) {
      this.#states.delete(egressId);
      for (const ways of this.#answeredAt.values()) ways.delete(egressId);
    }
    this.#version += 1;
  }

  /**
   * The way out for one attempt: undefined means directly, 'none' that every proxy it may use has been tried or disabled
   * by a person. If no proxy is well, the least bad one is taken.
   */
  lease(
    user: EgressUser,
    binding: EgressBinding,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressLease | 'none' | undefined {
    const pinned = this.#pinOf(user);
    if (pinned === undefined && binding.mode === 'direct') return undefined;
    const egress = this.#wayOf(pinned, user, binding, tried, now);
    if (egress === undefined) return 'none';
    const isTrial = egress.breaker.admit(now) === 'trial';
    return new EgressLease(egress, isTrial);
  }

  /** Whether `lease` would find a way out. */
  hasWay(user: EgressUser, binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    const pinned = this.#pinOf(user);
    return pinned === undefined ? this.hasSharedWay(binding, tried) : isUsable(pinned, tried);
  }

  /** The same for those that are pinned to no proxy. */
  hasSharedWay(binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    if (binding.mode === 'direct') return true;
    return binding.egressIds.some((egressId) => {
      const egress = this.#states.get(egressId);
      return egress !== undefined && isUsable(egress, tried);
    });
  }

  /** The proxy that the key is pinned to rests or is out of use, so that it had better stand back. */
  isPinUnwell(user: EgressUser, now: number): boolean {
    const pinned = this.#pinOf(user);
    return pinned !== undefined && !isWell(pinned, now);
  }

  /** Proxies that keys are shared out among as things are; at least 1. */
  countWell({ egressIds }: Extract<EgressBinding, { mode: 'proxies' }>, now: number): number {
    let well = 0;
    for (const egressId of egressIds) {
      const egress = this.#states.get(egressId);
      if (egress !== undefined && isWell(egress, now)) well += 1;
    }
    return Math.max(1, well);
  }

  /** The proxy that the key goes through as things are; undefined if it goes out directly. */
  boundTo(user: EgressUser, binding: EgressBinding, now: number): EgressState | undefined {
    const pinned = this.#pinOf(user);
    if (pinned !== undefined) return pinned;
    if (binding.mode === 'direct' || !binding.isSticky) return undefined;
    return this.#choose(user, binding, NONE, now);
  }

  /** What an attempt through the proxy, or the end of its answer, says about the proxy. */
  settle(lease: EgressLease, provider: string, verdict: Verdict, reason: string, now: number): void {
    const { egress } = lease;
    const isTrial = lease.endTrial();
    if (verdict.blame === 'egress') {
      noteFailure(egress, reason, now);
      egress.breaker.failure(isTrial, reason, now);
      this.events.egressChanged(egress);
    } else if (UNCLEAR.has(verdict.name)) {
      this.#settleUnclear(egress, isTrial, provider, reason, now);
    } else if (verdict.name === 'client_closed') {
      if (isTrial) egress.breaker.trialUndecided();
    } else {
      egress.breaker.success(isTrial);
      this.#waysOf(provider).set(egress.config.egressId, now);
      // A committed answer can still break off; `finished` is what clears the proxy then.
      if (verdict.next !== 'commit') egress.unclear.count = 0;
      if (verdict.name === 'success') egress.contradictions = 0;
    }
  }

  /** The answer came whole. */
  finished({ egress }: EgressLease): void {
    egress.unclear.count = 0;
  }

  /** A key that was rejected behind the proxy has been served behind another. True if that was once too often. */
  contradicted(egress: EgressState): boolean {
    egress.contradictions += 1;
    return egress.contradictions >= CONTRADICTIONS_MAX && egress.breaker.state === 'closed';
  }

  /** It is the proxy's address that is rejected, and not the keys: it rests, whatever the keys did. */
  blame(egress: EgressState, reason: string, now: number): void {
    noteFailure(egress, reason, now);
    egress.contradictions = 0;
    egress.breaker.trip('shared_cause', reason, now);
    this.events.egressChanged(egress);
  }

  /** The result of an active check. Returns whether it took the proxy out of use or brought it back. */
  checked(egressId: string, check: EgressCheck, failuresMax: number): 'disabled' | 'recovered' | undefined {
    const egress = this.#states.get(egressId);
    if (egress === undefined) return undefined;
    egress.check = check;
    const change =
      check.error === undefined ? passCheck(egress) : failCheck(egress, check.error, failuresMax);
    if (change !== undefined) this.#version += 1;
    this.events.egressChanged(egress);
    return change;
  }

  /** A person's word. */
  setDisabled(egressId: string, reason: string | undefined): boolean {
    const egress = this.#states.get(egressId);
    if (egress === undefined) return false;
    egress.disabled = reason === undefined ? undefined : { by: 'manual', reason };
    egress.failures = 0;
    egress.unclear.count = 0;
    egress.breaker.close();
    this.#version += 1;
    this.events.egressChanged(egress);
    return true;
  }

  #create(config: EgressConfig, saved: SavedEgressState | undefined): EgressState {
    const egress: EgressState = newEgressState(config, saved, (snapshot: BreakerSnapshot) => {
      this.#version += 1;
      this.events.egressBreakerChanged(egress, snapshot);
    });
    return egress;
  }

  #pinOf({ egressId }: EgressUser): EgressState | undefined {
    return egressId === undefined ? undefined : this.#states.get(egressId);
  }

  #wayOf(
    pinned: EgressState | undefined,
    user: EgressUser,
    binding: EgressBinding,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressState | undefined {
    if (pinned !== undefined) return isUsable(pinned, tried) ? pinned : undefined;
    return binding.mode === 'direct' ? undefined : this.#choose(user, binding, tried, now);
  }

  #choose(
    user: EgressUser,
    binding: Extract<EgressBinding, { mode: 'proxies' }>,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressState | undefined {
    const known = this.#bound.get(user);
    if (
      known?.version === this.#version &&
      known.binding === binding &&
      known.until > now &&
      !tried.has(known.egress)
    ) {
      return known.egress;
    }
    const candidates = this.#candidates(user, binding);
    const best = strongest(candidates, ({ egress }) => isWell(egress, now) && !tried.has(egress));
    if (best === undefined) return leastBad(candidates, tried, now);
    if (binding.isSticky && tried.size === 0 && best.egress.breaker.state === 'closed') {
      let until = Infinity;
      for (const { egress, score } of candidates) {
        if (score > best.score) until = Math.min(until, backAt(egress, now));
      }
      this.#bound.set(user, { version: this.#version, binding, until, egress: best.egress });
    }
    return best.egress;
  }

  /** With how much each draws the key, or random numbers. */
  #candidates(
    user: EgressUser,
    { egressIds, isSticky }: Extract<EgressBinding, { mode: 'proxies' }>,
  ): Candidate[] {
    const candidates: Candidate[] = [];
    for (const egressId of egressIds) {
      const egress = this.#states.get(egressId);
      if (egress === undefined) continue;
      const score = isSticky ? rendezvousScore(user.keyId, egressId) : this.random.next();
      candidates.push({ egress, score });
    }
    return candidates;
  }

  #settleUnclear(egress: EgressState, isTrial: boolean, provider: string, reason: string, now: number): void {
    const { unclear } = egress;
    if (unclear.count === 0) unclear.since = now;
    unclear.count += 1;
    noteFailure(egress, reason, now);
    if (isTrial) egress.breaker.failure(true, reason, now);
    else if (unclear.count >= UNCLEAR_MAX && this.#isReachedByOthers(provider, egress, unclear.since)) {
      egress.breaker.trip('failures', reason, now);
      unclear.count = 0;
    }
    this.events.egressChanged(egress);
  }

  #isReachedByOthers(provider: string, egress: EgressState, since: number): boolean {
    for (const [egressId, at] of this.#waysOf(provider)) {
      if (egressId !== egress.config.egressId && at >= since && this.#states.has(egressId)) return true;
    }
    return false;
  }

  #waysOf(provider: string): Map<string, number> {
    const known = this.#answeredAt.get(provider);
    if (known !== undefined) return known;
    const ways = new Map<string, number>();
    this.#answeredAt.set(provider, ways);
    return ways;
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
  egress.unclear.count = 0;
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
