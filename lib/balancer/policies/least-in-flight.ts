import type { KeyState } from '../pool/key-state';
import { startFrom, type SelectionPolicy } from './policy';

/**
 * The available key with the fewest requests in flight; ties go round. An idle key ends the search, so the whole
 * rotation is read only when there are more requests than keys.
 */
export function leastInFlight(): SelectionPolicy {
  let next = 0;
  return {
    choose({ rotation }, isAvailable, _affinity, isRetry) {
      const start = startFrom(next, rotation.length, isRetry);
      let best: KeyState | undefined;
      for (let step = 0; step < rotation.length; step++) {
        const key = rotation[(start + step) % rotation.length];
        if (key === undefined || (best !== undefined && key.inFlight >= best.inFlight)) continue;
        if (!isAvailable(key)) continue;
        best = key;
        if (key.inFlight === 0) break;
      }
      if (best !== undefined) next = best.rotationIndex + 1;
      return best;
    },
  };
}
