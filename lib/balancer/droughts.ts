import { coolingUntil } from './available';
import type { KeyState } from './key-state';

interface Drought {
  readonly relief: number;
  readonly first: KeyState;
  readonly until: number;
}

const MODELS_MAX = 100;

/**
 * Remembers by model that every key rests, so that the keys are not all looked at for each request meanwhile. It is believed until
 * the first of them has rested or something may have made one available earlier.
 */
export class Droughts {
  readonly #byModel = new Map<string, Drought>();
  /** Counts what can make a key available earlier than thought. */
  #relief = 0;

  relieve(): void {
    this.#relief += 1;
  }

  /** No key is available for the model, without looking at any. */
  isKnown(model: string, now: number): boolean {
    const drought = this.#byModel.get(model);
    return drought !== undefined && this.#isOn(drought, now);
  }

  /** When the first of `keys`, of which none is available, will have rested; `now` if there is none. */
  endOf(model: string, keys: readonly KeyState[], now: number): number {
    const known = this.#byModel.get(model);
    // An answer that came late may have made the rest of the first one longer.
    if (known !== undefined && this.#isOn(known, now) && coolingUntil(known.first, model) === known.until) {
      return known.until;
    }
    const drought = this.#lookFor(model, keys);
    if (drought === undefined || drought.until <= now) return now;
    if (this.#byModel.size >= MODELS_MAX) this.#byModel.clear();
    this.#byModel.set(model, drought);
    return drought.until;
  }

  #isOn({ relief, until }: Drought, now: number): boolean {
    return relief === this.#relief && until > now;
  }

  #lookFor(model: string, keys: readonly KeyState[]): Drought | undefined {
    let drought: Drought | undefined;
    for (const key of keys) {
      const until = coolingUntil(key, model);
      if (drought === undefined || until < drought.until) {
        drought = { relief: this.#relief, first: key, until };
      }
    }
    return drought;
  }
}
