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

  #beginStretch(now: number): void {
    const all = { ...this.drawn };
    this.#before = now - this.#stretchAt < 2 * CLOSE_MS ? this.#stretch : all;
    this.#stretch = all;
    this.#stretchAt = now;
  }
}
