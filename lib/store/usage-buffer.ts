import type { BoundedQueue } from './bounded-queue';
import type { UsageDelta } from './rows';
import { bucketKey, sumUsage } from './usage-delta';

/** Sums deltas up by bucket. At most `maxBuckets` different ones: then the oldest bucket is dropped. */
export function createUsageBuffer(
  maxBuckets: number,
  onDrop: (count: number) => void,
): BoundedQueue<UsageDelta> {
  const buckets = new Map<string, UsageDelta>();

  function push(delta: UsageDelta): void {
    const key = bucketKey(delta);
    const known = buckets.get(key);
    buckets.set(key, known ? sumUsage(known, delta) : delta);
    if (buckets.size <= maxBuckets) return;
    const [oldest] = buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
    onDrop(1);
  }

  return {
    get size() {
      return buckets.size;
    },
    push,
    take(count) {
      const taken: UsageDelta[] = [];
      for (const [key, delta] of buckets) {
        if (taken.length >= count) break;
        taken.push(delta);
        buckets.delete(key);
      }
      return taken;
    },
    putBack(deltas) {
      for (const delta of deltas) push(delta);
    },
  };
}
