import { AllCooling } from './all-cooling';
import { availableAt, coolingUntil } from './available';
import type { Breaker } from '../health/breaker';
import { startProbe } from '../health/cooldown-probe';
import type { Denials } from '../health/denials';
import type { EgressBinding } from '../egress/binding';
import type { Egresses } from '../egress/egresses';
import type { EgressLease } from '../egress/lease';
import { freeInMs, type KeyQuestion } from './free-in';
import type { HalfOpenProbe } from '../health/half-open';
import { chooseKey, type Choice } from './key-choice';
import { accountOf, type KeyState } from './key-state';
import { Lease, type LeaseRequest } from './lease';
import type { Membership } from './membership';
import type { ModelBreakers } from '../health/model-breakers';
import type { ObjectOwner } from './object-owner';
import { inOrder, ownersOf } from './owners';
import type { Candidates, SelectionPolicy } from '../policies/policy';
import type { SharedCause } from '../attribution/shared-cause';
import type { Shortage } from './shortage';

export type LeaseResult =
  { readonly ok: true; readonly lease: Lease } | { readonly ok: false; readonly shortage: Shortage };

/** What a lease is decided by. */
export interface LeasingParts {
  readonly membership: Membership;
  readonly breaker: Breaker;
  readonly modelBreakers: ModelBreakers;
  readonly sharedCause: SharedCause;
  readonly denials: Denials;
  readonly egresses: Egresses;
}

/** How a pool's keys are chosen, and which way they go out; replaced when the configuration changes. */
export interface LeasingRules {
  readonly policy: SelectionPolicy;
  readonly binding: EgressBinding;
}

/**
 * Gives out keys. Never one that is disabled or cooling for the model, nor any while the provider or the model rests.
 */
export class Leasing {
  readonly #allCooling = new AllCooling();

  constructor(private readonly parts: LeasingParts) {}

  /** Call when a key may have become available earlier than its cooldown said. */
  keysChanged(): void {
    this.#allCooling.forget();
  }

  lease(request: LeaseRequest, rules: LeasingRules, now: number): LeaseResult {
    const { owner } = request;
    return owner === undefined
      ? this.#leaseAny(request, rules, now)
      : this.#leaseOwner(owner, request, rules, now);
  }

  /** See `freeInMs`. */
  freeInMs(question: KeyQuestion, binding: EgressBinding, now: number): number | undefined {
    return freeInMs(this.parts, this.#allCooling, question, binding, now);
  }

  #leaseAny(request: LeaseRequest, rules: LeasingRules, now: number): LeaseResult {
    const barrier = this.#barrier(request, now);
    if (barrier !== undefined) return { ok: false, shortage: barrier };

    const isHopeless = this.#allCooling.isKnown(request.model, now);
    const chosen = isHopeless
      ? undefined
      : this.#choose(this.parts.membership.candidates, request, rules, now);
    if (chosen === 'no_egress') return this.#noWay(request, rules, now);
    if (chosen === undefined) return this.#noneAvailable(request, now);
    return this.#admit(chosen, request, rules, now);
  }

  /** Of the owner's account the owner itself, if it is available. What others could do says nothing here. */
  #leaseOwner(owner: ObjectOwner, request: LeaseRequest, rules: LeasingRules, now: number): LeaseResult {
    const owners = ownersOf(this.parts.membership, owner);
    if ('trouble' in owners) {
      return { ok: false, shortage: { reason: 'owner_unavailable', owner: owners.trouble } };
    }
    const barrier = this.#barrier(request, now);
    if (barrier !== undefined) return { ok: false, shortage: barrier };

