import { LATENCY_BOUNDS_MS } from '../../store/usage/latency';

/** Where the last, open counter is taken to end. */
const LATENCY_END_MS = 300_000;

/** The shortest and the longest of what was counted; null if they are not known. */
export interface LatencyRange {
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

const UNKNOWN: LatencyRange = { minMs: null, maxMs: null };

/**
 * Estimated: within a counter the requests are taken to lie evenly. Never less than the shortest nor more than the
 * longest, if they are known. null without requests.
 */
export function percentile(
  counts: readonly number[],
  share: number,
  { minMs, maxMs }: LatencyRange = UNKNOWN,
): number | null {
  const estimated = estimate(counts, share, maxMs);
  if (estimated === null) return null;
  return Math.round(Math.min(maxMs ?? Infinity, Math.max(minMs ?? 0, estimated)));
}

function estimate(counts: readonly number[], share: number, maxMs: number | null): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = total * share;
  let lower = 0;
  for (const [index, count] of counts.entries()) {
    // What took longer than the last counter's usual end lies between its bound and the longest.
    const upper = LATENCY_BOUNDS_MS[index] ?? Math.max(LATENCY_END_MS, maxMs ?? 0);
    if (count > 0 && left <= count) return lower + ((upper - lower) * left) / count;
    left -= count;
    lower = upper;
  }
  return lower;
}
