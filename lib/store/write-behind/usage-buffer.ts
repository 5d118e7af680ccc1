import type { BoundedQueue } from './bounded-queue';
import type { UsageDelta } from '../rows';
import { UsageSums } from '../usage/usage-sums';

export interface UsageBuffer extends BoundedQueue<UsageDelta> {
  /** They grow in place: use them at once. */
  all(): Iterable<UsageDelta>;
}

/** Sums deltas up by bucket. At most `maxBuckets` different ones: then the oldest bucket is dropped. */
export function createUsageBuffer(maxBuckets: number, onDrop: (count: number) => void): UsageBuffer {
  const sums = new UsageSums<UsageDelta>();
  const buckets = sums.byKey;

  function push(delta: UsageDelta): void {
    sums.add(delta);
    if (buckets.size <= maxBuckets) return;
    const [oldest] = buckets.keys();
    if (oldest !== undefined) sums.delete(oldest);
    onDrop(1);
  }

  return {
    get size() {
      return buckets.size;
    },
    push,
    all: () => buckets.values(),
    take(count) {
      const taken: UsageDelta[] = [];
      for (const [key, delta] of buckets) {
        if (taken.length >= count) break;
        taken.push(delta);
        sums.delete(key);
      }
      return taken;
    },
    putBack(deltas) {
      for (const delta of deltas) push(delta);
    },
  };
}
