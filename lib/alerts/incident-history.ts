import type { AttentionItem } from '../admin/contract/stats';
import type { IncidentRow, IncidentStore } from '../store/incidents';
import { IncidentBook } from './incident-book';

export interface HistoryPorts {
  /** What the dashboard says needs attention. */
  readonly incidents: () => Promise<readonly AttentionItem[]>;
  /** Of several processes on one database one keeps the history. */
  readonly hasTurn: () => boolean;
  readonly store: Pick<IncidentStore, 'recent' | 'save'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly steadyNow: () => number;
  readonly onError: (error: unknown, what: string) => void;
}

/** What has just ended may come back, and goes on then. */
const ENDED_MS = 60_000;

/** Keeps what was wrong. Nothing waits for it; what the database does not take is written as soon as it does. */
export class IncidentHistory {
  #book: IncidentBook | undefined;
  #looking: Promise<void> | undefined;
  #isFailing = false;

  constructor(private readonly ports: HistoryPorts) {}

  /** Looks at what is wrong now. Call it every few seconds. Never rejects. */
  async look(): Promise<void> {
    this.#looking ??= this.#look()
      .then(() => void (this.#isFailing = false))
      .catch((error: unknown) => {
        // Once for each trouble: it comes again every few seconds.
        if (!this.#isFailing) this.ports.onError(error, 'keeping incidents failed; it is tried again');
        this.#isFailing = true;
      })
      .finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** What lasts is left as it was last seen. Never rejects. */
  async close(): Promise<void> {
    await this.#looking;
    const book = this.#book;
    this.#book = undefined;
    if (book !== undefined) await this.#write([...book.take(), ...book.lasting()]).catch(() => undefined);
  }

  async #look(): Promise<void> {
    if (!this.ports.hasTurn()) return this.#leave();
    const time = () => ({ now: this.ports.now(), steadyNow: this.ports.steadyNow() });
    this.#book ??= new IncidentBook(await this.ports.store.recent(this.ports.now() - ENDED_MS), time());
    const book = this.#book;
    book.see(await this.ports.incidents(), time());
    const rows = book.take();
    try {
      await this.#write(rows);
      book.written(rows);
    } catch (error) {
      book.bringBack(rows);
      throw error;
    }
  }

  /** Whoever has taken the work over goes on from what is written. */
  async #leave(): Promise<void> {
    const book = this.#book;
    this.#book = undefined;
    if (book !== undefined) await this.#write(book.unknownToOthers());
  }

  async #write(rows: readonly IncidentRow[]): Promise<void> {
    if (rows.length === 0) return;
    const latest = new Map(rows.map((row) => [row.id, row]));
    await this.ports.store.save([...latest.values()]);
  }
}
