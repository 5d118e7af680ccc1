import type { KeyState } from '../key-state';

export const SELECTION_POLICIES = ['round_robin', 'least_in_flight', 'weighted', 'sticky'] as const;
export type SelectionPolicyName = (typeof SELECTION_POLICIES)[number];

/** The keys a policy chooses from. */
export interface Candidates {
  /** Every key that is not disabled, in no particular order. */
  readonly rotation: readonly KeyState[];
  /** Every key, in the order of configuration. */
  readonly members: readonly KeyState[];
  /** Changes when `members` does. */
  readonly membersVersion: number;
}

export interface SelectionPolicy {
  /**
   * Returns an available key, or undefined only if there is none. `isAvailable` is the one thing a policy may ask of a
   * key's condition; it is asked in the policy's order of preference, at most a few times for each key.
   */
  choose(
    candidates: Candidates,
    isAvailable: (key: KeyState) => boolean,
    affinity: string | undefined,
  ): KeyState | undefined;
}

/** Walks the whole list once from `start`, wrapping around, to the first available key. */
export function firstAvailableFrom(
  keys: readonly KeyState[],
  start: number,
  isAvailable: (key: KeyState) => boolean,
): KeyState | undefined {
  for (let step = 0; step < keys.length; step++) {
    const key = keys[(start + step) % keys.length];
    if (key !== undefined && isAvailable(key)) return key;
  }
  return undefined;
}
