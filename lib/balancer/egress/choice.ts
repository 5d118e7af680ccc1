import type { EgressState } from './state';

export interface Candidate {
  readonly egress: EgressState;
  /** How much it draws the key. */
  readonly score: number;
}

/** Compared from left to right. */
type Badness = readonly [number, number, number];

/** The first choice is made among these. */
export function isHealthy(egress: EgressState, now: number): boolean {
  return egress.disabled === undefined && egress.breaker.waitMs(now) === 0;
}

/** When a proxy that is passed over now could be healthy again by itself. */
export function backAt(egress: EgressState, now: number): number {
  return egress.disabled === undefined ? now + egress.breaker.waitMs(now) : Infinity;
}

/** What may be taken if none is healthy: a person's word stands. */
export function isUsable(egress: EgressState, tried: ReadonlySet<EgressState>): boolean {
  return egress.disabled?.by !== 'manual' && !tried.has(egress);
}

/** The eligible one that draws the key most. */
export function strongest(
  candidates: readonly Candidate[],
  isEligible: (candidate: Candidate) => boolean,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if ((best === undefined || candidate.score > best.score) && isEligible(candidate)) best = candidate;
  }
  return best;
}

/** One that is merely resting comes before one that checks have disabled; then the one that is back first. */
export function leastBad(
  candidates: readonly Candidate[],
  tried: ReadonlySet<EgressState>,
  now: number,
): EgressState | undefined {
  let least: { readonly egress: EgressState; readonly badness: Badness } | undefined;
  for (const candidate of candidates) {
    const { egress } = candidate;
    if (!isUsable(egress, tried)) continue;
    const badness = badnessOf(candidate, now);
    if (least === undefined || isLess(badness, least.badness)) least = { egress, badness };
  }
  return least?.egress;
}

function badnessOf({ egress, score }: Candidate, now: number): Badness {
  const { disabled, failures, breaker } = egress;
  return disabled === undefined ? [0, breaker.waitMs(now), -score] : [1, failures, -score];
}

function isLess([a, b, c]: Badness, [x, y, z]: Badness): boolean {
  if (a !== x) return a < x;
  return b === y ? c < z : b < y;
}
