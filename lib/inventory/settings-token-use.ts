import type { CountedUse } from '../store/write-behind/checkpoint-tokens';

/** Counts what tokens of the settings are used for here since the start: they have no row to add it to. */
export class SettingsTokenUse {
  readonly #uses = new Map<string, CountedUse>();

  constructor(private readonly now: () => number) {}

  used(id: string): void {
    this.#uses.set(id, { requestCount: this.of(id).requestCount + 1, lastUsedAt: this.now() });
  }

  of(id: string): Readonly<CountedUse> {
    return this.#uses.get(id) ?? { requestCount: 0, lastUsedAt: null };
  }

  /** By id: requests, and when the last of them came; milliseconds since the epoch. */
  get all(): [id: string, requests: number, lastUsedAt: number][] {
    return [...this.#uses].map(([id, { requestCount, lastUsedAt }]) => [id, requestCount, lastUsedAt ?? 0]);
  }
}
