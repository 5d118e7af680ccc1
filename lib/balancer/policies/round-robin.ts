import { firstAvailableFrom, type SelectionPolicy } from './policy';

/** Every available key in turn. */
export function roundRobin(): SelectionPolicy {
  let next = 0;
  return {
    choose({ rotation }, isAvailable) {
      const key = firstAvailableFrom(rotation, next % Math.max(1, rotation.length), isAvailable);
      if (key !== undefined) next = key.rotationIndex + 1;
      return key;
    },
  };
}