    const { keys } = owners;
    const candidates = { rotation: keys, members: keys, membersVersion: 0 };
    const chosen = this.#choose(candidates, request, { ...rules, policy: inOrder }, now);
    if (chosen === 'no_egress') return { ok: false, shortage: { reason: 'no_egress' } };
    if (chosen !== undefined) return this.#admit(chosen, request, rules, now);
    const { model, tokens } = request;
    const until = Math.min(...keys.map((key) => availableAt(key, model, tokens, now)));
    const retryAfterMs = Math.max(0, until - now);
    return {
      ok: false,
      shortage: { reason: 'all_cooling', retryAfterMs, owner: { ...owner, hint: keys[0]?.config.hint } },
    };
  }

  #admit(chosen: Choice, request: LeaseRequest, rules: LeasingRules, now: number): LeaseResult {
    const { breaker, modelBreakers } = this.parts;
    // What it was to confirm may have been found out by another meanwhile.
    const isConfirming = request.isConfirming && breaker.state !== 'closed';
    const admission = isConfirming ? breaker.admitConfirmation(now) : breaker.admit(now);
    if (admission === 'refused') return { ok: false, shortage: this.#breakerOpen(now) };
    const egress = this.#leaseEgress(chosen.key, request, rules.binding, now);
    if (egress === 'none') {
      breaker.probeUndecided(probeOf(admission));
      return { ok: false, shortage: { reason: 'no_egress' } };
    }
    const modelAdmission = modelBreakers.admit(request.model, now);
    return {
      ok: true,
      lease: newLease(chosen, request, probeOf(admission), probeOf(modelAdmission), egress, now),
    };
  }

  /** What bars the way before any key is looked at. */
  #barrier({ model, isConfirming }: LeaseRequest, now: number): Shortage | undefined {
    const { membership, breaker, modelBreakers } = this.parts;
    if (membership.size === 0) return { reason: 'no_keys' };
    if (membership.rotation.length === 0) return { reason: 'all_disabled' };
    if (!isConfirming && breaker.waitMs(now) > 0) return this.#breakerOpen(now);
    const modelWaitMs = modelBreakers.waitMs(model, now);
    return modelWaitMs > 0 ? { reason: 'model_resting', retryAfterMs: modelWaitMs } : undefined;
  }

  #choose(
    candidates: Candidates,
    request: LeaseRequest,
    { policy, binding }: LeasingRules,
    now: number,
  ): Choice | 'no_egress' | undefined {
    const { membership, breaker, egresses, sharedCause, denials } = this.parts;
    const input = {
      policy,
      candidates,
      egresses,
      binding,
      hasPinned: membership.hasPinned,
      sharedCause,
      denials,
      isProbe: breaker.state !== 'closed',
    };
    return chooseKey(input, request, now);
  }

  /** A key that was rejected behind a proxy goes through another one next, if there is one. */
  #leaseEgress(
    key: KeyState,
    { triedEgresses }: LeaseRequest,
    binding: EgressBinding,
    now: number,
  ): EgressLease | 'none' | undefined {
    const { egresses } = this.parts;
    if (key.rejection !== undefined) {
      const avoided = new Set(triedEgresses).add(key.rejection.egress);
      const other = egresses.lease(key.config, binding, avoided, now);
      if (other !== 'none') return other;
    }
    return egresses.lease(key.config, binding, triedEgresses, now);
  }

  /** Keys whose way out is barred do not hide when the others will have rested. */
  #noWay(
    { model, tokens, triedEgresses }: LeaseRequest,
    { binding }: LeasingRules,
    now: number,
  ): LeaseResult {
    const shortage: Shortage = { reason: 'no_egress' };
    const { membership, egresses } = this.parts;
    if (triedEgresses.size > 0 || !membership.hasPinned) return { ok: false, shortage };
    let until = Infinity;
    for (const key of membership.rotation) {
      if (!egresses.hasWay(key.config, binding, triedEgresses)) continue;
      until = Math.min(until, availableAt(key, model, tokens, now));
    }
    if (until === Infinity) return { ok: false, shortage };
    return { ok: false, shortage: { reason: 'all_cooling', retryAfterMs: Math.max(0, until - now) } };
  }

  #noneAvailable({ model, tokens }: LeaseRequest, now: number): LeaseResult {
    const { rotation } = this.parts.membership;
    const limited = rotation.filter((key) => coolingUntil(key, model) <= now);
    const until =
      limited.length === 0
        ? this.#allCooling.endOf(model, rotation, now)
        : rotation.reduce((first, key) => Math.min(first, availableAt(key, model, tokens, now)), Infinity);
    const retryAfterMs = until - now;
    return { ok: false, shortage: { reason: 'all_cooling', retryAfterMs } };
  }

  #breakerOpen(now: number): Shortage {
    return { reason: 'breaker_open', retryAfterMs: Math.max(1, this.parts.breaker.waitMs(now)) };
  }
}

function probeOf(admission: 'pass' | 'refused' | HalfOpenProbe): HalfOpenProbe | undefined {
  return typeof admission === 'string' ? undefined : admission;
}

function newLease(
  { key, skipped, skippedMore }: Choice,
  { model, tokens, asks, witness }: LeaseRequest,
  probe: HalfOpenProbe | undefined,
  modelProbe: HalfOpenProbe | undefined,
  egress: EgressLease | undefined,
  now: number,
): Lease {
  key.lastUsedAt = now;
  key.requestCount += 1;
  const keyProbe = startProbe(key, model, now);
  const reservation = accountOf(key).take(key.limits, model, tokens, now);
  return new Lease({
    key,
    model,
    asks,
    witness,
    begunAt: now,
    probe,
    modelProbe,
    keyProbe,
    skipped,
    skippedMore,
    egress,
    reservation,
  });
}
