import type { Disabled } from '../balancer/health/disabled';
import type { ApiKeyRow } from '../store/keys/key-row';

/** Whether a stored key or proxy is out of use, and by whose word. */
export function disabledOf({
  isDisabled,
  disabledBy,
  reason,
}: Pick<ApiKeyRow, 'isDisabled' | 'disabledBy' | 'reason'>): Disabled | undefined {
  return isDisabled ? { by: disabledBy ?? 'manual', reason: reason ?? '' } : undefined;
}
