import type { Opening } from './opening';
import type { UpstreamTarget } from './target';

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
  readonly #firstTokenMs: number;
  readonly #startedAt: number;
  #timeout: NodeJS.Timeout | undefined;
  #firstToken: NodeJS.Timeout | undefined;
  #hold: NodeJS.Timeout | undefined;
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

  /** A stream is asked for, or comes without that: its content may have a time of its own. */
  streamBegan(): void {
    if (this.#firstTokenMs <= 0 || this.#firstToken !== undefined || this.#isStopped) return;
    const leftMs = this.#firstTokenMs - (performance.now() - this.#startedAt);
    this.#firstToken = setTimeout(() => this.alarms.onFirstTokenTimeout(), Math.max(0, leftMs));
  }

  /** Something came that is no content yet. */
  heard({ hasBegun, isHeld }: Opening): void {
    if (hasBegun) this.#clearTimeout();
    if (!isHeld || this.#hold !== undefined || this.#firstToken !== undefined) return;
    this.#hold = setTimeout(() => this.alarms.onHeldLong(), HOLD_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#clearTimeout();
    clearTimeout(this.#firstToken);
    clearTimeout(this.#hold);
  }

  #clearTimeout(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}
