import type { KeyState } from './key-state';
import type { ObjectOwner } from './lease';
import type { Membership } from './membership';
import type { SelectionPolicy } from '../policies/policy';

/** Why nobody can serve what depends on a key. */
export interface OwnerTrouble extends ObjectOwner {
  /** Undefined if the key is gone. */
  readonly hint: string | undefined;
  /** Why it is disabled; undefined if it is gone, or nobody has said why. */
  readonly why?: string | undefined;
}

/** Whether what one of the keys has made at the provider is there for the other. */
function shareObjects(a: KeyState, b: KeyState): boolean {
  return a === b || (a.config.account !== undefined && a.config.account === b.config.account);
}

/** Keys that can serve an object and are not disabled, its owner first; or why there is none. */
export function ownersOf(
  membership: Membership,
  owner: ObjectOwner,
): { readonly keys: readonly KeyState[] } | { readonly trouble: OwnerTrouble } {
  const key = membership.get(owner.keyId);
  if (key === undefined) return { trouble: { ...owner, hint: undefined } };
  const keys = accountOf(key, membership).filter(({ disabled }) => disabled === undefined);
  if (keys.length > 0) return { keys };
  return { trouble: { ...owner, hint: key.config.hint, why: key.disabled?.reason } };
}

function accountOf(key: KeyState, { members }: Membership): readonly KeyState[] {
  if (key.config.account === undefined) return [key];
  return [key, ...members.filter((other) => other !== key && shareObjects(key, other))];
}

/** The first available one. */
export const inOrder: SelectionPolicy = {
  choose: ({ rotation }, isAvailable) => rotation.find(isAvailable),
};
