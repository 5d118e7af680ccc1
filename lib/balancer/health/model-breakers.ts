import { Breaker, type Admission } from './breaker';
import type { HalfOpenProbe } from './half-open';

const MODELS_MAX = 100;

/** A model that its provider fails alone. */
export interface RestingModel {
  readonly model: string;
  /** When it began to fail, and when it last did. */
  readonly since: number;
  readonly lastAt: number;
  readonly reason: string;
}

interface Failing {
  readonly breaker: Breaker;
  readonly since: number;
  lastAt: number;
}

/** Breakers of single models: a model that is overloaded must not take the provider's others with it. */
export class ModelBreakers {
  /** Only of models that have failed since their last success. */
  readonly #byModel = new Map<string, Failing>();

  /** Milliseconds until a request for the model may pass; 0 if one may now. */
  waitMs(model: string, now: number): number {
    return this.#byModel.get(model)?.breaker.waitMs(now) ?? 0;
  }

  /** Why the model rests; undefined if it does not. */
  reasonOf(model: string): string | undefined {
    return this.#byModel.get(model)?.breaker.snapshot.reason;
  }

  /** Those that are not asked for now, or for one request at a time. */
  get resting(): readonly RestingModel[] {
    return [...this.#byModel].flatMap(([model, { breaker, since, lastAt }]) => {
      const { reason } = breaker.snapshot;
      return reason === undefined ? [] : [{ model, since, lastAt, reason }];
    });
  }

  admit(model: string, now: number): Admission {
    return this.#byModel.get(model)?.breaker.admit(now) ?? 'pass';
  }

  failure(
    model: string,
    probe: HalfOpenProbe | undefined,
    reason: string,
    witness: object,
    now: number,
  ): void {
    let failing = this.#byModel.get(model);
    if (failing === undefined) {
      // Model names come from clients: what they make up must not make us forget a model that rests.
      if (this.#byModel.size >= MODELS_MAX) this.#makeRoom();
      this.#byModel.set(model, (failing = { breaker: new Breaker(), since: now, lastAt: now }));
    }
    failing.lastAt = now;
    failing.breaker.failure(probe, reason, witness, now);
  }

  #makeRoom(): void {
    let oldest: string | undefined;
    for (const [model, { breaker }] of this.#byModel) {
      oldest ??= model;
      if (breaker.state !== 'closed') continue;
      oldest = model;
      break;
    }
    if (oldest !== undefined) this.#byModel.delete(oldest);
  }

  /**
   * The model has answered, so there is nothing left to remember, unless a late answer from before its rest says so.
   */
  success(model: string, probe: HalfOpenProbe | undefined): void {
    const breaker = this.#byModel.get(model)?.breaker;
    if (breaker === undefined) return;
    breaker.success(probe);
    if (breaker.state === 'closed') this.#byModel.delete(model);
  }

  /** The request that was to find out whether the model serves again has shown nothing about it. */
  undecided(model: string, probe: HalfOpenProbe | undefined): void {
    if (probe !== undefined) this.#byModel.get(model)?.breaker.probeUndecided(probe);
  }
}
