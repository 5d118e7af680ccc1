export interface HedgeRules {
  /** A request without a first byte for so long is sent a second time; milliseconds, 0 for never. */
  readonly afterMs: number;
}

/** One in so many requests may be sent a second time: 5 % of the traffic. */
const REQUESTS_PER_HEDGE = 20;
/** What a quiet hour saves up is not all spent in a bad minute. */
const SAVED_MAX = 20 * REQUESTS_PER_HEDGE;

/**
 * Decides how many requests may be sent with a second key because the first is slow. Guarantees: of all requests since
 * the start at most 5 %, and of the first twenty at most one.
 */
export class Hedging {
  /** In requests; the first hedge is given on credit. */
  #saved = 0;
  #hedges = 0;

  constructor(private readonly rules: () => HedgeRules) {}

  /** Milliseconds; 0 for never. */
  get afterMs(): number {
    return this.rules().afterMs;
  }

  /** A request has come, whether or not it may be hedged itself. */
  requestCame(): void {
    if (this.#saved < SAVED_MAX) this.#saved += 1;
  }

  /** Takes the right to send a request a second time; false if there is none left. */
  take(): boolean {
    if (this.#hedges > 0 && this.#saved < REQUESTS_PER_HEDGE) return false;
    this.#hedges += 1;
    this.#saved -= REQUESTS_PER_HEDGE;
    return true;
  }

  /** It has not been sent after all. */
  giveBack(): void {
    this.#hedges -= 1;
    this.#saved += REQUESTS_PER_HEDGE;
  }
}
