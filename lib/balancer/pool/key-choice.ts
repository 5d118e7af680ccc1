import { availableAt, unavailableReason } from './available';
import type { Denials } from '../health/denials';
import type { EgressBinding } from '../egress/binding';
import type { Egresses } from '../egress/egresses';
import type { KeyState } from './key-state';
import { loadOf } from './load';
import type { LeaseRequest } from './lease';
import type { Candidates, KeyMeasures, SelectionPolicy } from '../policies/policy';
import type { SharedCause } from '../attribution/shared-cause';
import type { SkippedKey, SkipReason } from '../attempts/trace';
import { isBeingProbed, isUnproven } from '../health/cooldown-probe';

/** Passed-over keys that a trace lists by name. */
const SKIPPED_MAX = 8;

export interface Choice {
  readonly key: KeyState;
  readonly skipped: readonly SkippedKey[];
  readonly skippedMore: number;
}

/** What there is to choose from, and what is known of it. */
export interface ChoiceInput {
  readonly policy: SelectionPolicy;
  readonly candidates: Candidates;
  readonly egresses: Egresses;
  readonly binding: EgressBinding;
  /** Some keys are pinned to a proxy of their own. */
  readonly hasPinned: boolean;
  readonly sharedCause: SharedCause;
  readonly denials: Denials;
  /** The request will find out whether the provider is healthy again. */
  readonly isProbe: boolean;
}

/**
 * The key for a request, with those passed over on the way: an available one that the request has not used yet and that
 * nothing speaks against, else one that something does, else one that it has used and that has not refused it.
 * `no_egress` when keys lack nothing but a way out.
 */
export function chooseKey(
  input: ChoiceInput,
  request: LeaseRequest,
  now: number,
): Choice | 'no_egress' | undefined {
  const { policy, candidates, egresses, binding, sharedCause, denials } = input;
  const { model, tokens, tried, triedEgresses, refusedBy } = request;
  const measures = measuresFor(model, now);
  const hasSharedWay = egresses.hasSharedWay(binding, triedEgresses);
  if (!hasSharedWay && !input.hasPinned) return 'no_egress';

  let isEgressLacking = false;
  const skipped = new Map<KeyState, SkipReason>();
  const pick = (reasonToSkip: (key: KeyState) => SkipReason | undefined): KeyState | undefined => {
    skipped.clear();
    const isAvailable = (key: KeyState): boolean => {
      const reason = unavailableReason(key, model, now, tokens) ?? reasonToSkip(key);
      if (reason !== undefined) skipped.set(key, reason);
      return reason === undefined;
    };
    return policy.choose(candidates, isAvailable, request.affinity, tried.size > 0, measures);
  };

  const noWay = ({ config }: KeyState): SkipReason | undefined => {
    const hasWay =
      config.egressId === undefined ? hasSharedWay : egresses.hasWay(config, binding, triedEgresses);
    if (hasWay) return undefined;
    isEgressLacking = true;
    return 'no_egress';
  };
  const triedOr = (reasonOf: (key: KeyState) => SkipReason | undefined) => (key: KeyState) =>
    tried.has(key) ? 'tried' : (noWay(key) ?? reasonOf(key));
  const refused = (key: KeyState): SkipReason | undefined => (refusedBy.has(key) ? 'tried' : noWay(key));
  const denied = (key: KeyState): SkipReason | undefined =>
    denials.has(key, model, now) ? 'model_denied' : undefined;
  const doubt = (key: KeyState): SkipReason | undefined => {
    if (isBeingProbed(key, model, now)) return 'half_open';
    // One request risks one attempt on a probe: keys that rest together would use up all of its attempts.
    if (tried.size > 0 && isUnproven(key, model, now)) return 'unproven';
    return denied(key) ?? (egresses.isPinUnwell(key.config, now) ? 'egress_unwell' : undefined);
  };
  const suspicion = (key: KeyState): SkipReason | undefined =>
    sharedCause.isSuspect(key) ? 'suspected' : undefined;

  // A probe by a key under suspicion could not tell a bad key from a bad provider.
  let key = pick(triedOr(input.isProbe && sharedCause.hasSuspects ? suspicion : doubt));
  if (!request.isConfirming) {
    // Waiting for a key's probe, or for its proxy, would help nobody when there is no other key.
    key ??= pick(triedOr(refusedBy.size > 0 ? denied : nothing));
    if (tried.size > refusedBy.size) key ??= pick(refused);
  }
  if (key === undefined) return isEgressLacking ? 'no_egress' : undefined;
  return { key, ...named(skipped, request, now) };
}

function measuresFor(model: string, now: number): KeyMeasures {
  return {
    leftShare: ({ account, limits }) => account?.leftShare(limits, model, now) ?? 1,
    load: (key) => loadOf(key, now),
  };
}

function nothing(): undefined {
  return undefined;
}

function named(
  skipped: ReadonlyMap<KeyState, SkipReason>,
  { model, tokens }: LeaseRequest,
  now: number,
): Pick<Choice, 'skipped' | 'skippedMore'> {
  const list: SkippedKey[] = [];
  for (const [key, reason] of skipped) {
    if (list.length === SKIPPED_MAX) break;
    const { keyId, hint } = key.config;
    const until = availableAt(key, model, tokens, now);
    list.push({ keyId, hint, reason, ...(until > now && { until }) });
  }
  return { skipped: list, skippedMore: skipped.size - list.length };
}
