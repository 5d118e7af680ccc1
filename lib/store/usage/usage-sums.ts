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
  /** By resolution and key, or proxy, the sum last added to: the text of a bucket costs more than all else. */
  readonly #last = new Map<Row['resolution'], Map<string, Sum<Row>>>();

  add(row: Row): void {
    const last = this.#lastOf(row.resolution);
    const latest = last.get(row.keyId);
    if (latest !== undefined && isSameBucket(latest, row)) return addCounts(latest, row);
    const key = bucketKey(row);
    let sum = this.byKey.get(key);
    if (sum === undefined) this.byKey.set(key, (sum = { ...row, latency: [...row.latency] }));
    else addCounts(sum, row);
    last.set(row.keyId, sum);
  }

  /** What is added to that bucket from now on is a sum of its own. */
  delete(key: string): void {
    this.byKey.delete(key);
    this.#last.clear();
  }

  #lastOf(resolution: Row['resolution']): Map<string, Sum<Row>> {
    let last = this.#last.get(resolution);
    if (last === undefined) this.#last.set(resolution, (last = new Map<string, Sum<Row>>()));
    return last;
  }
}

/** Of those of one resolution and key. */
function isSameBucket(one: UsageBucket, other: UsageBucket): boolean {
  return (
    one.bucketStart === other.bucketStart &&
    one.token === other.token &&
    one.statusClass === other.statusClass &&
    one.model === other.model &&
    one.provider === other.provider
  );
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
  // Of one request all are 0 but one.
  for (let i = 0; i < counts.latency.length; i++) {
    const more = counts.latency[i] ?? 0;
    if (more !== 0) into.latency[i] = (into.latency[i] ?? 0) + more;
  }
  into.rescued = ofBoth(sumOf, into.rescued, counts.rescued);
  into.latencyMinMs = ofBoth(Math.min, into.latencyMinMs, counts.latencyMinMs);
  into.latencyMaxMs = ofBoth(Math.max, into.latencyMaxMs, counts.latencyMaxMs);
}

function sumOf(a: number, b: number): number {
  return a + b;
}

/** Of what is not known there is no sum or extreme either. */
function ofBoth(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : pick(a, b);
}
