import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Hands `items` to `work` in slices, and lets everything else run between two of them. A failure stops it; slices done
 * before stay done.
 */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  work: (batch: readonly T[]) => Promise<void> | void,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await nextTurn();
    await work(items.slice(start, start + size));
  }
}
