import { coolingUntil } from './available';
import { Breaker, type BreakerSnapshot } from './breaker';
import { Droughts } from './droughts';
import type { EgressBinding } from './egress/binding';
import type { EgressLease } from './egress/lease';
import type { EgressState } from './egress/state';
import type { Egresses } from './egress/egresses';
import type { BalancerEvents, KeyChange } from './events';
import { chooseKey, type Choice } from './key-choice';
import { newKeyState, type KeyConfig, type KeyState, type SavedKeyState } from './key-state';
import { Lease, type LeaseRequest } from './lease';
import {
  clearFailures,
  countFailure,
  describeFailure,
  exhaustQuota,
  restModel,
  type PenaltyRules,
} from './penalty';
import { createPolicy } from './policies/create';
import type { SelectionPolicy, SelectionPolicyName } from './policies/policy';
import type { Random } from './ports';
import { applyProof, type ProbeEffect, type ProbeProof } from './probe';
import { Rotation } from './rotation';
import { SharedCause, type Culprit } from './shared-cause';
import type { ShortageReason } from './trace';
import { startProbe } from './cooldown-probe';
import type { KeyEffect, Outcome, Verdict } from './verdict';

export interface PoolConfig extends PenaltyRules {
  /** The provider's slug. */
  readonly provider: string;
  /** Further attempts after the first. */
  readonly maxRetries: number;
  readonly policy: SelectionPolicyName;
  /** Which way its requests go out. */
  readonly egress: EgressBinding;
}

/** Why there is no lease. `retryAfterMs` is the time until the earliest key or the breaker's next trial. */
export interface Shortage {
  readonly reason: ShortageReason;
  readonly retryAfterMs?: number;
}

export type LeaseResult =
  { readonly ok: true; readonly lease: Lease } | { readonly ok: false; readonly shortage: Shortage };

export interface Settled {
  /** What the key suffered, in words. */
  readonly effect: string | undefined;
  /** Several keys failed alike with this one; the breaker of who is behind it has just opened. */
  readonly sharedCause: Culprit | undefined;
}

const PROBE_CHANGES: Readonly<Record<Exclude<ProbeEffect, 'none'>, KeyChange>> = {
  recovered: 'recovered',
  cleared: 'recovered',
  disabled: 'disabled',
  still_disabled: 'penalised',
};

const NO_EFFECT: Settled = { effect: undefined, sharedCause: undefined };
/** Where half of the keys behind a proxy matters, it matters up to this number. */
const BEHIND_EGRESS_MAX = 20;
/** So many pairs of key and proxy may be compared to count them: a few milliseconds. */
const BINDINGS_COUNTED_MAX = 20_000;

const KEY_CHANGES: Readonly<Record<KeyEffect, KeyChange>> = {
  success: 'used',
  none: 'used',
  rest_model: 'rested',
  failure: 'penalised',
  quota: 'penalised',
};

/**
 * All keys of one provider with their live state. Guarantees: never leases a key that is disabled or cooling for the
 * model; every lease is settled and released exactly once; a new configuration keeps the live state of the keys that stay.
 */
export class Pool {
  readonly #keys = new Map<string, KeyState>();
  readonly #rotation = new Rotation();
  readonly #breaker: Breaker;
  readonly #sharedCause = new SharedCause();
  #config: PoolConfig;
  #policy: SelectionPolicy;
  #members: readonly KeyState[] = [];
  #membersVersion = 0;
  /** Some keys are pinned to a proxy of their own. */
  #hasPinned = false;
  readonly #droughts = new Droughts();

  constructor(
    config: PoolConfig,
    private readonly random: Random,
    private readonly events: BalancerEvents,
    readonly egresses: Egresses,
  ) {
    this.#config = config;
    this.#policy = createPolicy(config.policy, random);
    this.#breaker = new Breaker((snapshot) => events.breakerChanged(this.#config.provider, snapshot));
  }

  get config(): PoolConfig {
    return this.#config;
  }

