import type { AllCooling } from './all-cooling';
import { availableAt } from './available';
import type { EgressBinding } from '../egress/binding';
import type { Egresses } from '../egress/egresses';
import type { EgressState } from '../egress/state';
import type { Breaker } from '../health/breaker';
import type { Denials } from '../health/denials';
import type { ModelBreakers } from '../health/model-breakers';
import type { KeyState } from './key-state';
import type { LeaseRequest } from './lease';
import type { Membership } from './membership';
import type { ObjectOwner } from './object-owner';
import { ownersOf } from './owners';

/** What tells whether a key may serve a request. */
export type KeyQuestion = Pick<LeaseRequest, 'model' | 'tokens' | 'owner' | 'refusedBy'>;

/** What may be in the way of a request. */
export interface Obstacles {
  readonly membership: Membership;
  readonly breaker: Breaker;
  readonly modelBreakers: ModelBreakers;
  readonly denials: Denials;
  readonly egresses: Egresses;
}

const NO_PROXIES: ReadonlySet<EgressState> = new Set();

/**
 * Milliseconds until a request that comes anew may find a key that has not refused it; 0 if it may now. Undefined if
 * time alone does not bring one. Changes nothing, unlike a lease.
 */
export function freeInMs(
  obstacles: Obstacles,
  allCooling: AllCooling,
  question: KeyQuestion,
  binding: EgressBinding,
  now: number,
): number | undefined {
  const until = freeAt(obstacles, allCooling, question, binding, now);
  if (until === Infinity) return undefined;
  const { breaker, modelBreakers } = obstacles;
  return Math.max(0, until - now, breaker.waitMs(now), modelBreakers.waitMs(question.model, now));
}

function freeAt(
  { membership, egresses, denials }: Obstacles,
  allCooling: AllCooling,
  { model, tokens, owner, refusedBy }: KeyQuestion,
  binding: EgressBinding,
  now: number,
): number {
  const hasSharedWay = egresses.hasSharedWay(binding, NO_PROXIES);
  const isOfAll = owner === undefined && refusedBy.size === 0 && !membership.hasPinned;
  if (isOfAll && hasSharedWay && allCooling.isKnown(model, now)) {
    return allCooling.endOf(model, membership.rotation, now);
  }
  const hasWay = ({ config }: KeyState) =>
    config.egressId === undefined ? hasSharedWay : egresses.hasWay(config, binding, NO_PROXIES);
  const isRefused = (key: KeyState) =>
    refusedBy.size > 0 && (refusedBy.has(key) || denials.has(key, model, now));
  let until = Infinity;
  for (const key of keysFor(membership, owner)) {
    if (isRefused(key) || !hasWay(key)) continue;
    until = Math.min(until, availableAt(key, model, tokens, now));
    if (until <= now) break;
  }
  return until;
}

function keysFor(membership: Membership, owner: ObjectOwner | undefined): readonly KeyState[] {
  if (owner === undefined) return membership.rotation;
  const owners = ownersOf(membership, owner);
  return 'keys' in owners ? owners.keys : [];
}
