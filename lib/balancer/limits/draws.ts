/** What has been drawn so far, the tokens as estimated. */
export interface Drawn {
  readonly requests: number;
  readonly tokens: number;
}

/** The same, what of it is still on its way to an answer, and what has ended without a word. */
export interface Use {
  readonly drawn: Drawn;
  readonly unanswered: Drawn;
  readonly silent: Drawn;
  /** When the last request was sent. */
  readonly sentAt: number;
}

/** Nobody knows when a request will be answered: one is looked for again after so long. */
const UNTIL_ONE_ENDS_MS = 250;
/** One that has no answer after so long does not keep the next one back. */
const ONE_MORE_AFTER_MS = 1_000;
const UNSURE_MS = 60_000;
/** Requests that are sent so closely may reach the provider in another order. */
const CLOSE_MS = 250;
const NOTHING: Drawn = { requests: 0, tokens: 0 };

/** What has been drawn on an account's limits, the tokens as estimated. */
export class Draws implements Use {
  readonly drawn = { requests: 0, tokens: 0 };
  /** What of it is still on its way to an answer. */
  readonly unanswered = { requests: 0, tokens: 0 };
  /** What was sent, and may not have been counted: it has ended without a word on what is left. */
  readonly silent = { requests: 0, tokens: 0 };
  /** When the last request was sent. */
  sentAt = -Infinity;
  /** All that had been drawn by the beginning of this stretch of time, and of the one before. */
  #stretch = NOTHING;
  #before = NOTHING;
  #stretchAt = 0;
  #unsureUntil = 0;

  /** A request is sent. Returns what was sent just before it and is not answered. */
  take(tokens: number, now: number): Drawn {
    const { drawn, unanswered } = this;
    if (now - this.#stretchAt >= CLOSE_MS) this.#beginStretch(now);
    const beside =
      unanswered.requests === 0
        ? NOTHING
        : {
            requests: Math.min(unanswered.requests, drawn.requests - this.#before.requests),
            tokens: Math.min(unanswered.tokens, drawn.tokens - this.#before.tokens),
          };
    this.sentAt = now;
    drawn.requests += 1;
    drawn.tokens += tokens;
    unanswered.requests += 1;
    unanswered.tokens += tokens;
    return beside;
  }

  /** One is answered, or never will be. */
  answered(tokens: number): void {
    this.unanswered.requests -= 1;
    this.unanswered.tokens -= tokens;
  }

  /** Nothing was heard of what is left after one. */
  endedSilently(tokens: number): void {
    this.silent.requests += 1;
    this.silent.tokens += tokens;
  }

  /** One has drawn nothing. */
  takeBack(tokens: number): void {
    this.drawn.requests -= 1;
    this.drawn.tokens -= tokens;
  }

  /**
   * A key of the account rests from before the program was started, until then. What it bears was forgotten: for a
   * minute, or until it is known, no more requests are on their way at a time than have ended, and one more.
   */
  restsUntil(until: number): void {
    this.#unsureUntil = Math.max(this.#unsureUntil, until + UNSURE_MS);
  }

  /** An answer has told what the account bears. */
  told(): void {
    this.#unsureUntil = 0;
  }

  /** See `restsUntil`: milliseconds until another may be sent. */
  waitMs(now: number): number {
    const { drawn, unanswered } = this;
    if (now >= this.#unsureUntil || unanswered.requests <= drawn.requests - unanswered.requests) return 0;
    return Math.max(0, Math.min(UNTIL_ONE_ENDS_MS, this.sentAt + ONE_MORE_AFTER_MS - now));
  }

  #beginStretch(now: number): void {
    const all = { ...this.drawn };
    this.#before = now - this.#stretchAt < 2 * CLOSE_MS ? this.#stretch : all;
    this.#stretch = all;
    this.#stretchAt = now;
  }
}
