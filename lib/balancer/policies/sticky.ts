import { hash32 } from './hash';
import type { Random } from '../ports';
import type { KeyState } from '../pool/key-state';
import type { Candidates, SelectionPolicy } from './policy';

/** Points on the ring in all, about; few keys get many points each, so that their shares are even. */
const RING_POINTS = 4096;
const POINTS_PER_KEY_MAX = 128;

interface Point {
  readonly hash: number;
  readonly key: KeyState;
}

/**
 * Requests with the same affinity (prompt cache key, user or client token) go to the same key, so that upstream prompt
 * caches hit. Consistent hashing: a key that drops out moves only its own requests, to its neighbours on the ring.
 * Requests without affinity go to a random place.
 */
export function sticky(random: Random): SelectionPolicy {
  let ring: { readonly version: number; readonly points: readonly Point[] } = { version: -1, points: [] };

  return {
    choose(candidates, isAvailable, affinity) {
      if (ring.version !== candidates.membersVersion) ring = buildRing(candidates);
      const { points } = ring;
      const hash = affinity === undefined ? Math.floor(random.next() * 2 ** 32) : hash32(affinity);
      const start = firstAtOrAfter(points, hash);
      for (let step = 0; step < points.length; step++) {
        const key = points[(start + step) % points.length]?.key;
        if (key !== undefined && isAvailable(key)) return key;
      }
      return undefined;
    },
  };
}

function buildRing({ members, membersVersion }: Candidates): { version: number; points: Point[] } {
  // A power of two, so that it seldom changes with the number of keys: a change moves requests of every key.
  const share = Math.floor(Math.log2(RING_POINTS / Math.max(1, members.length)));
  const pointsPerKey = Math.min(POINTS_PER_KEY_MAX, 2 ** Math.max(0, share));
  const points: Point[] = [];
  for (const key of members) {
    for (let i = 0; i < pointsPerKey; i++) {
      points.push({ hash: hash32(`${key.config.keyId}#${i}`), key });
    }
  }
  points.sort((a, b) => a.hash - b.hash);
  return { version: membersVersion, points };
}

function firstAtOrAfter(points: readonly Point[], hash: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.hash ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
