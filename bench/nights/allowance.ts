/** What an account may use in a span of time, as a provider counts it. */
export interface Allowance {
  /** How much may be used now. */
  left(now: number): number;
  take(amount: number, now: number): void;
  /** Milliseconds until so much may be used. */
  waitMs(amount: number, now: number): number;
  /** What may be used at once when nothing has been. */
  readonly most: number;
  /** Milliseconds until that may be used again. */
  fullMs(now: number): number;
}

/** Refills evenly, up to the amount of `burstMs`. */
export class TokenBucket implements Allowance {
  #level: number;
  #at: number;
  readonly #perMs: number;

  constructor(
    limit: number,
    spanMs: number,
    now: number,
    private readonly burstMs = spanMs,
  ) {
    this.#perMs = limit / spanMs;
    this.#level = this.most;
    this.#at = now;
  }

  get most(): number {
    return this.#perMs * this.burstMs;
  }

  fullMs(now: number): number {
    return (this.most - this.left(now)) / this.#perMs;
  }

  left(now: number): number {
    this.#level = Math.min(this.most, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#level;
  }

  take(amount: number, now: number): void {
    this.#level = this.left(now) - amount;
  }

  waitMs(amount: number, now: number): number {
    return Math.max(0, (Math.min(amount, this.most) - this.left(now)) / this.#perMs);
  }
}

/** Starts again at each full span, counted from `startedAt`. */
export class FixedWindow implements Allowance {
  #window = -1;
  #used = 0;

  constructor(
    readonly most: number,
    private readonly spanMs: number,
    private readonly startedAt: number,
  ) {}

  fullMs(now: number): number {
    return this.left(now) === this.most ? 0 : this.startedAt + (this.#window + 1) * this.spanMs - now;
  }

  left(now: number): number {
    const window = Math.floor((now - this.startedAt) / this.spanMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    return this.most - this.#used;
  }

  take(amount: number, now: number): void {
    this.left(now);
    this.#used += amount;
  }

  waitMs(amount: number, now: number): number {
    if (this.left(now) >= amount) return 0;
    return this.startedAt + (this.#window + 1) * this.spanMs - now;
  }
}
