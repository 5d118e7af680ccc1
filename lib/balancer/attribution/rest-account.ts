import type { AttributionParts, AttributionRules } from './attribution-parts';
import type { KeyState } from '../pool/key-state';
import type { Lease } from '../pool/lease';
import { restLike } from './penalty';

type AccountParts = Pick<AttributionParts, 'membership' | 'events'>;

/** What the account has used up no key of it has: they rest as this one does. */
export function restAccount(
  parts: AccountParts,
  lease: Lease,
  { provider }: AttributionRules,
  now: number,
): void {
  for (const other of othersOfAccount(parts, lease.key)) {
    restLike(other, lease.key, lease.model, now);
    parts.events.keyChanged(provider, other, 'rested');
  }
}

/** The other keys of its account; none if nobody has named one. */
export function othersOfAccount(
  { membership }: Pick<AccountParts, 'membership'>,
  key: KeyState,
): readonly KeyState[] {
  if (key.account?.name === undefined) return [];
  return membership.ofAccount(key).filter((other) => other !== key);
}
