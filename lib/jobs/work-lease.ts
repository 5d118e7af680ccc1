import type { Leases } from '../store/leases';

const NAME = 'regular-work';
/** Without a sign of life for so long the next one takes over, with its next look. */
const HELD_MS = 15_000;
const LOOK_MS = 5_000;
/** An answer takes its time: here it ends a little sooner than there. */
const MARGIN_MS = 2_000;

/**
 * Of all processes on one database one at a time holds it, and does the regular work of all. When that one stops,
 * another holds it within 5 s; when it dies, within 21 s. Begins at once, and nobody waits for that.
 */
export class WorkLease {
  #heldUntil = -Infinity;
  #looking: Promise<void> | undefined;
  readonly #ticker: NodeJS.Timeout;

  constructor(
    private readonly leases: Leases,
    private readonly holder: string,
    /** Steady; milliseconds. */
    private readonly now: () => number,
  ) {
    void this.look();
    this.#ticker = setInterval(() => void this.look(), LOOK_MS);
    this.#ticker.unref();
  }

  /** False once it could not be prolonged in time, whatever the reason. */
  get isHeld(): boolean {
    return this.now() < this.#heldUntil;
  }

  /** Takes or prolongs it, if it can be had. Never rejects: a database that is away is told of by those who need it. */
  async look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
    await this.#looking;
  }

  /** Leaves it to others. */
  async close(): Promise<void> {
    clearInterval(this.#ticker);
    await this.#looking;
    this.#heldUntil = -Infinity;
    await this.leases.release(NAME, this.holder).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const askedAt = this.now();
    const isMine = await this.leases.take(NAME, this.holder, HELD_MS);
    this.#heldUntil = isMine ? askedAt + HELD_MS - MARGIN_MS : -Infinity;
  }
}
