import { firstAvailableFrom, startFrom, type SelectionPolicy } from './policy';

/** Every available key in turn; a retry takes the turn on far away. */
export function roundRobin(): SelectionPolicy {
  let next = 0;
  return {
    choose({ rotation }, isAvailable, _affinity, isRetry) {
      const key = firstAvailableFrom(rotation, startFrom(next, rotation.length, isRetry), isAvailable);
      if (key !== undefined) next = key.rotationIndex + 1;
      return key;
    },
  };
}
