import type { BreakerSnapshot } from '../balancer/health/breaker';
import type { Pool } from '../balancer/pool/pool';
import { wallOrNull, type LiveTime } from './live-time';
import type { BreakerItem } from './contract/values';

const RANK = { closed: 0, half_open: 1, open: 2 };

/** That of a provider as pages show it: the worst of all instances that are heard of. */
export function everybodysBreaker({ breaker, breakerElsewhere }: Pool): BreakerSnapshot {
  if (breakerElsewhere === undefined) return breaker;
  return RANK[breakerElsewhere.state] > RANK[breaker.state] ? breakerElsewhere : breaker;
}

export function breakerItem(
  { state, cause, reason, openUntil }: BreakerSnapshot,
  time: LiveTime,
): BreakerItem {
  const isClosed = state === 'closed';
  return {
    state,
    cause: isClosed ? null : (cause ?? null),
    reason: isClosed ? null : (reason ?? null),
    openUntil: wallOrNull(time, openUntil),
  };
}
