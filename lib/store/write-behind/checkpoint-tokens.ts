import type { ClientTokenCounts, ClientTokenStore, ClientTokenUsage } from '../client-tokens';
import { NamedBatches } from './named-batches';
import { WriteRounds } from './write-rounds';

const WRITE_MS = 5_000;

export interface CountedUse {
  requestCount: number;
  /** Milliseconds since the epoch; null if never. */
  lastUsedAt: number | null;
}

/**
 * Counts what each client token is used for, and adds it to what is written down, behind the traffic. A failed write is
 * repeated as it was, and counts once.
 */
export class TokenUsage {
  readonly #uses = new Map<string, CountedUse>();
  /** Requests that are not written down yet. */
  readonly #unsaved = new Map<string, number>();
  readonly #batches: NamedBatches<ClientTokenUsage>;
  readonly #rounds: WriteRounds<'write' | 'read'>;

  constructor(
    private readonly tokens: Pick<ClientTokenStore, 'addUsage' | 'counts'>,
    known: readonly ClientTokenCounts[],
    private readonly now: () => number,
    onError: (error: unknown) => void,
  ) {
    for (const { id, requestCount, lastUsedAt } of known) this.#uses.set(id, { requestCount, lastUsedAt });
    this.#batches = new NamedBatches((usages, receipt) => tokens.addUsage(usages, receipt), now);
    this.#rounds = new WriteRounds<'write' | 'read'>({
      write: (scope) => (scope === 'read' ? this.#read() : this.#write()),
      due: () =>
        this.#unsaved.size > 0 || this.#batches.hasFailed ? { inMs: WRITE_MS, scope: 'write' } : undefined,
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

  #write(): Promise<void> {
    return this.#batches.writeAll(
      () => this.#unsaved.size,
      (most) => this.#take(most),
    );
  }

  async #read(): Promise<void> {
    await this.#write();
    for (const { id, requestCount, lastUsedAt } of await this.tokens.counts()) {
      const newest = Math.max(lastUsedAt ?? 0, this.of(id).lastUsedAt ?? 0);
      this.#uses.set(id, {
        requestCount: requestCount + (this.#unsaved.get(id) ?? 0),
        lastUsedAt: newest === 0 ? null : newest,
      });
    }
  }

  #take(most: number): ClientTokenUsage[] {
    const usages: ClientTokenUsage[] = [];
    for (const [id, requests] of this.#unsaved) {
      if (usages.length >= most) break;
      this.#unsaved.delete(id);
      usages.push({ id, requests, lastUsedAt: this.of(id).lastUsedAt });
    }
    return usages;
  }
}
