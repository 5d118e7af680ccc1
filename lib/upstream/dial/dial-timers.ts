import type { Opening } from './opening';
import type { UpstreamTarget } from '../target';

/** How long the beginning of an answer is held where no first-token time-out says otherwise. */
const HOLD_MS = 10_000;

interface Alarms {
  /** Nothing came in time. */
  onTimeout(): void;
  /** Something may have come, but no content in time. */
  onFirstTokenTimeout(): void;
  /** What came has been held for long enough. */
  onHeldLong(): void;
}

/** The clocks of one attempt, which run from the dial until it is settled. */
export class DialTimers {
  #firstTokenMs: number;
  readonly #startedAt: number;
  #timeout: NodeJS.Timeout | undefined;
  #firstToken: NodeJS.Timeout | undefined;
  #holding: NodeJS.Timeout | undefined;
  #isHeard = false;
  #isStopped = false;

  constructor(
    target: UpstreamTarget,
    isStream: boolean,
    private readonly alarms: Alarms,
  ) {
    this.#firstTokenMs = target.firstTokenTimeoutMs ?? 0;
    this.#startedAt = this.#firstTokenMs > 0 ? performance.now() : 0;
    this.#timeout = setTimeout(() => alarms.onTimeout(), target.timeoutMs);
    if (isStream) this.streamBegan();
  }

  /** The time for an answer begins anew. */
  restart(): void {
    this.#timeout?.refresh();
  }

  /** A stream is asked for, or comes without that: its content may have a time of its own. */
  streamBegan(): void {
    if (this.#firstTokenMs <= 0 || this.#firstToken !== undefined || this.#isStopped) return;
    const leftMs = this.#firstTokenMs - (performance.now() - this.#startedAt);
    this.#firstToken = setTimeout(() => this.alarms.onFirstTokenTimeout(), Math.max(0, leftMs));
  }

  /** The first content was due, and is waited for all the same: from now on as if it had no time of its own. */
  waitOn(opening: Opening | undefined): void {
    this.#firstTokenMs = 0;
    this.#firstToken = undefined;
    if (opening !== undefined) this.#hold(opening);
  }

  /** Something came that is no content yet. */
  heard(opening: Opening): void {
    if (this.#isHeard) return;
    this.#isHeard = true;
    // Most answers are whole with this very read of the socket, and a timer costs more than all that is asked here.
    queueMicrotask(() => {
      this.#isHeard = false;
      if (!this.#isStopped) this.#hold(opening);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#clearTimeout();
    clearTimeout(this.#firstToken);
    clearTimeout(this.#holding);
  }

  #hold({ hasBegun, isHeld }: Opening): void {
    if (hasBegun) this.#clearTimeout();
    if (!isHeld || this.#holding !== undefined || this.#firstToken !== undefined) return;
    this.#holding = setTimeout(() => this.alarms.onHeldLong(), HOLD_MS);
  }

  #clearTimeout(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}
