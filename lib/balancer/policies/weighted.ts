import type { Random } from '../ports';
import type { KeyState } from '../pool/key-state';
import type { Candidates, SelectionPolicy } from './policy';

const DRAWS_MAX = 24;

/**
 * A random available key, each with a chance in proportion to its weight. Draws with rejection first, which does not
 * depend on the number of keys; only when that keeps missing (few are available, or one weight dwarfs the others) are
 * the available weights added up.
 */
export function weighted(random: Random): SelectionPolicy {
  let heaviest = { version: -1, weight: 1 };

  function heaviestWeight({ members, membersVersion }: Candidates): number {
    if (heaviest.version !== membersVersion) {
      const weight = members.reduce((max, key) => Math.max(max, key.config.weight), 0);
      heaviest = { version: membersVersion, weight };
    }
    return heaviest.weight;
  }

  return {
    choose(candidates, isAvailable) {
      const { rotation } = candidates;
      const max = heaviestWeight(candidates);
      for (let draw = 0; draw < DRAWS_MAX && rotation.length > 0; draw++) {
        const key = rotation[Math.floor(random.next() * rotation.length)];
        if (key !== undefined && random.next() * max < key.config.weight && isAvailable(key)) return key;
      }
      return drawFrom(rotation.filter(isAvailable), random);
    },
  };
}

function drawFrom(keys: readonly KeyState[], random: Random): KeyState | undefined {
  const total = keys.reduce((sum, key) => sum + key.config.weight, 0);
  let left = random.next() * total;
  for (const key of keys) {
    left -= key.config.weight;
    if (left < 0) return key;
  }
  return keys.at(-1);
}
