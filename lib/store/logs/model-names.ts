const SERVED_MAX = 1_000;
const OTHERS_MAX = 100;
const WINDOW_MS = 3_600_000;
export const OTHER_MODELS = 'other';

/**
 * Bounds the names under which statistics are kept, since clients make names up: a model has a name of its own once a
 * provider has served it (1,000 of them), and of those that nobody has served the first hundred of an hour have. The
 * rest is `other`.
 */
export class ModelNames {
  readonly #served = new Set<string>();
  readonly #others = new Set<string>();
  #since = 0;

  of(model: string | null, status: number, atMs: number): string | null {
    if (model === null || this.#served.has(model)) return model;
    if (status < 300 && this.#served.size < SERVED_MAX) {
      this.#served.add(model);
      return model;
    }
    if (Math.abs(atMs - this.#since) > WINDOW_MS) {
      this.#since = atMs;
      this.#others.clear();
    }
    if (this.#others.has(model)) return model;
    if (this.#others.size >= OTHERS_MAX) return OTHER_MODELS;
    this.#others.add(model);
    return model;
  }
}
