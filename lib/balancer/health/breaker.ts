import { HalfOpenProbe } from './half-open';
import { Streak } from './streak';

/** First rest of an open breaker; doubles with each failed probe. */
const OPEN_MS = 1_000;
/** Another instance has found it failing: for so long two failures here are enough to agree. */
const WARNED_MS = 10_000;
const WARNED_FAILURES = 2;

export interface BreakerLimits {
  /** This many failures in a row, none older than 30 s and from at least 3 requests, open a closed breaker. */
  readonly failuresToOpen: number;
  /** Longest rest of one that opened by failures; milliseconds. */
  readonly openMsMax: number;
}

/** Longest rest of one whose provider turns all keys away: as short as any for the first minute, and longer then. */
const TURNED_AWAY = { openMsMax: 1_500, soonOpenings: 40, laterMsMax: 4_000 };

/** Nothing else serves a provider's keys, so the cap keeps its recovery under 2 s. */
const PROVIDER_LIMITS: BreakerLimits = { failuresToOpen: 8, openMsMax: 1_500 };

export type BreakerCause = 'failures' | 'shared_cause';

interface Trouble {
  readonly cause: BreakerCause;
  readonly reason: string;
}

interface Opening extends Trouble {
  /** Answers began and broke off: only a whole one shows that it is healthy again. */
  readonly isByBreaks: boolean;
  /** How many times in a row it has opened. */
  readonly openings: number;
}

type Closed = { readonly name: 'closed' };
type Open = Opening & { readonly name: 'open'; /** Milliseconds since the epoch. */ readonly until: number };
type HalfOpen = Opening & { readonly name: 'half_open'; readonly probe: HalfOpenProbe };
type State = Closed | Open | HalfOpen;

export type BreakerState = State['name'];

/** `openUntil` is when an open breaker lets a probe through; milliseconds since the epoch. */
export type BreakerSnapshot =
  | {
      readonly state: 'closed';
      readonly cause?: undefined;
      readonly reason?: undefined;
      readonly openUntil?: undefined;
    }
  | (Trouble & { readonly state: 'open'; readonly openUntil: number })
  | (Trouble & { readonly state: 'half_open'; readonly openUntil?: undefined });

/** A request that gets a probe answers it by one of `success`, `failure` and `probeUndecided`. */
export type Admission = 'pass' | 'refused' | HalfOpenProbe;

const CLOSED: Closed = { name: 'closed' };
const CLOSED_SNAPSHOT: BreakerSnapshot = { state: 'closed' };

/**
 * One for each provider and each egress proxy. Closed: everything passes. Open: nothing does, until its rest is over.
 * Half-open: one request at a time is let through as a probe, whose result closes it or opens it again for longer.
 *
 * Fewer than three different requests never open it by their failures, however many attempts they make; two failures
 * are enough while another instance has it open.
 */
export class Breaker {
  /** Before the first byte of an answer. */
  readonly #refusals = new Streak();
  /** Within an answer. */
  readonly #breaks = new Streak();
  #state: State = CLOSED;
  #warnedUntil = -Infinity;

  constructor(
    private readonly onChange: (snapshot: BreakerSnapshot) => void = () => undefined,
    private readonly limits: BreakerLimits = PROVIDER_LIMITS,
  ) {}

  get state(): BreakerState {
    return this.#state.name;
  }

  get snapshot(): BreakerSnapshot {
    const state = this.#state;
    if (state.name === 'closed') return CLOSED_SNAPSHOT;
    const { cause, reason } = state;
    return state.name === 'open'
      ? { state: 'open', cause, reason, openUntil: state.until }
      : { state: 'half_open', cause, reason };
  }

  /** Milliseconds until a request may pass; 0 if one may now. */
  waitMs(now: number): number {
    const state = this.#state;
    if (state.name === 'closed') return 0;
    return state.name === 'open' ? Math.max(0, state.until - now) : state.probe.waitMs(now);
  }

  /** Lets a request through, or not. Never gives out a probe while another one is out. */
  admit(now: number): Admission {
    const state = this.#state;
    if (state.name === 'closed') return 'pass';
    if (state.name === 'half_open' && state.probe.hasGoneWell(now)) {
      this.success(state.probe);
      return 'pass';
    }
    return this.waitMs(now) > 0 ? 'refused' : this.#giveProbe(state, now);
  }

