import type { OwnerTrouble } from './object-owner';
import type { ShortageReason } from '../attempts/trace';

/** Why there is no lease. `retryAfterMs` is the time until the earliest key or the breaker's next probe. */
export interface Shortage {
  readonly reason: ShortageReason;
  readonly retryAfterMs?: number;
  /** Of a request that depends on one key: that key. */
  readonly owner?: OwnerTrouble;
}

/** Time ends these. */
const HEALING: ReadonlySet<ShortageReason> = new Set(['all_cooling', 'breaker_open', 'model_resting']);

export function heals({ reason }: Shortage): boolean {
  return HEALING.has(reason);
}

/** Of several providers' shortages the one that ends first, if any of them ends by itself. */
export function sooner(a: Shortage | undefined, b: Shortage): Shortage {
  if (a === undefined) return b;
  return (b.retryAfterMs ?? Infinity) < (a.retryAfterMs ?? Infinity) ? b : a;
}
