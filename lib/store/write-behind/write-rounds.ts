export interface RoundsClock {
  now(): number;
  setTimer(fn: () => void, ms: number): { cancel(): void };
}

/** In how long the next round is due, and what it is to write. */
export interface Due<Scope> {
  readonly inMs: number;
  readonly scope: Scope;
}

export interface RoundsParts<Scope> {
  /** Writes what is noted. Rejects when the database has not taken it; then the rest stays noted. */
  readonly write: (scope: Scope) => Promise<void>;
  /** Undefined while nothing waits. Asked after each note and each round. */
  readonly due: () => Due<Scope> | undefined;
  /** Told of each round that failed, once. */
  readonly onError: (error: unknown) => void;
  /** The system's unless given; its timers do not keep the process alive. */
  readonly clock?: RoundsClock;
}

/**
 * How everything here gets to the database behind the traffic: noted in memory, written a moment later in rounds, one
 * at a time. A round that fails is reported and comes again when it is due; one round at the end is the last.
 */
export class WriteRounds<Scope = undefined> {
  #running: Promise<void> | undefined;
  #timer: { readonly at: number; cancel(): void } | undefined;
  #isClosed = false;
  readonly #clock: RoundsClock;

  constructor(private readonly parts: RoundsParts<Scope>) {
    this.#clock = parts.clock ?? SYSTEM_CLOCK;
  }

  /** Something waits. Costs little, and never throws. */
  noted(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    const due = this.parts.due();
    if (due === undefined) return;
    const at = this.#clock.now() + due.inMs;
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.next(due.scope).catch(() => undefined);
    }, due.inMs);
    this.#timer = { at, cancel: () => timer.cancel() };
  }

  /** The same, but a round that is due already begins with the call. */
  notedNow(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    const due = this.parts.due();
    if (due !== undefined && due.inMs <= 0) this.next(due.scope).catch(() => undefined);
    else this.noted();
  }

  /** A round that begins after the call. Rejects as it does, after it was reported. */
  next(scope: Scope): Promise<void> {
    if (this.#running === undefined) return this.#begin(scope);
    const then = (): Promise<void> => this.next(scope);
    return this.#running.then(then, then);
  }

  /** From now on no round comes by itself. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #begin(scope: Scope): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running = this.#run(scope);
    return this.#running;
  }

  async #run(scope: Scope): Promise<void> {
    try {
      await this.parts.write(scope);
    } catch (error) {
      this.parts.onError(error);
      throw error;
    } finally {
      this.#running = undefined;
      this.noted();
    }
  }
}

export const SYSTEM_CLOCK: RoundsClock = {
  now: () => performance.now(),
  setTimer(fn, ms) {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
