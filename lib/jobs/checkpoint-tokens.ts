import type { ClientTokenStore } from '../store';

const WRITE_MS = 5_000;

export interface CountedUse {
  requestCount: number;
  /** Milliseconds since the epoch; null if never. */
  lastUsedAt: number | null;
}

/** Counts what each client token is used for, and writes it down behind the traffic. */
export class TokenUsage {
  readonly #uses = new Map<string, CountedUse>();
  #changed = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly tokens: Pick<ClientTokenStore, 'saveUsage'>,
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
    this.#changed.add(id);
  }

  of(id: string): Readonly<CountedUse> {
    return this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    try {
      await this.tokens.saveUsage([...changed].map((id) => ({ id, ...this.of(id) })));
    } catch (error) {
      for (const id of changed) this.#changed.add(id);
      this.onError(error);
    }
  }
}
