import type { BreakerSnapshot } from '../balancer/breaker';
import type { BreakerItem } from './contract/values';

export function breakerItem({ state, cause, reason, openUntil }: BreakerSnapshot): BreakerItem {
  const isClosed = state === 'closed';
  return {
    state,
    cause: isClosed ? null : (cause ?? null),
    reason: isClosed ? null : (reason ?? null),
    openUntil: openUntil ?? null,
  };
}
