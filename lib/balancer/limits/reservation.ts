import type { Drawn, Draws } from './draws';
import type { DayReset } from './limits';
import type { Meter } from './meter';
import type { SeenLimit } from './seen-limits';

/** Whose limits it takes of. */
export interface Lender {
  readonly draws: Draws;
  /** So much is left that what the next answer says of it need not be read. */
  hasPlenty(model: string, now: number): boolean;
  answered(reservation: Reservation): void;
  accepted(reservation: Reservation, seen: readonly SeenLimit[] | undefined, now: number): void;
  refused(
    reservation: Reservation,
    seen: readonly SeenLimit[] | undefined,
    until: number | undefined,
    now: number,
  ): void;
  neverSent(reservation: Reservation): void;
  ended(reservation: Reservation): void;
  usesChanged(): void;
}

/** What a request takes of its account's limits, from its dial on: corrected when it is known what it used. */
export class Reservation {
  #isReleased = false;

  constructor(
    readonly account: Lender,
    readonly model: string,
    readonly tokens: number,
    readonly takenAt: number,
    /**
     * All that its account had drawn with it, how many requests of its model that were, and what was sent just before
     * it and was not answered.
     */
    readonly drawn: Drawn & { readonly ofModel: number; readonly beside: Drawn },
    /** It would have had to wait if all models drew on the same limits. */
    readonly isTest: boolean,
    private meters: readonly Meter[],
  ) {}

  /** It counts for limits that are set, which a restart must not forget. */
  get isCounted(): boolean {
    return this.meters.length > 0;
  }

  /** What it used in truth; undefined if its answer did not tell. */
  used(tokens: number | undefined, now: number): void {
    if (tokens !== undefined) this.#correct(0, tokens - this.tokens, now);
  }

  /** It was refused: it used a request and no tokens. */
  refused(now: number): void {
    this.#correct(0, -this.tokens, now);
  }

  /** It never got there. */
  neverSent(now: number): void {
    this.account.neverSent(this);
    this.#correct(-1, -this.tokens, now);
  }

  /** It is no longer in flight. Takes effect exactly once. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.account.ended(this);
    for (const meter of this.meters) meter.release(this.tokens);
  }

  /** A limit was set while it is in flight: it counts there too. */
  countIn(meter: Meter, reset: DayReset | undefined): void {
    if (this.meters.includes(meter)) return;
    meter.take(this.tokens, reset, this.takenAt);
    this.meters = [...this.meters, meter];
  }

  /** It is in flight there too, where what it used is counted already. */
  holdIn(meter: Meter): void {
    if (this.meters.includes(meter)) return;
    meter.hold(this.tokens);
    this.meters = [...this.meters, meter];
  }

  #correct(requests: number, tokens: number, now: number): void {
    if (!this.isCounted) return;
    for (const meter of this.meters) meter.correct(requests, tokens, this.takenAt, now);
    this.account.usesChanged();
  }
}
