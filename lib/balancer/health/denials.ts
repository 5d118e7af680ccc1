import type { KeyState } from '../pool/key-state';

const REMEMBERED_MS = 600_000;
const MODELS_MAX = 200;

/**
 * Which keys have said lately that they may not use a model, while no other key has shown that it may. It costs them
 * nothing: it is only asked whom to try first, and whom not to ask again for one request.
 */
export class Denials {
  readonly #byModel = new Map<string, Map<KeyState, number>>();

  add(key: KeyState, model: string, now: number): void {
    this.#of(model).set(key, now + REMEMBERED_MS);
  }

  #of(model: string): Map<KeyState, number> {
    const known = this.#byModel.get(model);
    if (known !== undefined) return known;
    // Model names come from clients: the one remembered for longest makes room.
    const [oldest] = this.#byModel.keys();
    if (this.#byModel.size >= MODELS_MAX && oldest !== undefined) this.#byModel.delete(oldest);
    const ofModel = new Map<KeyState, number>();
    this.#byModel.set(model, ofModel);
    return ofModel;
  }

  has(key: KeyState, model: string, now: number): boolean {
    return (this.#byModel.get(model)?.get(key) ?? 0) > now;
  }

  /** The key has served the model, or suffers for it by now. */
  remove(key: KeyState, model: string): void {
    const ofModel = this.#byModel.get(model);
    if (ofModel?.delete(key) === true && ofModel.size === 0) this.#byModel.delete(model);
  }

  /** The key is gone, or a person has decided about it. */
  forget(key: KeyState): void {
    for (const model of [...this.#byModel.keys()]) this.remove(key, model);
  }
}
