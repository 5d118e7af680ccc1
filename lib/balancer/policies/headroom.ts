import type { KeyState } from '../pool/key-state';
import { startFrom, type SelectionPolicy } from './policy';

/** With so many others the first available key is compared, however many there are. */
const COMPARED_MAX = 8;
/** Nothing is used, and nothing is in flight. */
const ALL = 1;

/**
 * The available key with the most left of what it may use, known or learnt; of several the one with the least load,
 * and of these the next in turn. So limits are met as late as they can be.
 */
export function headroom(): SelectionPolicy {
  let next = 0;
  return {
    choose({ rotation }, isAvailable, _affinity, isRetry, { leftShare, load }) {
      const start = startFrom(next, rotation.length, isRetry);
      let best: KeyState | undefined;
      let most = -1;
      let compared = 0;
      for (let step = 0; step < rotation.length && compared < COMPARED_MAX && most < ALL; step++) {
        const key = rotation[(start + step) % rotation.length];
        if (key === undefined) continue;
        if (best !== undefined) compared += 1;
        const left = leftShare(key) / (1 + load(key));
        if (left <= most || !isAvailable(key)) continue;
        best = key;
        most = left;
      }
      if (best !== undefined) next = best.rotationIndex + 1;
      return best;
    },
  };
}