  /**
   * Lets the request through that has just opened the breaker, to check its suspicion at once and not after the rest.
   * Refuses if the breaker is closed, or a probe is out already.
   */
  admitConfirmation(now: number): HalfOpenProbe | 'refused' {
    const state = this.#state;
    const isOut = state.name === 'half_open' && state.probe.waitMs(now) > 0;
    return state.name === 'closed' || isOut ? 'refused' : this.#giveProbe(state, now);
  }

  /** Another instance has opened its own. */
  warned(now: number): void {
    this.#warnedUntil = now + WARNED_MS;
  }

  /** An active check has succeeded: closes the breaker and forgets all failures. */
  close(): void {
    this.#endStreaks();
    this.#change(CLOSED);
  }

  /**
   * An answer has begun. It may be a long one, so what failed to begin before is forgiven now and not at its end, and
   * that of a probe closes the breaker; unless answers that had begun are what opened it.
   */
  began(probe: HalfOpenProbe | undefined, now: number): void {
    this.#refusals.end();
    if (this.#isByBreaks) probe?.begun(now);
    else if (probe !== undefined) this.success(probe);
  }

  /**
   * Forgets all failures. Closes a breaker that is not closed for the success of a probe only: a late one of a
   * request from before the opening proves nothing about now.
   */
  success(probe: HalfOpenProbe | undefined): void {
    this.#endStreaks();
    if (probe?.answer() === true) this.#change(CLOSED);
  }

  /** The probe ended without saying anything (its client left): another one may be given out at once. */
  probeUndecided(probe: HalfOpenProbe | undefined): void {
    probe?.answer();
  }

  /**
   * Counts towards opening a closed breaker; `witness` stands for the client request. The failure of a probe opens a
   * half-open one again at once, for longer. While open nothing counts, so nothing prolongs the rest.
   */
  failure(probe: HalfOpenProbe | undefined, reason: string, witness: object, now: number): void {
    const isProbe = probe?.answer() === true;
    const state = this.#state;
    if (state.name === 'closed') this.#count(this.#refusals, reason, witness, now);
    else if (state.name === 'half_open' && isProbe) this.trip(state.cause, reason, now);
  }

  /**
   * An answer that had begun has broken off. Counted for a closed breaker, apart from answers that did not begin; that
   * of a probe that is not answered yet opens a half-open one again.
   */
  brokeOff(probe: HalfOpenProbe | undefined, reason: string, witness: object, now: number): void {
    const isProbe = probe?.answer() === true;
    const state = this.#state;
    if (state.name === 'closed') this.#count(this.#breaks, reason, witness, now);
    else if (state.name === 'half_open' && isProbe) this.trip(state.cause, reason, now);
  }

  /** Opens at once, whatever its state, for longer each time in a row. */
  trip(cause: BreakerCause, reason: string, now: number, isByBreaks = this.#isByBreaks): void {
    const openingsBefore = this.#state.name === 'closed' ? 0 : this.#state.openings;
    const restMsMax = cause === 'shared_cause' ? turnedAwayMsMax(openingsBefore) : this.limits.openMsMax;
    const restMs = Math.min(OPEN_MS * 2 ** openingsBefore, restMsMax);
    this.#state = {
      name: 'open',
      until: now + restMs,
      cause,
      reason,
      openings: openingsBefore + 1,
      isByBreaks,
    };
    this.onChange(this.snapshot);
  }

  #count(streak: Streak, reason: string, witness: object, now: number): void {
    streak.add(witness, now);
    const isWarned = now < this.#warnedUntil && streak.count >= WARNED_FAILURES;
    if (isWarned || streak.isLong(this.limits.failuresToOpen))
      this.trip('failures', reason, now, streak === this.#breaks);
  }

  get #isByBreaks(): boolean {
    return this.#state.name !== 'closed' && this.#state.isByBreaks;
  }

  #endStreaks(): void {
    this.#refusals.end();
    this.#breaks.end();
  }

  #giveProbe({ cause, reason, openings, isByBreaks }: Opening, now: number): HalfOpenProbe {
    const probe = new HalfOpenProbe(now);
    this.#change({ name: 'half_open', probe, cause, reason, openings, isByBreaks });
    return probe;
  }

  #change(state: Closed | HalfOpen): void {
    const isNew = this.#state.name !== state.name;
    this.#state = state;
    if (isNew) this.onChange(this.snapshot);
  }
}

/** Each probe is one more wrong key to the provider, so there are not many of them for ever. */
function turnedAwayMsMax(openingsBefore: number): number {
  const { openMsMax, soonOpenings, laterMsMax } = TURNED_AWAY;
  return openingsBefore < soonOpenings ? openMsMax : laterMsMax;
}
