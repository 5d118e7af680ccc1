import { newReceipt, type Receipt } from '../database/receipts';

interface Batch<Item> {
  readonly items: readonly Item[];
  readonly receipt: Receipt;
}

/** For one write, which is done as a whole or not at all. */
const ITEMS_MAX = 200;

/**
 * Writes what adds up, each item once: a batch that failed, of which nobody knows whether it was written, is repeated
 * as it was and under the same name before anything newer.
 */
export class NamedBatches<Item> {
  #failed: Batch<Item> | undefined;

  constructor(
    private readonly write: (items: readonly Item[], receipt: Receipt) => Promise<void>,
    private readonly wallNow: () => number,
  ) {}

  /** One is to be repeated. */
  get hasFailed(): boolean {
    return this.#failed !== undefined;
  }

  /** Of these nobody knows whether they are written: they are being written, or are to be repeated. */
  get inDoubt(): readonly Item[] {
    return this.#failed?.items ?? [];
  }

  /**
   * Writes what `take` gives of the `count` notes that there are now: a batch is made when the one before it is
   * written. What comes meanwhile is for the next time: under traffic there would be no end. Rejects at the first batch
   * that fails.
   */
  async writeAll(count: () => number, take: (most: number) => readonly Item[]): Promise<void> {
    if (this.#failed !== undefined) await this.#put(this.#failed);
    for (let left = count(); left > 0;) {
      const items = take(Math.min(ITEMS_MAX, left));
      if (items.length === 0) return;
      left -= items.length;
      await this.#put({ items, receipt: newReceipt(this.wallNow()) });
    }
  }

  async #put(batch: Batch<Item>): Promise<void> {
    this.#failed = batch;
    await this.write(batch.items, batch.receipt);
    this.#failed = undefined;
  }
}
