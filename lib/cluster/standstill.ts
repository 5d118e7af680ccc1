/** The clock by which a standstill is noticed. */
const BEAT_MS = 250;
/** A beat that comes so much too late was kept from it: the machine was paused, or something held up the process. */
const LATE_MS = 1_000;
/** For longer nobody waits to hear what the others have done meanwhile. */
const CATCH_UP_MS_MAX = 3_000;

export interface StandstillParts {
  /** Steady; milliseconds. It goes on while the process stands still. */
  readonly now: () => number;
  /** How many parcels this instance has sent; undefined while the others are out of touch. */
  readonly sent: () => number | undefined;
  /** Sends one soon, if only an empty one. */
  readonly sendOne: () => void;
  /** Everything has been heard. */
  readonly onCaughtUp: () => void;
  /** Nothing has been heard for so long that the others are out of touch. */
  readonly onGivenUp: () => void;
}

/**
 * Notices when this process has stood still, and what it knows of the others is old. All hear parcels in one order:
 * when one comes back that was sent since, everything has been heard that others had sent before it.
 */
export class Standstill {
  #beatAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #noticed: { readonly at: number; readonly sent: number } | undefined;

  constructor(private readonly parts: StandstillParts) {}

  start(): void {
    this.#beatAt = this.parts.now();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#noticed = undefined;
  }

  /** What is known of the others is older than it looks. True before any timer has noticed it. */
  isCatchingUp(now = this.parts.now()): boolean {
    if (this.#timer !== undefined && now - this.#beatAt > BEAT_MS + LATE_MS) this.#notice(now);
    return this.#noticed !== undefined;
  }

  /** A parcel of this instance has come back. */
  heardOwn(number: number): void {
    if (this.#noticed === undefined || number <= this.#noticed.sent) return;
    this.#noticed = undefined;
    this.parts.onCaughtUp();
  }

  #notice(now: number): void {
    this.#beatAt = now;
    const sent = this.parts.sent();
    if (sent === undefined) return;
    this.#noticed = { at: now, sent };
    this.parts.sendOne();
  }

  #beat(): void {
    const now = this.parts.now();
    const isCatchingUp = this.isCatchingUp(now);
    this.#beatAt = now;
    if (!isCatchingUp || this.#noticed === undefined) return;
    if (now - this.#noticed.at < CATCH_UP_MS_MAX) return this.parts.sendOne();
    this.#noticed = undefined;
    this.parts.onGivenUp();
  }
}
