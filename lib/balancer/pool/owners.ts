import type { KeyState } from './key-state';
import type { ObjectOwner, OwnerTrouble } from './object-owner';
import type { Membership } from './membership';
import type { SelectionPolicy } from '../policies/policy';

/** Keys that can serve an object and are not disabled, its owner first; or why there is none. */
export function ownersOf(
  membership: Membership,
  owner: ObjectOwner,
): { readonly keys: readonly KeyState[] } | { readonly trouble: OwnerTrouble } {
  const key = membership.get(owner.keyId);
  if (key === undefined) return { trouble: { ...owner, hint: undefined } };
  const keys = sharing(key, membership).filter(({ disabled }) => disabled === undefined);
  if (keys.length > 0) return { keys };
  return { trouble: { ...owner, hint: key.config.hint, why: key.disabled?.reason } };
}

/** What one of them has made at the provider is there for the others. */
function sharing(key: KeyState, membership: Membership): readonly KeyState[] {
  return [key, ...membership.ofAccount(key).filter((other) => other !== key)];
}

/** The first available one. */
export const inOrder: SelectionPolicy = {
  choose: ({ rotation }, isAvailable) => rotation.find(isAvailable),
};
