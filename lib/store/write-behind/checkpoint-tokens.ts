import type { ClientTokenCounts, SpentOfToken } from '../client-token-row';
import type { ClientTokenStore, ClientTokenUsage } from '../client-tokens';
import type { StoredPeriod } from '../spent-period';
import { NamedBatches } from './named-batches';
import { OwnSpending, type SpentAmount } from './own-spending';
import { WriteRounds } from './write-rounds';

const WRITE_MS = 5_000;
/** What is spent of budgets is written sooner: a crash must not forget much of it, and others want to know. */
const WRITE_SPENT_MS = 1_000;

export interface CountedUse {
  requestCount: number;
  /** Milliseconds since the epoch; null if never. */
  lastUsedAt: number | null;
}

/**
 * Counts what each client token is used for and what it spends of its budget, and adds it to what is written down,
 * behind the traffic. A failed write is repeated as it was, and counts once.
 */
export class TokenUsage {
  readonly #uses = new Map<string, CountedUse>();
  /** Requests that are not written down yet. */
  readonly #unsaved = new Map<string, number>();
  readonly #spending = new OwnSpending();
  /** What is read of these may be what it was before. */
  readonly #resetWhileRead = new Set<string>();
  readonly #batches: NamedBatches<ClientTokenUsage>;
  readonly #rounds: WriteRounds<'write' | 'read'>;
  /** Told before what all have written is read, after that, and of each token whose spending has just been written. */
  onReading: () => void = () => undefined;
  onRead: () => void = () => undefined;
  onSpentWritten: (id: string) => void = () => undefined;

  constructor(
    private readonly tokens: Pick<ClientTokenStore, 'addUsage' | 'counts'>,
    known: readonly (Pick<ClientTokenCounts, 'id' | 'requestCount' | 'lastUsedAt'> & Partial<SpentOfToken>)[],
    private readonly now: () => number,
    onError: (error: unknown) => void,
  ) {
    for (const counts of known) {
      const { id, requestCount, lastUsedAt } = counts;
      this.#uses.set(id, { requestCount, lastUsedAt });
      this.#spending.found(id, counts);
    }
    this.#batches = new NamedBatches((usages, receipt) => this.#add(usages, receipt), now);
    this.#rounds = new WriteRounds<'write' | 'read'>({
      write: (scope) => (scope === 'read' ? this.#read() : this.#write()),
      due: () => this.#due(),
      onError,
    });
  }

  used(id: string): void {
    const use = this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
    use.requestCount += 1;
    use.lastUsedAt = this.now();
    this.#uses.set(id, use);
    this.#unsaved.set(id, (this.#unsaved.get(id) ?? 0) + 1);
    this.#rounds.noted();
  }

  of(id: string): Readonly<CountedUse> {
    return this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
  }

  /** It has spent so much in the period of that name. */
  spend(id: string, period: string, amount: SpentAmount): void {
    this.#spending.add(id, period, amount);
    this.#rounds.noted();
  }

  /** What is written of all processes, and what was spent here since. */
  spentOf(id: string, period: string): SpentAmount {
    return this.#spending.of(id, period);
  }

  /** What others have written of it, as it was read last. */
  spentByOthers(id: string, period: string): SpentAmount {
    return this.#spending.foundOfOthers(id, period);
  }

  /** What that period is called since it was reset last. */
  periodOf(id: string, period: string): StoredPeriod {
    return this.#spending.nameOf(id, period);
  }

  /** What this process has spent in the period that it names, and how much of it is written. */
  ownSpentOf(id: string): ReturnType<OwnSpending['told']> {
    return this.#spending.told(id);
  }

  /** It was decided that nothing is spent in that period, and that is written under this name. */
  spentReset(id: string, period: StoredPeriod): void {
    this.#resetWhileRead.add(id);
    this.#spending.reset(id, period);
  }

  /** What is counted so far is written, or has failed and been reported. */
  async flush(): Promise<void> {
    await this.#rounds.next('write').catch(() => undefined);
  }

  /**
   * Takes over what all processes have written, and adds what has been counted here meanwhile. What was counted before
   * is written first, in the same round: looking puts no write off, and nothing counts twice. Rejects if either fails,
   * after it was reported.
   */
  refresh(): Promise<void> {
    return this.#rounds.next('read');
  }

  async close(): Promise<void> {
    this.#rounds.close();
    await this.flush();
  }

  #due(): { readonly inMs: number; readonly scope: 'write' } | undefined {
    if (this.#spending.isUnsaved) return { inMs: WRITE_SPENT_MS, scope: 'write' };
    return this.#unsaved.size > 0 || this.#batches.hasFailed ? { inMs: WRITE_MS, scope: 'write' } : undefined;
  }

  async #add(usages: readonly ClientTokenUsage[], receipt: string): Promise<void> {
    await this.tokens.addUsage(usages, receipt);
    for (const { id, spent } of usages) {
      if (spent === undefined) continue;
      this.#spending.written(id, spent);
      this.onSpentWritten(id);
    }
  }

  #write(): Promise<void> {
    return this.#batches.writeAll(
      () => this.#unsaved.size + this.#spending.unsavedCount,
      (most) => this.#take(most),
    );
  }

  async #read(): Promise<void> {
    await this.#write();
    this.onReading();
    this.#resetWhileRead.clear();
    for (const counts of await this.tokens.counts()) {
      const { id, requestCount, lastUsedAt } = counts;
      const newest = Math.max(lastUsedAt ?? 0, this.of(id).lastUsedAt ?? 0);
      this.#uses.set(id, {
        requestCount: requestCount + (this.#unsaved.get(id) ?? 0),
        lastUsedAt: newest === 0 ? null : newest,
      });
      if (!this.#resetWhileRead.has(id)) this.#spending.found(id, counts);
    }
    this.onRead();
  }

  #take(most: number): ClientTokenUsage[] {
    const usages: ClientTokenUsage[] = [];
    for (const id of new Set([...this.#unsaved.keys(), ...this.#spending.unsaved])) {
      if (usages.length >= most) break;
      const requests = this.#unsaved.get(id) ?? 0;
      this.#unsaved.delete(id);
      usages.push({ id, requests, lastUsedAt: this.of(id).lastUsedAt, spent: this.#spending.take(id) });
    }
    return usages;
  }
}
