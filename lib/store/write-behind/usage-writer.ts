import { isOutage } from '../database/database-error';
import { newReceipt } from '../database/receipts';
import type { Receipt } from '../database/receipts';
import type { RollupStore } from '../usage/rollups';
import type { UsageDelta } from '../rows';

export interface UsageWriter {
  /** At most 200. Rejects when they were not written, or when that is not known: then they are kept here. */
  readonly write: (rows: readonly UsageDelta[]) => Promise<void>;
  /** Whether the rows of a write that was rejected are kept here. */
  readonly isKept: (rows: readonly UsageDelta[]) => boolean;
  /**
   * Repeats what is kept, and says how many rows that were. Gives them back if they were certainly refused: then each
   * is to be tried again.
   */
  settle(giveBack: (rows: readonly UsageDelta[]) => void): Promise<number>;
  readonly kept: number;
}

/** Adds usage to the statistics, each request once, also when the connection breaks while it is committed. */
export function createUsageWriter(
  rollups: Pick<RollupStore, 'add' | 'hasAdded'>,
  now: () => number,
): UsageWriter {
  let doubtful: { readonly rows: readonly UsageDelta[]; readonly receipt: Receipt } | undefined;

  async function repeat(): Promise<void> {
    if (doubtful === undefined) return;
    await rollups.add(doubtful.rows, doubtful.receipt);
    doubtful = undefined;
  }

  return {
    async write(rows) {
      await repeat();
      const receipt = newReceipt(now());
      try {
        await rollups.add(rows, receipt);
      } catch (error) {
        if (isOutage(error)) doubtful = { rows, receipt };
        throw error;
      }
    },
    isKept: (rows) => doubtful?.rows === rows,
    async settle(giveBack) {
      const kept = doubtful?.rows.length ?? 0;
      try {
        await repeat();
        return kept;
      } catch (error) {
        if (isOutage(error) || doubtful === undefined) throw error;
        // No outage is no proof that it was refused: a pool without connections says the same.
        const { rows, receipt } = doubtful;
        const isDone = await rollups.hasAdded(receipt);
        doubtful = undefined;
        if (isDone) return kept;
        giveBack(rows);
        return 0;
      }
    },
    get kept() {
      return doubtful?.rows.length ?? 0;
    },
  };
}
