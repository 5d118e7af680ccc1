import type { SeenLimit } from './seen-limits';

const SHOWN = 2;
const SCORE_MAX = 4;
/** A refusal of another model speaks for a common limit for so long, and a success so short after it against it. */
const REFUSED_MS = 5_000;
const SERVED_MS = 1_000;
/** A refusal where all models together had nothing left tells more than a success, which may have been in time. */
const REFUSAL = 2;
const MODELS_MAX = 64;

/** How many requests had been sent with this one: to the account, and of its model. */
interface Order {
  readonly requests: number;
  readonly ofModel: number;
}

interface Tested {
  readonly model: string;
  readonly takenAt: number;
  /** It would have had to wait if all models drew on the same limits. */
  readonly isTest: boolean;
}

interface Sighting extends Order {
  readonly remaining: number;
  readonly limit: number | undefined;
}

/**
 * Whether the models of an account draw on one limit, or each on its own. Providers have both, and none says which: it
 * shows in what is left after another model was asked, and in whether a refusal holds for the others.
 */
export class Likeness {
  #score = 0;
  readonly #ofModel = new Map<string, Sighting>();
  readonly #sent = new Map<string, number>();
  #refused: { readonly model: string; readonly at: number } | undefined;

  get isShown(): boolean {
    return this.#score >= SHOWN;
  }

  /** How many requests of the model were sent with this one. */
  take(model: string): number {
    const sent = (this.#sent.get(model) ?? 0) + 1;
    if (sent > 1 || this.#sent.size < MODELS_MAX) this.#sent.set(model, sent);
    return sent;
  }

  neverSent(model: string): void {
    const sent = this.#sent.get(model);
    if (sent !== undefined) this.#sent.set(model, sent - 1);
  }

  see(model: string, seen: readonly SeenLimit[], order: Order): void {
    const told = seen.find((limit) => limit.of === 'requests' && limit.remaining !== undefined);
    // Of what was sent before anything was counted nothing can be compared.
    if (told?.remaining === undefined || order.ofModel === 0) return;
    const { remaining, limit } = told;
    const own = this.#ofModel.get(model);
    if (own !== undefined && own.requests > order.requests) return;
    const sighting = { remaining, limit, requests: order.requests, ofModel: order.ofModel };
    if (own !== undefined) this.#compare(own, sighting);
    if (own !== undefined || this.#ofModel.size < MODELS_MAX) this.#ofModel.set(model, sighting);
  }

  refused({ model, isTest }: Tested, now: number): void {
    const before = this.#refused;
    const isLikeOther = before !== undefined && before.model !== model && now - before.at < REFUSED_MS;
    if (isTest) this.#count(REFUSAL);
    else if (isLikeOther) this.#count(1);
    this.#refused = { model, at: now };
  }

  /** A request was served. */
  accepted({ model, takenAt, isTest }: Tested): void {
    const before = this.#refused;
    const sinceOther = before === undefined || before.model === model ? Infinity : takenAt - before.at;
    if (isTest || (sinceOther > 0 && sinceOther < SERVED_MS)) this.#count(-1);
  }

  /** With one limit for all, what others draw is missing too. */
  #compare(own: Sighting, { remaining, limit, requests, ofModel }: Sighting): void {
    const byOwn = ofModel - own.ofModel;
    const byOthers = requests - own.requests - byOwn;
    if (byOthers <= 0 || limit !== own.limit) return;
    const alone = own.remaining - byOwn;
    // It refills, or has begun anew: it may have been either.
    if (remaining > alone) return;
    this.#count(remaining < alone - byOthers / 2 ? 1 : -1);
  }

  #count(by: number): void {
    this.#score = Math.max(-SCORE_MAX, Math.min(SCORE_MAX, this.#score + by));
  }
}