  get breaker(): BreakerSnapshot {
    return this.#breaker.snapshot;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Keys that are not disabled. */
  get candidates(): number {
    return this.#rotation.keys.length;
  }

  get keys(): readonly KeyState[] {
    return this.#members;
  }

  key(keyId: string): KeyState | undefined {
    return this.#keys.get(keyId);
  }

  /** Takes effect for the next lease; requests in flight and live state are untouched. */
  configure(config: PoolConfig): void {
    if (config.policy !== this.#config.policy) this.#policy = createPolicy(config.policy, this.random);
    this.#config = config;
  }

  /** Replaces the set of keys. Keys known by `keyId` keep their live state; `saved` gives new ones theirs. */
  setKeys(configs: readonly KeyConfig[], saved: (keyId: string) => SavedKeyState | undefined): void {
    const gone = new Set(this.#keys.keys());
    for (const { keyId } of configs) gone.delete(keyId);
    this.#hasPinned = false;
    this.#members = configs.map((config) => this.#place(config, saved(config.keyId)));
    this.#drop(gone);
    this.#membersChanged();
  }

  /** Adds to the set of keys and leaves the others alone; one that is there already gets its new configuration. */
  addKeys(configs: readonly KeyConfig[], saved: (keyId: string) => SavedKeyState | undefined): void {
    const added: KeyState[] = [];
    for (const config of configs) {
      const isNew = !this.#keys.has(config.keyId);
      const key = this.#place(config, saved(config.keyId));
      if (isNew) added.push(key);
    }
    this.#members = this.#members.concat(added);
    this.#membersChanged();
  }

  /** Takes keys out of the set. Requests that are using them go on. */
  removeKeys(keyIds: ReadonlySet<string>): void {
    this.#members = this.#members.filter((key) => !keyIds.has(key.config.keyId));
    this.#drop(keyIds);
    this.#membersChanged();
  }

  #place(config: KeyConfig, saved: SavedKeyState | undefined): KeyState {
    if (config.egressId !== undefined) this.#hasPinned = true;
    const known = this.#keys.get(config.keyId);
    if (known !== undefined) {
      known.config = config;
      return known;
    }
    const key = newKeyState(config, saved);
    this.#keys.set(config.keyId, key);
    this.#rotation.place(key);
    return key;
  }

  #drop(keyIds: Iterable<string>): void {
    for (const keyId of keyIds) {
      const key = this.#keys.get(keyId);
      this.#keys.delete(keyId);
      if (key !== undefined) {
        this.#rotation.remove(key);
        this.#sharedCause.forget(key);
      }
    }
  }

  #membersChanged(): void {
    this.#membersVersion += 1;
    this.#droughts.relieve();
  }

