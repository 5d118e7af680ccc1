/** What an attempt is counted for, and how many failures it may have in a minute. */
export interface LimitedBy {
  readonly id: string;
  readonly failuresMax: number;
}

interface Entry {
  /** Times of the failures of the last minute; milliseconds. */
  failures: number[];
  blockedUntil: number;
  /** Blocks without a success or an hour of peace between, for the growing wait. */
  blocks: number;
}

const WINDOW_MS = 60_000;
const FIRST_BLOCK_MS = 60_000;
const BLOCK_MS_MAX = 3_600_000;
const FORGET_MS = 3_600_000;
const ENTRIES_MAX = 10_000;

/**
 * Slows down whoever guesses: after so many failures within a minute comes a wait of a minute, doubling each time up to an
 * hour. Remembers at most 10,000 of those it counts for, the ones blocked longest above all.
 */
export class SignInLimiter {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly now: () => number) {}

  /** Seconds until another attempt is allowed; 0 if it is now. */
  waitSeconds(limits: readonly LimitedBy[]): number {
    const now = this.now();
    const until = Math.max(0, ...limits.map(({ id }) => this.#entries.get(id)?.blockedUntil ?? 0));
    return Math.ceil(Math.max(0, until - now) / 1000);
  }

  failed(limits: readonly LimitedBy[]): void {
    const now = this.now();
    for (const { id, failuresMax } of limits) {
      const entry = this.#entries.get(id) ?? { failures: [], blockedUntil: 0, blocks: 0 };
      // Put at the end again: the first ones are those that were quiet for longest.
      this.#entries.delete(id);
      this.#entries.set(id, entry);
      if (now - entry.blockedUntil > FORGET_MS) entry.blocks = 0;
      entry.failures = entry.failures.filter((at) => now - at < WINDOW_MS);
      entry.failures.push(now);
      if (entry.failures.length < failuresMax) continue;
      entry.failures = [];
      entry.blockedUntil = now + Math.min(FIRST_BLOCK_MS * 2 ** entry.blocks, BLOCK_MS_MAX);
      entry.blocks += 1;
    }
    this.#makeRoom(now);
  }

  succeeded(limits: readonly LimitedBy[]): void {
    for (const { id } of limits) this.#entries.delete(id);
  }

  #makeRoom(now: number): void {
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= ENTRIES_MAX) return;
      if (entry.blockedUntil <= now) this.#entries.delete(id);
    }
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= ENTRIES_MAX) return;
      this.#entries.delete(id);
    }
  }
}
