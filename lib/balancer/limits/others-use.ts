import type { SavedMeter, SavedPart, SharedAccount, SharedMeter } from './saved-account';
import { SlidingMinute } from './sliding-minute';

const NOTHING = { requests: 0, tokens: 0 };

/** What another instance uses of the same limits. */
export class OthersUse {
  readonly requests = new SlidingMinute();
  readonly tokens = new SlidingMinute();
  inFlight = 0;
  tokensInFlight = 0;
  #day = { to: 0, requests: 0, tokens: 0 };

  /** What it tells; its clock is so many seconds behind. */
  take({ r = [], t = [], d, f: [inFlight, tokensInFlight] }: SharedMeter, behind: number, now: number): void {
    this.requests.set(r, behind, now);
    this.tokens.set(t, behind, now);
    this.inFlight = inFlight;
    this.tokensInFlight = tokensInFlight;
    if (d !== undefined) this.#day = { to: d[0], requests: d[1], tokens: d[2] };
  }

  /** Its clock is so many seconds further behind than it was taken to be. */
  shift(seconds: number, now: number): void {
    this.requests.shift(seconds, now);
    this.tokens.shift(seconds, now);
  }

  /** What another one has counted counts here too. */
  absorb(other: OthersUse): void {
    this.requests.absorb(other.requests);
    this.tokens.absorb(other.tokens);
    const { to, requests, tokens } = other.#day;
    if (to < this.#day.to) return;
    const same = to === this.#day.to ? this.#day : NOTHING;
    this.#day = { to, requests: same.requests + requests, tokens: same.tokens + tokens };
  }

  /** What it has used, as far as it counts. */
  told(now: number): SavedMeter {
    const { to, requests, tokens } = this.#day;
    return {
      r: this.requests.saved(now),
      t: this.tokens.saved(now),
      ...(now < to && { d: [to, requests, tokens] as const }),
    };
  }

  today(now: number): { readonly requests: number; readonly tokens: number } {
    return now < this.#day.to ? this.#day : NOTHING;
  }
}

/** What another instance uses of an account. */
export class OthersAccount {
  readonly whole = new OthersUse();
  readonly byModel = new Map<string, OthersUse>();
  /** What its process has taken so far; undefined until it tells. */
  taken: readonly [requests: number, tokens: number] | undefined;
  /** It has not been told yet that this has been heard. */
  wantsAnswer = false;
  #behind: number | undefined;

  /** What it tells. True if it names a model for the first time. */
  take({ whole, models }: Pick<SharedAccount, 'whole' | 'models'>, behind: number, now: number): boolean {
    const known = this.byModel.size;
    const shift = behind - (this.#behind ?? behind);
    this.#behind = behind;
    if (shift !== 0) for (const use of [this.whole, ...this.byModel.values()]) use.shift(shift, now);
    if (whole !== undefined) this.whole.take(whole, behind, now);
    for (const [model, meter] of models) {
      const use = this.byModel.get(model) ?? new OthersUse();
      this.byModel.set(model, use);
      use.take(meter, behind, now);
    }
    return this.byModel.size > known;
  }

  /** Its process tells what it has taken so far. True if that is news, of which it wants to know that it was heard. */
  hears(taken: readonly [requests: number, tokens: number]): boolean {
    const [requests, tokens] = this.taken ?? [0, 0];
    this.taken = taken;
    const isNews = taken[0] !== requests || taken[1] !== tokens;
    if (isNews) this.wantsAnswer = true;
    return isNews;
  }

  /** What it has saved. */
  restore({ at, whole, models = [] }: SavedPart): void {
    const f = [0, 0] as const;
    this.take(
      { whole: whole && { ...whole, f }, models: models.map(([model, meter]) => [model, { ...meter, f }]) },
      0,
      at,
    );
  }

  /** What another one has counted counts here too. */
  absorb(other: OthersAccount): void {
    this.whole.absorb(other.whole);
    for (const [model, use] of other.byModel) {
      const own = this.byModel.get(model) ?? new OthersUse();
      this.byModel.set(model, own);
      own.absorb(use);
    }
  }

  /** What it has used, as far as it counts. */
  told(now: number): SavedPart {
    const models = [...this.byModel].map(([model, use]) => [model, use.told(now)] as const);
    return { at: now, whole: this.whole.told(now), models };
  }

  /** It is no more. What it used stays used. */
  ended(): void {
    for (const use of [this.whole, ...this.byModel.values()]) {
      use.inFlight = 0;
      use.tokensInFlight = 0;
    }
  }
}
