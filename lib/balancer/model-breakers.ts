import { Breaker, type Admission } from './breaker';
import type { HalfOpenProbe } from './half-open';

const MODELS_MAX = 100;

/** Breakers of single models: a model that is overloaded must not take the provider's others with it. */
export class ModelBreakers {
  /** Only of models that have failed since their last success. */
  readonly #byModel = new Map<string, Breaker>();

  /** Milliseconds until a request for the model may pass; 0 if one may now. */
  waitMs(model: string, now: number): number {
    return this.#byModel.get(model)?.waitMs(now) ?? 0;
  }

  /** Why the model rests; undefined if it does not. */
  reasonOf(model: string): string | undefined {
    return this.#byModel.get(model)?.snapshot.reason;
  }

  admit(model: string, now: number): Admission {
    return this.#byModel.get(model)?.admit(now) ?? 'pass';
  }

  failure(
    model: string,
    probe: HalfOpenProbe | undefined,
    reason: string,
    witness: object,
    now: number,
  ): void {
    let breaker = this.#byModel.get(model);
    if (breaker === undefined) {
      // Model names come from clients: what they make up must not make us forget a model that rests.
      if (this.#byModel.size >= MODELS_MAX) this.#makeRoom();
      this.#byModel.set(model, (breaker = new Breaker()));
    }
    breaker.failure(probe, reason, witness, now);
  }

  #makeRoom(): void {
    let oldest: string | undefined;
    for (const [model, breaker] of this.#byModel) {
      oldest ??= model;
      if (breaker.state !== 'closed') continue;
      oldest = model;
      break;
    }
    if (oldest !== undefined) this.#byModel.delete(oldest);
  }

  /** The model has answered, so there is nothing left to remember, unless a late answer from before its rest says so. */
  success(model: string, probe: HalfOpenProbe | undefined): void {
    const breaker = this.#byModel.get(model);
    if (breaker === undefined) return;
    breaker.success(probe);
    if (breaker.state === 'closed') this.#byModel.delete(model);
  }

  /** The request that was to find out whether the model serves again has shown nothing about it. */
  undecided(model: string, probe: HalfOpenProbe | undefined): void {
    if (probe !== undefined) this.#byModel.get(model)?.probeUndecided(probe);
  }
}
