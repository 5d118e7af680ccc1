interface Entry {
  readonly answer: Promise<unknown>;
  readonly madeAt: number;
  isPending: boolean;
}

const ENTRIES_MAX = 200;

/** Keeps answers that take long to make for a moment, and has each made once at a time. */
export class AnswerCache {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly now: () => number) {}

  /** The answer of that name, made again if it is older than `freshMs`. Failures are not kept. */
  get<Answer>(name: string, freshMs: number, make: () => Promise<Answer>): Promise<Answer> {
    const known = this.#entries.get(name);
    if (known !== undefined && (known.isPending || this.now() - known.madeAt < freshMs))
      return known.answer as Promise<Answer>;
    const entry: Entry = { answer: make(), madeAt: this.now(), isPending: true };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.answer.then(
      () => (entry.isPending = false),
      () => {
        if (this.#entries.get(name) === entry) this.#entries.delete(name);
      },
    );
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > ENTRIES_MAX && oldest !== undefined) this.#entries.delete(oldest);
    return entry.answer as Promise<Answer>;
  }
}
