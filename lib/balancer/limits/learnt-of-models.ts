import { LearntLimits } from './learnt-limits';

/** Model names come from clients. */
const MODELS_MAX = 64;

/** What has been learnt of the limits of each model on its own. */
export class LearntOfModels {
  readonly #byModel = new Map<string, LearntLimits>();

  get models(): Iterable<string> {
    return this.#byModel.keys();
  }

  get(model: string): LearntLimits | undefined {
    return this.#byModel.get(model);
  }

  /** From now on something is known of it; what is known longest makes room. */
  of(model: string): LearntLimits {
    const known = this.#byModel.get(model);
    if (known !== undefined) return known;
    const [oldest] = this.#byModel.keys();
    if (this.#byModel.size >= MODELS_MAX && oldest !== undefined) this.#byModel.delete(oldest);
    const learnt = new LearntLimits();
    this.#byModel.set(model, learnt);
    return learnt;
  }
}
