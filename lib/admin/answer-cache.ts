interface Entry {
  readonly answer: Promise<unknown>;
  readonly madeAt: number;
  /** Undefined while it is being made. */
  tookMs: number | undefined;
}

const ENTRIES_MAX = 200;

/** Keeps answers that take long to make for a moment, and has each made once at a time. */
export class AnswerCache {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly now: () => number) {}

  /**
   * The answer of that name, made again if it is older than `freshMs`, and than `freshPerTook` times what it took to
   * make. Failures are not kept.
   */
  get<Answer>(name: string, freshMs: number, make: () => Promise<Answer>, freshPerTook = 0): Promise<Answer> {
    const known = this.#entries.get(name);
    if (known !== undefined && this.#isFresh(known, freshMs, freshPerTook))
      return known.answer as Promise<Answer>;
    const entry: Entry = { answer: make(), madeAt: this.now(), tookMs: undefined };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.answer.then(
      () => (entry.tookMs = this.now() - entry.madeAt),
      () => {
        if (this.#entries.get(name) === entry) this.#entries.delete(name);
      },
    );
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > ENTRIES_MAX && oldest !== undefined) this.#entries.delete(oldest);
    return entry.answer as Promise<Answer>;
  }

  #isFresh({ madeAt, tookMs }: Entry, freshMs: number, freshPerTook: number): boolean {
    return tookMs === undefined || this.now() - madeAt < Math.max(freshMs, tookMs * freshPerTook);
  }
}
