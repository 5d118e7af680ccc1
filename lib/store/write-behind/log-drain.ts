import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BoundedQueue } from './bounded-queue';
import { isOutage } from '../database/database-error';

export interface DrainOptions<T> {
  readonly queue: BoundedQueue<T>;
  /** For one write. */
  readonly batchMax: number;
  /** All or nothing. */
  readonly write: (rows: readonly T[]) => Promise<unknown>;
  /** Whether `write` has kept these rows to repeat them itself; then they are not put back. Default: it never does. */
  readonly isKept?: (rows: readonly T[]) => boolean;
  /** Whether the database takes writes at this moment. */
  readonly takesWrites: () => Promise<boolean>;
  /** Rows that are out of the queue and not written yet. */
  readonly onInFlight: (count: number) => void;
  readonly onWritten: (count: number) => void;
  /** A row that the database refuses while it takes others. */
  readonly onPoison: (error: unknown) => void;
}

/**
 * Writes what is queued at this moment, in batches, and lets everything else run between two of them. A batch that
 * fails while the database takes other writes is halved until the row at fault is found; that row is given up. Throws
 * when the database does not take writes; then everything unwritten is back in the queue.
 */
export async function drain<T>(options: DrainOptions<T>): Promise<void> {
  let left = options.queue.size;
  while (left > 0) {
    const batch = options.queue.take(Math.min(left, options.batchMax));
    if (batch.length === 0) return;
    left -= batch.length;
    await writeBatch(batch, options);
    await nextTurn();
  }
}

async function writeBatch<T>(batch: T[], options: DrainOptions<T>): Promise<void> {
  const parts = [batch];
  let inFlight = batch.length;
  const settle = (count: number) => options.onInFlight((inFlight -= count));
  options.onInFlight(inFlight);
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await options.write(part);
      settle(part.length);
      options.onWritten(part.length);
    } catch (error) {
      if (isOutage(error) || !(await options.takesWrites())) {
        settle(inFlight);
        const unwritten = options.isKept?.(part) === true ? [] : [part];
        options.queue.putBack([...unwritten, ...parts.reverse()].flat());
        throw error;
      }
      if (part.length === 1) {
        settle(1);
        options.onPoison(error);
      } else {
        const middle = part.length >> 1;
        parts.push(part.slice(middle), part.slice(0, middle));
      }
    }
  }
}
