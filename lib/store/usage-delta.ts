import { cutText } from './cut-text';
import { LATENCY_COUNTERS, latencyCounter } from './latency';
import { MODEL_MAX } from './rows';
import { UsageSums } from './usage-sums';
import type { UsageDelta } from './rows';

const MINUTE_MS = 60_000;

/** What one finished request says about itself. */
export interface FinishedRequest {
  readonly at: number;
  /** Slug; null when the request reached no provider. */
  readonly provider: string | null;
  readonly model: string | null;
  /** HTTP status that the client got; 499 when it went away. */
  readonly status: number;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
  readonly promptTokens: number | null;
  readonly cachedTokens: number | null;
  readonly completionTokens: number | null;
}

/** The delta of one request to its minute, for all keys together. */
export function usageOf(request: FinishedRequest): UsageDelta {
  return {
    resolution: 'minute',
    bucketStart: Math.floor(request.at / MINUTE_MS) * MINUTE_MS,
    provider: request.provider ?? '',
    keyId: '',
    model: cutText(request.model ?? '', MODEL_MAX),
    statusClass: statusClass(request.status),
    requests: 1,
    promptTokens: request.promptTokens ?? 0,
    cachedTokens: request.cachedTokens ?? 0,
    completionTokens: request.completionTokens ?? 0,
    durationMsSum: request.durationMs,
    ttfbMsSum: request.ttfbMs ?? 0,
    ttfbCount: request.ttfbMs === null ? 0 : 1,
    latency: latencyCounts(request.durationMs),
  };
}

/** The same for the key that the request ended with. */
export function usageOfKey(usage: UsageDelta, keyId: string): UsageDelta {
  return { ...usage, resolution: 'key_min', keyId };
}

/** `2xx`... for a status; 429 (wait) and 499 (the client went away) stand apart because they are nobody's failure. */
export function statusClass(status: number): string {
  return status === 429 || status === 499 ? String(status) : `${Math.floor(status / 100)}xx`;
}

function latencyCounts(durationMs: number): number[] {
  const counts = new Array<number>(LATENCY_COUNTERS).fill(0);
  counts[latencyCounter(durationMs)] = 1;
  return counts;
}

/** One delta for each bucket, in a fixed order, so that two processes lock the rows in the same order. */
export function mergeUsage(deltas: readonly UsageDelta[]): UsageDelta[] {
  const sums = new UsageSums<UsageDelta>();
  for (const delta of deltas) sums.add(delta);
  return [...sums.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}
