import { LATENCY_BOUNDS_MS, MODEL_MAX } from './rows';
import { cutText } from './cut-text';
import type { UsageBucket, UsageCounts, UsageDelta } from './rows';

const MINUTE_MS = 60_000;

/** What one finished request says about itself. */
export interface FinishedRequest {
  readonly at: number;
  /** Slug; null when the request reached no provider. */
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly model: string | null;
  /** HTTP status that the client got; 499 when it went away. */
  readonly status: number;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
  readonly promptTokens: number | null;
  readonly cachedTokens: number | null;
  readonly completionTokens: number | null;
}

/** The delta of one request to its minute. */
export function usageOf(request: FinishedRequest): UsageDelta {
  return {
    resolution: 'minute',
    bucketStart: Math.floor(request.at / MINUTE_MS) * MINUTE_MS,
    provider: request.provider ?? '',
    keyId: request.keyId ?? '',
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

/** `2xx`... for a status; 429 (wait) and 499 (the client went away) stand apart because they are nobody's failure. */
export function statusClass(status: number): string {
  return status === 429 || status === 499 ? String(status) : `${Math.floor(status / 100)}xx`;
}

function latencyCounts(durationMs: number): number[] {
  const counts: number[] = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
  counts[index === -1 ? LATENCY_BOUNDS_MS.length : index] = 1;
  return counts;
}

/** The same for equal buckets and different for all others. */
export function bucketKey(bucket: UsageBucket): string {
  const { resolution, bucketStart, provider, keyId, model, statusClass: status } = bucket;
  return JSON.stringify([resolution, bucketStart, provider, keyId, model, status]);
}

/** Counts of both; the bucket is that of the first. */
export function sumUsage<Bucket extends UsageCounts>(into: Bucket, delta: UsageCounts): Bucket {
  return {
    ...into,
    requests: into.requests + delta.requests,
    promptTokens: into.promptTokens + delta.promptTokens,
    cachedTokens: into.cachedTokens + delta.cachedTokens,
    completionTokens: into.completionTokens + delta.completionTokens,
    durationMsSum: into.durationMsSum + delta.durationMsSum,
    ttfbMsSum: into.ttfbMsSum + delta.ttfbMsSum,
    ttfbCount: into.ttfbCount + delta.ttfbCount,
    latency: into.latency.map((count, index) => count + (delta.latency[index] ?? 0)),
  };
}

/** One delta for each bucket, in a fixed order, so that two processes lock the rows in the same order. */
export function mergeUsage(deltas: readonly UsageDelta[]): UsageDelta[] {
  const merged = new Map<string, UsageDelta>();
  for (const delta of deltas) {
    const key = bucketKey(delta);
    const known = merged.get(key);
    merged.set(key, known ? sumUsage(known, delta) : delta);
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}
