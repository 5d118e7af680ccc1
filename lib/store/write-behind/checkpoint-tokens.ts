import type { ClientTokenStore, ClientTokenUsage } from '../client-tokens';
import type { Receipt } from '../database/receipts';
import { newReceipt } from '../database/receipts';

const WRITE_MS = 5_000;
/** For one write, which is done as a whole or not at all. */
const TOKENS_MAX = 200;

export interface CountedUse {
  requestCount: number;
  /** Milliseconds since the epoch; null if never. */
  lastUsedAt: number | null;
}

interface Batch {
  readonly usages: readonly ClientTokenUsage[];
  readonly receipt: Receipt;
}

/**
 * Counts what each client token is used for, and adds it to what is written down, behind the traffic. A failed write is repeated as it
 * was, and counts once.
 */
export class TokenUsage {
  readonly #uses = new Map<string, CountedUse>();
  /** Requests that are not written down yet. */
  readonly #unsaved = new Map<string, number>();
  #failed: Batch | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly tokens: Pick<ClientTokenStore, 'addUsage'>,
    known: readonly ({ readonly id: string } & CountedUse)[],
    private readonly now: () => number,
    private readonly onError: (error: unknown) => void,
  ) {
    for (const { id, requestCount, lastUsedAt } of known) this.#uses.set(id, { requestCount, lastUsedAt });
    this.#timer = setInterval(() => void this.#write(), WRITE_MS);
    this.#timer.unref();
  }

  used(id: string): void {
    const use = this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
    use.requestCount += 1;
    use.lastUsedAt = this.now();
    this.#uses.set(id, use);
    this.#unsaved.set(id, (this.#unsaved.get(id) ?? 0) + 1);
  }

  of(id: string): Readonly<CountedUse> {
    return this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  /** One write at a time: a second one would repeat what the first has under way. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#save());
    return this.#writing;
  }

  async #save(): Promise<void> {
    try {
      if (this.#failed !== undefined) await this.#put(this.#failed);
      // What is counted meanwhile is for the next time: under traffic there would be no end.
      let left = this.#unsaved.size;
      for (let batch = this.#next(left); batch; batch = this.#next(left)) {
        left -= batch.usages.length;
        await this.#put(batch);
      }
    } catch (error) {
      this.onError(error);
    }
  }

  async #put(batch: Batch): Promise<void> {
    this.#failed = batch;
    await this.tokens.addUsage(batch.usages, batch.receipt);
    this.#failed = undefined;
  }

  #next(left: number): Batch | undefined {
    const most = Math.min(TOKENS_MAX, left);
    const usages: ClientTokenUsage[] = [];
    for (const [id, requests] of this.#unsaved) {
      if (usages.length >= most) break;
      this.#unsaved.delete(id);
      usages.push({ id, requests, lastUsedAt: this.of(id).lastUsedAt });
    }
    return usages.length === 0 ? undefined : { usages, receipt: newReceipt(this.now()) };
  }
}
