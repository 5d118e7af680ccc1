import type { GuessCount, GuessCountStore } from '../guess-counts';
import { SYSTEM_CLOCK, WriteRounds, type Due, type RoundsClock } from './write-rounds';

/** There is a write in so long, of all that has come meanwhile. */
const WRITE_MS = 100;
/** The same while the database does not take it. */
const RETRY_MS = 2_000;
const BATCH_MAX = 200;
/** More of them wait only for an attacker with thousands of addresses; then each process counts for itself. */
const WAITING_MAX = 1_000;

interface GuessWriterParts {
  readonly store: Pick<GuessCountStore, 'save'>;
  /** What is counted of an address by now; undefined if nothing is that still counts. */
  readonly countOf: (address: string) => (GuessCount & { readonly countsForMs: number }) | undefined;
  /** Told once for each time that the database does not take them. */
  readonly onError: (error: unknown) => void;
  readonly clock?: RoundsClock;
}

/** Writes down behind the answers what is counted of wrong tokens. Only the addresses wait, at most a thousand. */
export class GuessWriter {
  readonly #waiting = new Set<string>();
  readonly #rounds: WriteRounds;
  readonly #clock: RoundsClock;
  #writesAt = -Infinity;
  #isFailing = false;

  constructor(private readonly parts: GuessWriterParts) {
    this.#clock = parts.clock ?? SYSTEM_CLOCK;
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => this.#due(),
      onError: (error) => {
        if (!this.#isFailing) parts.onError(error);
        this.#isFailing = true;
      },
      clock: this.#clock,
    });
  }

  /** Something has been counted of it. */
  note(address: string): void {
    this.#await(address);
    this.#rounds.noted();
  }

  /** Writes what waits, or tries to a last time. Never rejects. */
  async close(): Promise<void> {
    this.#rounds.close();
    try {
      do await this.#rounds.next(undefined);
      while (this.#waiting.size > 0);
    } catch {
      // It has been reported.
    }
  }

  #due(): Due<undefined> | undefined {
    if (this.#waiting.size === 0) return undefined;
    const inMs = this.#isFailing ? RETRY_MS : Math.max(0, this.#writesAt - this.#clock.now());
    return { inMs, scope: undefined };
  }

  async #write(): Promise<void> {
    const batch = [...this.#waiting].slice(0, BATCH_MAX);
    for (const address of batch) this.#waiting.delete(address);
    this.#writesAt = this.#clock.now() + WRITE_MS;
    try {
      await this.parts.store.save(batch.flatMap((address) => this.parts.countOf(address) ?? []));
      this.#isFailing = false;
    } catch (error) {
      for (const address of batch) this.#await(address);
      throw error;
    }
  }

  #await(address: string): void {
    this.#waiting.add(address);
    if (this.#waiting.size <= WAITING_MAX) return;
    const [oldest = ''] = this.#waiting;
    this.#waiting.delete(oldest);
  }
}
