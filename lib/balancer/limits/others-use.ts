import type { SharedAccount, SharedMeter } from './saved-account';
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

  today(now: number): { readonly requests: number; readonly tokens: number } {
    return now < this.#day.to ? this.#day : NOTHING;
  }
}

/** What another instance uses of an account. */
export class OthersAccount {
  readonly whole = new OthersUse();
  readonly byModel = new Map<string, OthersUse>();

  /** What it tells. True if it names a model for the first time. */
  take({ whole, models }: Pick<SharedAccount, 'whole' | 'models'>, behind: number, now: number): boolean {
    const known = this.byModel.size;
    if (whole !== undefined) this.whole.take(whole, behind, now);
    for (const [model, meter] of models) {
      const use = this.byModel.get(model) ?? new OthersUse();
      this.byModel.set(model, use);
      use.take(meter, behind, now);
    }
    return this.byModel.size > known;
  }

  /** It is no more. What it used stays used. */
  ended(): void {
    for (const use of [this.whole, ...this.byModel.values()]) {
      use.inFlight = 0;
      use.tokensInFlight = 0;
    }
  }
}
