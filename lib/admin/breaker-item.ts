import type { BreakerSnapshot } from '../balancer/health/breaker';
import { wallOrNull, type LiveTime } from './live-time';
import type { BreakerItem } from './contract/values';

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