  lease(request: LeaseRequest, now: number): LeaseResult {
    if (this.#keys.size === 0) return { ok: false, shortage: { reason: 'no_keys' } };
    if (this.#rotation.keys.length === 0) return { ok: false, shortage: { reason: 'all_disabled' } };
    if (!request.isConfirming && this.#breaker.waitMs(now) > 0) return this.#breakerOpen(now);

    const chosen = this.#choose(request, now);
    if (chosen === 'no_egress') return this.#noWay(request, now);
    if (chosen === undefined) return this.#noneAvailable(request.model, now);

    const admission = request.isConfirming ? this.#breaker.admitConfirmation(now) : this.#breaker.admit(now);
    if (admission === 'refused') return this.#breakerOpen(now);
    const { key, skipped, skippedMore } = chosen;
    const egress = this.#leaseEgress(key, request, now);
    if (egress === 'none') return { ok: false, shortage: { reason: 'no_egress' } };
    key.lastUsedAt = now;
    key.requestCount += 1;
    const keyProbe = startProbe(key, request.model, now);
    const probe = admission === 'pass' ? undefined : admission;
    return {
      ok: true,
      lease: new Lease(key, request.model, probe, keyProbe, skipped, skippedMore, egress),
    };
  }

  /** A key that was rejected behind a proxy goes through another one next, if there is one. */
  #leaseEgress(
    key: KeyState,
    { triedEgresses }: LeaseRequest,
    now: number,
  ): EgressLease | 'none' | undefined {
    const { egress } = this.#config;
    if (key.rejection !== undefined) {
      const avoided = new Set(triedEgresses).add(key.rejection.egress);
      const other = this.egresses.lease(key.config, egress, avoided, now);
      if (other !== 'none') return other;
    }
    return this.egresses.lease(key.config, egress, triedEgresses, now);
  }

  /** The attempt's result, before its commit or as its only one. Releases the lease unless the answer is committed. */
  settle(lease: Lease, outcome: Outcome, verdict: Verdict, now: number): Settled {
    const { key } = lease;
    const wasDisabled = key.disabled !== undefined;
    if (verdict.next !== 'commit') lease.release();
    lease.keyProbe?.answer();
    if (verdict.key === 'success') {
      this.#succeed(lease, now);
      this.#informEgress(lease, outcome, verdict, now);
      return NO_EFFECT;
    }
    if (verdict.blame !== 'client') {
      key.errorCount += 1;
      key.lastErrorAt = now;
      key.lastErrorStatus = 'status' in outcome ? outcome.status : undefined;
    }
    const settled =
      outcome.kind === 'answer' || outcome.kind === 'stream_error'
        ? this.#penalise(lease, outcome, verdict, now)
        : NO_EFFECT;
    // With a shared cause the breaker of who is behind it has been tripped, and the key told as forgiven.
    if (settled.sharedCause !== 'provider') this.#informBreaker(lease, outcome, verdict, now);
    if (settled.sharedCause !== lease.egress?.egress) this.#informEgress(lease, outcome, verdict, now);
    if (settled.sharedCause !== undefined) return settled;
    const isNewlyDisabled = !wasDisabled && key.disabled !== undefined;
    this.events.keyChanged(
      this.#config.provider,
      key,
      isNewlyDisabled ? 'disabled' : KEY_CHANGES[settled.effect === undefined ? 'none' : verdict.key],
    );
    return settled;
  }

  /** How a committed answer ended: whole, cut, stalled, or left by its client. */
  finish(lease: Lease, end: 'whole' | Verdict, reason: string, now: number): void {
    if (lease.isReleased) return;
    lease.release();
    if (lease.egress !== undefined) {
      if (end === 'whole') this.egresses.finished(lease.egress);
      else this.egresses.settle(lease.egress, this.#config.provider, end, reason, lease, now);
    }
    if (end === 'whole') {
      this.#breaker.success(undefined);
    } else if (end.breaker === 'failure') {
      lease.key.errorCount += 1;
      lease.key.lastErrorAt = now;
      this.#breaker.brokeOff(reason, lease, now);
    }
    this.events.keyChanged(this.#config.provider, lease.key, 'used');
  }

  /** A probe's proof about a key that no request is needed for. Says nothing to the breaker. */
  probed(keyId: string, proof: ProbeProof, now: number): ProbeEffect {
    const key = this.#keys.get(keyId);
    const effect = key === undefined ? 'none' : applyProof(key, proof, now);
    if (key === undefined || effect === 'none') return 'none';
    this.#sharedCause.forget(key);
    this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, PROBE_CHANGES[effect]);
    return effect;
  }

  /** A person's word: the key starts afresh. */
  reset(keyId: string): boolean {
    return this.#change(keyId, 'reset', (key) => {
      key.failures = 0;
      key.disabled = undefined;
      key.cooldown.until = 0;
      key.cooldown.inARow = 0;
      key.modelCooldowns = undefined;
      key.rejection = undefined;
    });
  }

  /** A person's word: back into the rotation. What it rests for stays. */
  enable(keyId: string): boolean {
    return this.#change(keyId, 'enabled', (key) => {
      key.failures = 0;
      key.disabled = undefined;
    });
  }

  disable(keyId: string, reason: string): boolean {
    return this.#change(keyId, 'disabled', (key) => {
      key.disabled = { by: 'manual', reason };
    });
  }

  #change(keyId: string, change: 'reset' | 'enabled' | 'disabled', apply: (key: KeyState) => void): boolean {
    const key = this.#keys.get(keyId);
    if (key === undefined) return false;
    this.#sharedCause.forget(key);
    apply(key);
    this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, change);
    return true;
  }

  #choose(request: LeaseRequest, now: number): Choice | 'no_egress' | undefined {
    if (this.#droughts.isKnown(request.model, now)) return undefined;
    const scene = {
      policy: this.#policy,
      candidates: {
        rotation: this.#rotation.keys,
        members: this.#members,
        membersVersion: this.#membersVersion,
      },
      egresses: this.egresses,
      binding: this.#config.egress,
      hasPinned: this.#hasPinned,
      sharedCause: this.#sharedCause,
      isBreakerTrial: this.#breaker.state !== 'closed',
    };
    return chooseKey(scene, request, now);
  }

  /** Keys whose way out is barred do not hide when the others will have rested. */
  #noWay({ model, triedEgresses }: LeaseRequest, now: number): LeaseResult {
    const shortage: Shortage = { reason: 'no_egress' };
    if (triedEgresses.size > 0 || !this.#hasPinned) return { ok: false, shortage };
    let until = Infinity;
    for (const key of this.#rotation.keys) {
      if (!this.egresses.hasWay(key.config, this.#config.egress, triedEgresses)) continue;
      until = Math.min(until, coolingUntil(key, model));
    }
    if (until === Infinity) return { ok: false, shortage };
    return { ok: false, shortage: { reason: 'all_cooling', retryAfterMs: Math.max(0, until - now) } };
  }

  #noneAvailable(model: string, now: number): LeaseResult {
    const retryAfterMs = this.#droughts.endOf(model, this.#rotation.keys, now) - now;
    return { ok: false, shortage: { reason: 'all_cooling', retryAfterMs } };
  }

  #breakerOpen(now: number): LeaseResult {
    return {
      ok: false,
      shortage: { reason: 'breaker_open', retryAfterMs: Math.max(1, this.#breaker.waitMs(now)) },
    };
  }

  #succeed(lease: Lease, now: number): void {
    const { key, probe, model } = lease;
    const guilty = this.#sharedCause.success(key, lease.egress?.egress);
    this.#replace(guilty);
    for (const suspect of guilty) {
      const change = suspect.disabled === undefined ? 'penalised' : 'disabled';
      this.events.keyChanged(this.#config.provider, suspect, change);
    }
    // A long stream must not keep a half-open breaker from closing, so the commit of a trial decides.
    if (probe !== undefined) this.#breaker.success(probe);
    else this.#breaker.answered();
    this.#compareWays(lease, now);
    const hasRecovered = clearFailures(key, model);
    if (hasRecovered) this.#replace([key]);
    this.events.keyChanged(this.#config.provider, key, hasRecovered ? 'recovered' : 'used');
  }

  /** A key that was rejected behind one proxy and is served behind another tells something about the first. */
  #compareWays(lease: Lease, now: number): void {
    const { key, egress } = lease;
    const { rejection } = key;
    key.rejection = undefined;
    if (rejection === undefined || egress === undefined || egress.egress === rejection.egress) return;
    if (!this.egresses.contradicted(rejection.egress, lease)) return;
    const reason = `keys are rejected behind it and served behind others: ${rejection.reason}`;
    this.egresses.blame(rejection.egress, reason, now);
    this.events.sharedCause(this.#config.provider, reason, [key], rejection.egress);
  }

  #penalise(
    lease: Lease,
    outcome: Extract<Outcome, { kind: 'answer' | 'stream_error' }>,
    verdict: Verdict,
    now: number,
  ): Settled {
    const { key, model } = lease;
    if (verdict.key === 'none' || verdict.key === 'success') return NO_EFFECT;
    if (verdict.key === 'rest_model') {
      return { ...NO_EFFECT, effect: restModel(key, model, outcome, this.#config, now) };
    }
    if (verdict.key === 'quota') {
      this.#sharedCause.keepPenalty(key);
      const effect = exhaustQuota(key, outcome, this.#config, now);
      this.#replace([key]);
      return { ...NO_EFFECT, effect };
    }
    const signature = String(outcome.status);
    this.#sharedCause.remember(key, signature, lease.egress?.egress, now);
    const effect = countFailure(key, outcome, this.#config, now);
    const failure = describeFailure(key, outcome.status, outcome.error);
    key.rejection = lease.egress && { egress: lease.egress.egress, reason: failure };
    this.#replace([key]);

    const culprit = this.#culpritOf(lease, signature, now);
    if (culprit === undefined) return { ...NO_EFFECT, effect };
    this.#blame(culprit, signature, failure, now);
    return { effect: 'forgiven: several keys failed alike', sharedCause: culprit };
  }

  #culpritOf({ probe, egress }: Lease, signature: string, now: number): Culprit | undefined {
    // What fails as the keys before it did, while that is being looked into, needs no further proof.
    if (egress?.isUnderSuspicion === true) return egress.egress;
    if (probe !== undefined && this.#breaker.snapshot.cause === 'shared_cause') return 'provider';
    const active = {
      all: this.#rotation.keys.length,
      behindWay: () => this.#countBehind(egress?.egress, now),
    };
    return this.#sharedCause.culprit(signature, egress?.egress, active, now);
  }

  /** Keys in rotation that go through the proxy, as far as that matters; estimated where counting would take long. */
  #countBehind(egress: EgressState | undefined, now: number): number {
    const { egress: binding } = this.#config;
    const { keys } = this.#rotation;
    const isShared = binding.mode === 'proxies';
    if (isShared && !binding.isSticky) return keys.length;
    const ways = isShared ? binding.egressIds.length : 1;
    const isCountable = Math.min(keys.length, ways * BEHIND_EGRESS_MAX) * ways <= BINDINGS_COUNTED_MAX;
    let behind = 0;
    let uncounted = 0;
    for (const { config } of keys) {
      if (config.egressId === undefined && !isCountable) uncounted += 1;
      else if (this.egresses.boundTo(config, binding, now) === egress) behind += 1;
      if (behind === BEHIND_EGRESS_MAX) return behind;
    }
    if (isShared && uncounted > 0) behind += Math.ceil(uncounted / this.egresses.countWell(binding, now));
    return Math.min(behind, BEHIND_EGRESS_MAX);
  }

  #blame(culprit: Culprit, signature: string, failure: string, now: number): void {
    const forgiven = this.#sharedCause.giveBack(signature, culprit);
    this.#replace(forgiven);
    const reason = `several keys failed alike: ${failure}`;
    const egress = culprit === 'provider' ? undefined : culprit;
    if (egress === undefined) this.#breaker.trip('shared_cause', reason, now);
    else this.egresses.blame(egress, reason, now);
    this.events.sharedCause(this.#config.provider, reason, forgiven, egress);
    for (const key of forgiven) this.events.keyChanged(this.#config.provider, key, 'forgiven');
  }

  #informEgress(lease: Lease, outcome: Outcome, verdict: Verdict, now: number): void {
    if (lease.egress === undefined) return;
    const reason = 'message' in outcome ? outcome.message : verdict.name;
    this.egresses.settle(lease.egress, this.#config.provider, verdict, reason, lease, now);
  }

  #informBreaker(lease: Lease, outcome: Outcome, verdict: Verdict, now: number): void {
    if (verdict.breaker === 'failure' && verdict.blame === 'upstream') {
      const status = 'status' in outcome ? ` ${outcome.status}` : '';
      this.#breaker.failure(lease.probe, `${verdict.name}${status}`, lease, now);
    } else if (lease.probe !== undefined) {
      // Any answer at all shows that the provider is back; a client that left shows nothing.
      if (outcome.kind === 'answer' || outcome.kind === 'stream_error') this.#breaker.success(lease.probe);
      else this.#breaker.probeUndecided(lease.probe);
    }
  }

  /** Puts keys whose `disabled` may have changed where they belong. */
  #replace(keys: readonly KeyState[]): void {
    if (keys.length === 0) return;
    // A lease may outlive its key, and a new key may have come in its place under the same id.
    for (const key of keys) if (this.#keys.get(key.config.keyId) === key) this.#rotation.place(key);
    this.#droughts.relieve();
  }
}
