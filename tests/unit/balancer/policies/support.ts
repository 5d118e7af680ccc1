import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import type { SelectionPolicy } from '../../../../lib/balancer/policies/policy';
import { inRotation, keyState } from '../support';

/** Keys named k0, k1... as a policy sees them. */
export function keysOf(size: number, over: (index: number) => Partial<KeyState> = () => ({})): KeyState[] {
  const keys = Array.from({ length: size }, (_, i) => keyState(`k${i}`, over(i)));
  inRotation(keys);
  return keys;
}

export interface Choice {
  readonly keyId: string | undefined;
  /** How often the policy asked whether a key is available. */
  readonly questions: number;
}

export function choose(
  policy: SelectionPolicy,
  keys: readonly KeyState[],
  options: {
    readonly isAvailable?: (key: KeyState) => boolean;
    readonly affinity?: string;
    readonly members?: readonly KeyState[];
    readonly version?: number;
    readonly isRetry?: boolean;
    readonly leftShare?: (key: KeyState) => number;
  } = {},
): Choice {
  let questions = 0;
  const candidates = {
    rotation: keys,
    members: options.members ?? keys,
    membersVersion: options.version ?? 1,
  };
  const key = policy.choose(
    candidates,
    (candidate) => {
      questions += 1;
      return options.isAvailable?.(candidate) ?? true;
    },
    options.affinity,
    options.isRetry ?? false,
    options.leftShare ?? (() => 1),
  );
  return { keyId: key?.config.keyId, questions };
}
