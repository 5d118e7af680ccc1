import type { FadingFailures, KeyState } from './key-state';

/** For so long after its last failure a key seems busier than it is. */
const FADES_MS = 3_000;

/**
 * What is in flight, and each failure of the last seconds as if it still were. A key that fails at once has nothing in
 * flight, and would otherwise get the more requests the more it fails. 3 s after its last failure it counts as any
 * other. Fractions count as one, so that keys with failures of about the same time get their turn.
 */
export function loadOf({ inFlight, recentFailures }: KeyState, now: number): number {
  return recentFailures === undefined ? inFlight : inFlight + Math.ceil(faded(recentFailures, now));
}

export function addFailure(key: KeyState, now: number): void {
  const known = key.recentFailures;
  key.recentFailures = { count: 1 + (known === undefined ? 0 : faded(known, now)), at: now };
}

function faded({ count, at }: FadingFailures, now: number): number {
  return count * Math.max(0, 1 - (now - at) / FADES_MS);
}
