import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import type { SelectionPolicy } from '../../../../lib/balancer/policies/policy';
import { inRotation, keyState } from '../support';

/** Keys named k0, k1... as a policy sees them. */
export function keysOf(size: number, over: (index: number) => Partial<KeyState> = () => ({})): KeyState[] {
  const keys = Array.from({ length: size }, (_, i) => keyState(`k${i}`, over(i)));
  inRotation(keys);
  return keys;
}

/** How many more requests one of the keys has than another, at most, while 100 requests come and none ends. */
export function unevennessOf(policy: SelectionPolicy, keys: readonly KeyState[]): number {
  let most = 0;
  for (let i = 0; i < 100; i++) {
    const { keyId } = choose(policy, keys);
    keys.find(({ config }) => config.keyId === keyId)!.inFlight += 1;
    const loads = keys.map(({ inFlight }) => inFlight);
    most = Math.max(most, Math.max(...loads) - Math.min(...loads));
  }
  return most;
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
    readonly load?: (key: KeyState) => number;
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
    {
      leftShare: options.leftShare ?? (() => 1),
      load: options.load ?? (({ inFlight }) => inFlight),
    },
  );
  return { keyId: key?.config.keyId, questions };
}
