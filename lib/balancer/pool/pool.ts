import { Attribution } from '../attribution/attribution';
import type { Settled, Undecided } from '../attribution/attribution-parts';
import { Breaker, type BreakerSnapshot } from '../health/breaker';
import { Denials } from '../health/denials';
import type { EgressBinding } from '../egress/binding';
import type { Egresses } from '../egress/egresses';
import type { BalancerEvents, KeyChange } from '../events';
import type { KeyConfig, KeyState, SavedKeyState } from './key-state';
import type { Lease, LeaseRequest } from './lease';
import type { KeyQuestion } from './free-in';
import { Leasing, type LeaseResult } from './leasing';
import type { Company } from '../limits/company';
import type { Limits } from '../limits/limits';
import { Membership } from './membership';
import { ModelBreakers, type RestingModel } from '../health/model-breakers';
import { Outage, seenFailure, type SeenFailure } from '../health/outage';
import { proofOf, type Asked, type Proof } from '../health/outage-proof';
import type { PersonsWord } from '../health/persons-word';
import { adoptSeen, type SeenElsewhere } from '../health/seen-elsewhere';
import type { PenaltyRules } from '../attribution/penalty';
import { createPolicy, type SelectionPolicyName } from '../policies/all';
import type { SelectionPolicy } from '../policies/policy';
import type { Random } from '../ports';
import { applyProof, type ProbeEffect, type ProbeProof } from '../health/probe';
import { SharedCause } from '../attribution/shared-cause';
import { noteUse } from '../limits/note-use';
import { judge, type Outcome, type Verdict } from '../attempts/verdict';

export type { Settled, Undecided } from '../attribution/attribution-parts';
export type { LeaseResult } from './leasing';
export type { Shortage } from './shortage';

export interface PoolConfig extends PenaltyRules {
  /** The provider's slug. */
  readonly provider: string;
  /** Further attempts after the first. */
  readonly maxRetries: number;
  readonly policy: SelectionPolicyName;
  /** Which way its requests go out. */
  readonly egress: EgressBinding;
  /** What each of its keys may use that does not say otherwise itself. */
  readonly limits?: Limits | undefined;
  /** The instances that share these limits; this one alone unless given. */
  readonly company?: Company | undefined;
}

const PROBE_CHANGES: Readonly<Record<Exclude<ProbeEffect, 'none'>, KeyChange>> = {
  recovered: 'recovered',
  cleared: 'recovered',
  disabled: 'disabled',
  still_disabled: 'penalised',
};

/**
 * All keys of one provider with their live state. Guarantees: never leases a key that is disabled or cooling for the
 * model; every lease is settled and released exactly once; a new configuration keeps the live state of the keys that
 * stay.
 */
