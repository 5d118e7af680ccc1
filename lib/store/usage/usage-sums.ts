import type { UsageBucket, UsageCounts } from '../rows';

/** The same for equal buckets and different for all others: only the model may hold spaces. */
export function bucketKey(bucket: UsageBucket): string {
  const { resolution, bucketStart, provider, keyId, model, statusClass, token } = bucket;
  return `${resolution} ${bucketStart} ${provider} ${keyId} ${token} ${model} ${statusClass}`;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Sum<Row extends UsageCounts> = Mutable<Omit<Row, 'latency'>> & { latency: number[] };

/** Sums of counts by bucket. They grow in place: under load most requests find their bucket there already. */
export class UsageSums<Row extends UsageBucket & UsageCounts> {
  readonly byKey = new Map<string, Sum<Row>>();

  add(row: Row): void {
    const key = bucketKey(row);
    const known = this.byKey.get(key);
    if (known === undefined) this.byKey.set(key, { ...row, latency: [...row.latency] });
    else addCounts(known, row);
  }
}

function addCounts(into: Sum<UsageCounts>, counts: UsageCounts): void {
  into.requests += counts.requests;
  into.attempts += counts.attempts;
  into.failedAttempts += counts.failedAttempts;
  into.promptTokens += counts.promptTokens;
  into.cachedTokens += counts.cachedTokens;
  into.completionTokens += counts.completionTokens;
  into.costNano += counts.costNano;
  into.unpriced += counts.unpriced;
  into.durationMsSum += counts.durationMsSum;
  into.ttfbMsSum += counts.ttfbMsSum;
  into.ttfbCount += counts.ttfbCount;
  for (let i = 0; i < counts.latency.length; i++) {
    into.latency[i] = (into.latency[i] ?? 0) + (counts.latency[i] ?? 0);
  }
  into.rescued = ofBoth((a, b) => a + b, into.rescued, counts.rescued);
  into.latencyMinMs = ofBoth(Math.min, into.latencyMinMs, counts.latencyMinMs);
  into.latencyMaxMs = ofBoth(Math.max, into.latencyMaxMs, counts.latencyMaxMs);
}

/** Of what is not known there is no sum or extreme either. */
function ofBoth(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : pick(a, b);
}
