import type { ClientTokenStore, ClientTokenUsage } from '../client-tokens';
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
  readonly #rounds: WriteRounds;

  constructor(
    tokens: Pick<ClientTokenStore, 'addUsage'>,
    known: readonly ({ readonly id: string } & CountedUse)[],
    private readonly now: () => number,
    onError: (error: unknown) => void,
  ) {
    for (const { id, requestCount, lastUsedAt } of known) this.#uses.set(id, { requestCount, lastUsedAt });
    this.#batches = new NamedBatches((usages, receipt) => tokens.addUsage(usages, receipt), now);
    this.#rounds = new WriteRounds({
      write: () =>
        this.#batches.writeAll(
          () => this.#unsaved.size,
          (most) => this.#take(most),
        ),
      due: () =>
        this.#unsaved.size > 0 || this.#batches.hasFailed ? { inMs: WRITE_MS, scope: undefined } : undefined,
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

  async close(): Promise<void> {
    this.#rounds.close();
    await this.#rounds.next(undefined).catch(() => undefined);
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
