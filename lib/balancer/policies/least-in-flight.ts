import type { KeyState } from '../pool/key-state';
import { startFrom, type SelectionPolicy } from './policy';

/**
 * The available key with the least load: requests in flight, and failures of the last seconds as if they still were;
 * ties go round. An idle key ends the search, so the whole rotation is read only when there are more requests than
 * keys.
 */
export function leastInFlight(): SelectionPolicy {
  let next = 0;
  return {
    choose({ rotation }, isAvailable, _affinity, isRetry, { load }) {
      const start = startFrom(next, rotation.length, isRetry);
      let best: KeyState | undefined;
      let least = Infinity;
      for (let step = 0; step < rotation.length; step++) {
        const key = rotation[(start + step) % rotation.length];
        const loaded = key === undefined ? Infinity : load(key);
        if (key === undefined || loaded >= least || !isAvailable(key)) continue;
        best = key;
        least = loaded;
        if (loaded === 0) break;
      }
      if (best !== undefined) next = best.rotationIndex + 1;
      return best;
    },
  };
}
