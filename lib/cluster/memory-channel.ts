import type { Channel, Page, Parcel, Parcels } from './channel';

const PAGE_LIFE_MS = 15_000;
const WAIT_MS = 1_000;
/** Whoever reads too slowly misses what is older, and notices by the numbers. */
const PARCELS_MAX = 10_000;
const CHARACTERS_MAX = 16 * 2 ** 20;
const READ_MAX = 1_000;

interface Entry extends Omit<Parcel, 'ageMs'> {
  readonly at: number;
}

/** A channel within one process. It holds so much and no more, however slow its readers are. */
export class MemoryChannel implements Channel {
  #entries: Entry[] = [];
  #characters = 0;
  /** Of the first entry that is kept. */
  #first = 0;
  readonly #pages = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #readers = new Set<() => void>();

  /** `now`: steady; milliseconds. */
  constructor(private readonly now: () => number) {}

  append({ from, number, text }: Pick<Parcel, 'from' | 'number' | 'text'>): Promise<void> {
    this.#entries.push({ from, number, text, at: this.now() });
    this.#characters += text.length;
    if (this.#entries.length > PARCELS_MAX || this.#characters > CHARACTERS_MAX) this.#forgetHalf();
    for (const wake of this.#readers) wake();
    return Promise.resolve();
  }

  async read(position: string | undefined): Promise<Parcels> {
    if (position === undefined) return { position: String(this.#end), parcels: [] };
    if (Number(position) >= this.#end) await this.#news();
    const start = Math.max(0, Number(position) - this.#first);
    const entries = this.#entries.slice(start, start + READ_MAX);
    const now = this.now();
    return {
      position: String(this.#first + Math.min(start, this.#entries.length) + entries.length),
      parcels: entries.map(({ at, ...parcel }) => ({ ...parcel, ageMs: now - at })),
    };
  }

  put({ from, text }: Page): Promise<void> {
    this.#pages.set(from, { text, at: this.now() });
    return Promise.resolve();
  }

  pages(): Promise<readonly Page[]> {
    const now = this.now();
    for (const [from, { at }] of this.#pages) if (now - at > PAGE_LIFE_MS) this.#pages.delete(from);
    return Promise.resolve([...this.#pages].map(([from, { text }]) => ({ from, text })));
  }

  close(from: string): Promise<void> {
    this.#pages.delete(from);
    for (const wake of this.#readers) wake();
    return Promise.resolve();
  }

  get #end(): number {
    return this.#first + this.#entries.length;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#readers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, WAIT_MS);
      timer.unref();
      this.#readers.add(wake);
    });
  }

  #forgetHalf(): void {
    const gone = this.#entries.splice(0, Math.ceil(this.#entries.length / 2));
    this.#first += gone.length;
    this.#characters = this.#entries.reduce((sum, { text }) => sum + text.length, 0);
  }
}