// oxlint-disable-next-line house/class-length -- the face of a pool: most of it hands on to one of its parts
export class Pool {
  readonly #membership: Membership;
  readonly #breaker: Breaker;
  readonly #modelBreakers = new ModelBreakers();
  /** Since when the provider fails, and how. */
  readonly outage = new Outage(() => this.#breaker.state);
  readonly #sharedCause = new SharedCause();
  readonly #denials = new Denials();
  readonly #leasing: Leasing;
  readonly #attribution: Attribution;
  /** Attempts at other instances, as they last said: shown, and nothing else. */
  inFlightElsewhere = 0;
  /** The worst that other instances tell of their breakers; for pages, and nothing is chosen by it. */
  breakerElsewhere: BreakerSnapshot | undefined;
  /** Called when a key may be available sooner than was thought. */
  onFreed: (() => void) | undefined;
  #config: PoolConfig;
  #policy: SelectionPolicy;

  constructor(
    config: PoolConfig,
    private readonly random: Random,
    private readonly events: BalancerEvents,
    readonly egresses: Egresses,
  ) {
    this.#config = config;
    this.#policy = createPolicy(config.policy, random);
    this.#breaker = new Breaker((snapshot) => {
      if (snapshot.state === 'closed') this.#outageEnded();
      events.breakerChanged(this.#config.provider, snapshot);
    });
    this.#membership = new Membership(
      (key) => this.#forget(key),
      () => this.#freed(),
    );
    const parts = {
      membership: this.#membership,
      breaker: this.#breaker,
      modelBreakers: this.#modelBreakers,
      outage: this.outage,
      sharedCause: this.#sharedCause,
      denials: this.#denials,
      egresses,
    };
    this.#membership.limit(config.limits, config.company);
    this.#leasing = new Leasing(parts);
    this.#attribution = new Attribution({ ...parts, events, keysChanged: (keys) => this.#replace(keys) });
  }

  get config(): PoolConfig {
    return this.#config;
  }

  get breaker(): BreakerSnapshot {
    return this.#breaker.snapshot;
  }

  /** Why the provider is not asked for the model; undefined if it is. */
  restReasonOf(model: string): string | undefined {
    return this.#modelBreakers.reasonOf(model);
  }

  /** Models that the provider fails while it answers others. */
  get restingModels(): readonly RestingModel[] {
    return this.#modelBreakers.resting;
  }

  get size(): number {
    return this.#membership.size;
  }

  /** Keys that are not disabled. */
  get candidates(): number {
    return this.#membership.rotation.length;
  }

  get keys(): readonly KeyState[] {
    return this.#membership.members;
  }

  key(keyId: string): KeyState | undefined {
    return this.#membership.get(keyId);
  }

  /** Takes effect for the next lease; requests in flight and live state are untouched. */
  configure(config: PoolConfig): void {
    if (config.policy !== this.#config.policy) this.#policy = createPolicy(config.policy, this.random);
    this.#config = config;
    this.#membership.limit(config.limits, config.company);
    this.#freed();
  }

  /** Replaces the set of keys. Keys known by `keyId` keep their live state; `saved` gives new ones theirs. */
  setKeys(configs: readonly KeyConfig[], saved: (keyId: string) => SavedKeyState | undefined): void {
    this.#membership.set(configs, saved);
  }

  /** Adds to the set of keys and leaves the others alone; one that is there already gets its new configuration. */
  addKeys(configs: readonly KeyConfig[], saved: (keyId: string) => SavedKeyState | undefined): void {
    this.#membership.add(configs, saved);
  }

  /** Takes keys out of the set. Requests that are using them go on. */
  removeKeys(keyIds: ReadonlySet<string>): void {
    this.#membership.remove(keyIds);
  }

  /**
   * A key for one attempt, in flight from now on, and its way out; or why there is none. The key is neither disabled
   * nor cooling for the model, and one that the request has not tried if there is any. Each lease must be settled
   * exactly once.
   */
  lease(request: LeaseRequest, now: number): LeaseResult {
    const { provider, egress: binding } = this.#config;
    const leased = this.#leasing.lease(request, { policy: this.#policy, binding }, now);
    if (leased.ok && leased.lease.reservation.isCounted) {
      this.events.keyChanged(provider, leased.lease.key, 'used');
    }
    return leased;
  }

  /** Milliseconds until a request that comes anew may find a key; undefined if time alone does not bring one. */
  freeInMs(question: KeyQuestion, now: number): number | undefined {
    return this.#leasing.freeInMs(question, this.#config.egress, now);
  }

  /**
   * The attempt's result: before its commit, or as its only one. Key, proxy, model and provider get what the verdict
   * says, and those it does not speak of are left alone. Releases the lease unless the answer is committed: then
   * `finish` follows. Returns what the key suffered; `denied` and `contrast` cost nothing yet (see `contrast`).
   */
  settle(lease: Lease, outcome: Outcome, verdict: Verdict, now: number): Settled {
    lease.keyProbe?.answer();
    noteUse(lease, outcome, this.#membership, now);
    if (verdict.key === 'success') {
      this.#attribution.succeeded(lease, verdict, this.#config, now);
      this.onFreed?.();
      return { effect: undefined, sharedCause: undefined };
    }
    lease.release();
    const settled = this.#attribution.failed(lease, outcome, verdict, this.#config, now);
    this.onFreed?.();
    return settled;
  }

  /**
   * The request has been answered by `winner`: what was undecided about it was not the request's doing. Returns what it
   * costs, in words; undefined for nothing.
   */
  contrast(undecided: Undecided, winner: Lease, now: number): string | undefined {
    return this.#attribution.contrast(undecided, winner, this.#config, now);
  }

  /**
   * How a committed answer ended: whole, cut, stalled, or left by its client, and how many tokens it used, if it told.
   * Releases the lease; has no effect a second time.
   */
  finish(lease: Lease, end: 'whole' | Verdict, reason: string, now: number, tokensUsed?: number): void {
    if (lease.isReleased) return;
    lease.reservation.used(tokensUsed, now);
    lease.release();
    this.#attribution.finished(lease, end, reason, this.#config, now);
    this.onFreed?.();
  }

  /** A probe's proof about a key that no request is needed for. Says nothing to the breaker. */
  probed(keyId: string, proof: ProbeProof, now: number): ProbeEffect {
    const key = this.key(keyId);
    const effect = key === undefined ? 'none' : applyProof(key, proof, now);
    if (key === undefined || effect === 'none') return 'none';
    this.#forget(key);
    this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, PROBE_CHANGES[effect]);
    return effect;
  }

  /**
   * What a question of our own about a failure tells of the provider. Says nothing of keys, and nothing to the breaker
   * yet.
   */
  askedAfter(seen: SeenFailure, asked: Asked, now: number): Proof {
    const { outage } = this;
    const proof = proofOf(asked, seen);
    if (proof === 'there') return outage.otherAnswered(now) ? 'back' : 'there';
    if (proof !== 'failing') return proof;
    if (!asked.isLike) outage.otherFailed();
    const isAsBefore = judge(asked.outcome).breaker !== 'failure';
    outage.askedInVain(isAsBefore ? seen : seenFailure(asked.outcome, seen, asked.detail), now);
    this.#attribution.askedInVain(this.#config, now);
    return proof;
  }

  /** Everything that failed has been answered: closes the breaker. */
  recovered(): void {
    this.outage.end();
    this.#breaker.close();
    this.onFreed?.();
  }

  /** A person's word, the `epoch`th about it: the key starts afresh. */
  reset(keyId: string, epoch = 0): boolean {
    return this.#change(keyId, 'reset', epoch, startAfresh);
  }

  /** A person's word: back into the rotation. What it rests for stays. */
  enable(keyId: string, epoch = 0): boolean {
    return this.#change(keyId, 'enabled', epoch, (key) => {
      key.failures = 0;
      key.disabled = undefined;
    });
  }

  /** A person's word: out of the rotation until a person says otherwise. */
  disable(keyId: string, reason: string, epoch = 0): boolean {
    return this.#change(keyId, 'disabled', epoch, (key) => {
      key.disabled = { by: 'manual', reason };
    });
  }

  /** What a person has said at another instance, unless it or a newer word is known; `isAfresh`: to reset the key. */
  learn(keyId: string, { epoch, disabled }: PersonsWord, isAfresh: boolean): boolean {
    const known = this.key(keyId)?.epoch ?? epoch;
    // A word may be known without the reset that it was.
    if (epoch < known || (epoch === known && !isAfresh)) return false;
    return this.#change(keyId, 'learnt', epoch, (key) => {
      if (isAfresh) startAfresh(key);
      if (disabled === undefined) key.failures = 0;
      key.disabled = disabled;
      key.writtenDisabled = disabled;
    });
  }

  /** Another instance has found the provider failing. */
  warned(now: number): void {
    this.#breaker.warned(now);
  }

  /** What another instance has found out about the key. True if that is news. */
  adopt(keyId: string, seen: SeenElsewhere, now: number): boolean {
    const key = this.key(keyId);
    if (key === undefined || !adoptSeen(key, seen, now)) return false;
    this.#forget(key);
    this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, 'adopted');
    return true;
  }

  #change(
    keyId: string,
    change: 'reset' | 'enabled' | 'disabled' | 'learnt',
    epoch: number,
    apply: (key: KeyState) => void,
  ): boolean {
    const key = this.key(keyId);
    if (key === undefined) return false;
    this.#forget(key);
    this.#attribution.startAfresh();
    apply(key);
    key.epoch = Math.max(key.epoch, epoch);
    this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, change);
    return true;
  }

  /** What was inferred about the key counts no more. */
  #forget(key: KeyState): void {
    this.#sharedCause.forget(key);
    this.#denials.forget(key);
  }

  #replace(keys: readonly KeyState[]): void {
    if (keys.length === 0) return;
    this.#membership.replace(keys);
    this.#freed();
  }

  /** What failed with it is held against no key. */
  #outageEnded(): void {
    this.outage.end();
    for (const key of this.keys) key.recentFailures = undefined;
  }

  #freed(): void {
    this.#leasing.keysChanged();
    this.onFreed?.();
  }
}

function startAfresh(key: KeyState): void {
  key.failures = 0;
  key.disabled = undefined;
  key.cooldown.until = 0;
  key.cooldown.inARow = 0;
  key.modelCooldowns = undefined;
  key.rejection = undefined;
  key.account?.forgetLearnt();
}
