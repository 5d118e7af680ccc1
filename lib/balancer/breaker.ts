const WINDOW_MS = 30_000;
/** First rest of an open breaker; doubles with each failed trial. */
const OPEN_MS = 1_000;
/** A trial that is still silent after this long lets another one through, so that a slow one cannot bar the way. */
const TRIAL_MS = 4_000;

export interface BreakerLimits {
  /** This many failures in a row, none older than 30 s, open a closed breaker. */
  readonly failuresToOpen: number;
  /** Longest rest of an open breaker; milliseconds. */
  readonly openMsMax: number;
}

/** Nothing else serves a provider's keys, so the cap keeps its recovery under 5 s. */
const PROVIDER_LIMITS: BreakerLimits = { failuresToOpen: 8, openMsMax: 4_000 };

export type BreakerState = 'closed' | 'open' | 'half_open';
export type BreakerCause = 'failures' | 'shared_cause';

export interface BreakerSnapshot {
  readonly state: BreakerState;
  readonly cause: BreakerCause | undefined;
  readonly reason: string | undefined;
  /** When an open breaker lets a trial through; milliseconds since the epoch. */
  readonly openUntil: number | undefined;
}

/** Failures in a row, none older than the window. */
class Streak {
  #count = 0;
  #firstAt = 0;

  add(now: number): number {
    if (this.#count === 0 || now - this.#firstAt > WINDOW_MS) {
      this.#count = 0;
      this.#firstAt = now;
    }
    this.#count += 1;
    return this.#count;
  }

  end(): void {
    this.#count = 0;
  }
}

/**
 * One for each provider and each egress proxy. Closed: everything passes. Open: nothing does, until its rest is over.
 * Half-open: one request at a time is let through as a trial, whose result closes it or opens it again for longer.
 */
export class Breaker {
  /** Before the first byte of an answer. */
  readonly #refusals = new Streak();
  /** Within an answer. */
  readonly #breaks = new Streak();
  #state: BreakerState = 'closed';
  #openUntil = 0;
  #openings = 0;
  #trialUntil = 0;
  #cause: BreakerCause | undefined;
  #reason: string | undefined;

  constructor(
    private readonly onChange: (snapshot: BreakerSnapshot) => void = () => undefined,
    private readonly limits: BreakerLimits = PROVIDER_LIMITS,
  ) {}

  get state(): BreakerState {
    return this.#state;
  }

  get snapshot(): BreakerSnapshot {
    return {
      state: this.#state,
      cause: this.#cause,
      reason: this.#reason,
      openUntil: this.#state === 'open' ? this.#openUntil : undefined,
    };
  }

  /** Milliseconds until a request may pass; 0 if one may now. */
  waitMs(now: number): number {
    if (this.#state === 'closed') return 0;
    if (this.#state === 'open') return Math.max(0, this.#openUntil - now);
    return Math.max(0, this.#trialUntil - now);
  }

  /** Lets a request through, or not. A `trial` is answered by one of the three calls below. */
  admit(now: number): 'pass' | 'trial' | 'refused' {
    if (this.#state === 'closed') return 'pass';
    if (this.waitMs(now) > 0) return 'refused';
    return this.#startTrial(now);
  }

  /** Lets the request through that has just opened the breaker, to check its suspicion at once. */
  admitConfirmation(now: number): 'trial' | 'refused' {
    if (this.#state === 'closed' || this.#trialUntil > now) return 'refused';
    return this.#startTrial(now);
  }

  /** An active check has shown that whoever is behind the breaker is well. */
  close(): void {
    this.#endStreaks();
    if (this.#state !== 'closed') this.#close();
  }

  /** An answer has begun. It may be a long one, so what failed to begin before is forgiven now and not at its end. */
  answered(): void {
    this.#refusals.end();
  }

  success(isTrial: boolean): void {
    this.#endStreaks();
    // A late success of a request from before the opening proves nothing about now.
    if (this.#state !== 'closed' && isTrial) this.#close();
  }

  /** The trial ended without saying anything about the upstream (its client left). */
  trialUndecided(): void {
    this.#trialUntil = 0;
  }

  failure(isTrial: boolean, reason: string, now: number): void {
    if (this.#state === 'closed') {
      if (this.#refusals.add(now) >= this.limits.failuresToOpen) this.trip('failures', reason, now);
    } else if (isTrial && this.#state === 'half_open') {
      // While open, a stuck trial that fails at last is no news and must not put the next one off.
      this.trip(this.#cause ?? 'failures', reason, now);
    }
  }

  /** An answer that had begun has broken off. */
  brokeOff(reason: string, now: number): void {
    if (this.#state !== 'closed') return;
    if (this.#breaks.add(now) >= this.limits.failuresToOpen) this.trip('failures', reason, now);
  }

  /** Opens at once, for longer each time in a row. */
  trip(cause: BreakerCause, reason: string, now: number): void {
    this.#openUntil = now + Math.min(OPEN_MS * 2 ** this.#openings, this.limits.openMsMax);
    this.#openings += 1;
    this.#trialUntil = 0;
    this.#endStreaks();
    this.#cause = cause;
    this.#reason = reason;
    this.#state = 'open';
    this.onChange(this.snapshot);
  }

  #endStreaks(): void {
    this.#refusals.end();
    this.#breaks.end();
  }

  #startTrial(now: number): 'trial' {
    this.#trialUntil = now + TRIAL_MS;
    this.#change('half_open');
    return 'trial';
  }

  #close(): void {
    this.#openings = 0;
    this.#trialUntil = 0;
    this.#cause = undefined;
    this.#reason = undefined;
    this.#change('closed');
  }

  #change(state: BreakerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onChange(this.snapshot);
  }
}
