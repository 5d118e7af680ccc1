import { coolingUntil } from './available';
import type { KeyState } from './key-state';

interface Entry {
  readonly generation: number;
  readonly first: KeyState;
  readonly until: number;
}

const MODELS_MAX = 100;

/**
 * Remembers by model that every key is cooling, so that the keys are not all looked at for each request meanwhile. It
 * is believed until the first cooldown is over or something may have made a key available earlier.
 */
export class AllCooling {
  readonly #byModel = new Map<string, Entry>();
  #generation = 0;

  /** Call when a key may have become available earlier than thought. */
  forget(): void {
    this.#generation += 1;
  }

  /** No key is available for the model, without looking at any. */
  isKnown(model: string, now: number): boolean {
    const entry = this.#byModel.get(model);
    return entry !== undefined && this.#isValid(entry, now);
  }

  /** When the first cooldown of `keys`, of which none is available, will be over; `now` if there is none. */
  endOf(model: string, keys: readonly KeyState[], now: number): number {
    const known = this.#byModel.get(model);
    // An answer that came late may have made the first one's cooldown longer.
    if (
      known !== undefined &&
      this.#isValid(known, now) &&
      coolingUntil(known.first, model) === known.until
    ) {
      return known.until;
    }
    const entry = this.#lookFor(model, keys);
    if (entry === undefined || entry.until <= now) return now;
    const [oldest] = this.#byModel.keys();
    if (this.#byModel.size >= MODELS_MAX && oldest !== undefined) this.#byModel.delete(oldest);
    this.#byModel.set(model, entry);
    return entry.until;
  }

  #isValid({ generation, until }: Entry, now: number): boolean {
    return generation === this.#generation && until > now;
  }

  #lookFor(model: string, keys: readonly KeyState[]): Entry | undefined {
    let entry: Entry | undefined;
    for (const key of keys) {
      const until = coolingUntil(key, model);
      if (entry === undefined || until < entry.until) {
        entry = { generation: this.#generation, first: key, until };
      }
    }
    return entry;
  }
}
