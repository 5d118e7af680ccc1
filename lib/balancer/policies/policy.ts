import type { KeyState } from '../pool/key-state';

/** The keys a policy chooses from. */
export interface Candidates {
  /** Every key that is not disabled, in no particular order. */
  readonly rotation: readonly KeyState[];
  /** Every key, in the order of configuration. */
  readonly members: readonly KeyState[];
  /** Changes when `members` does. */
  readonly membersVersion: number;
}

/** What keys can be compared by, at the time of the choice. */
export interface KeyMeasures {
  /** How much is left of what the key may use, as far as is known; 1 is all of it. */
  readonly leftShare: (key: KeyState) => number;
  /** Requests in flight, and failures of the last seconds as if they still were. */
  readonly load: (key: KeyState) => number;
}

export interface SelectionPolicy {
  /**
   * Returns an available key, or undefined only if there is none. `isAvailable` is the one thing a policy may ask of a
   * key's condition; it is asked in the policy's order of preference, at most a few times for each key. `isRetry`: the
   * request has failed with another key already.
   */
  choose(
    candidates: Candidates,
    isAvailable: (key: KeyState) => boolean,
    affinity: string | undefined,
    isRetry: boolean,
    measures: KeyMeasures,
  ): KeyState | undefined;
}

/** Of the way round; of all fractions the one whose multiples lie most evenly. */
const FAR_AWAY = 0.618;
/** In a smaller pool the attempts of a request reach most keys anyway. */
const FAR_AWAY_KEYS_MIN = 16;

/**
 * Where a policy that goes round begins to look. Keys that were added together often share an account and its limits,
 * so a request that has failed with one goes on far away from it.
 */
export function startFrom(next: number, length: number, isRetry: boolean): number {
  if (length === 0) return 0;
  const isFar = isRetry && length >= FAR_AWAY_KEYS_MIN;
  return (isFar ? next + Math.floor(length * FAR_AWAY) : next) % length;
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
