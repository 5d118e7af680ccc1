import type { Instance } from './instances';

/** A server that has lost its pages gets them again within a second or two: nobody has died of that. */
const LOST_MS = 3_000;

/** Who lives, of those whose pages have been seen of late. */
export class Living {
  readonly #seen = new Map<string, { readonly instance: Instance; readonly at: number }>();

  /** What the pages say now. Returns those who live. */
  update(instances: readonly Instance[], now: number): readonly Instance[] {
    for (const instance of instances) this.#seen.set(instance.id, { instance, at: now });
    for (const [id, { at }] of this.#seen) if (now - at > LOST_MS) this.#seen.delete(id);
    return [...this.#seen.values()].map(({ instance }) => instance);
  }
}
