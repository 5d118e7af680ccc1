import type { SignedOutSession } from '../signed-out-sessions';

const RETRY_MS = 2_000;

interface SignOutWriterParts {
  readonly write: (session: SignedOutSession) => Promise<void>;
  /** Told once for each time that the database does not take them. */
  readonly onError: (error: unknown) => void;
  readonly after: (ms: number, call: () => void) => void;
}

/** Writes sign-outs until the database has taken them; what waits is in memory. */
export class SignOutWriter {
  readonly #waiting = new Map<string, SignedOutSession>();
  #running: Promise<void> | undefined;
  #isFailing = false;
  #isClosed = false;
  #isRetrySet = false;

  constructor(private readonly parts: SignOutWriterParts) {}

  /** Settles when it is written, or when the first try has failed; then it is tried again. Never rejects. */
  save(session: SignedOutSession): Promise<void> {
    this.#waiting.set(session.id, session);
    return this.flush();
  }

  /** Tries once to write all that waits. Never rejects. */
  flush(): Promise<void> {
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      // What came in the last moment was not seen any more.
      if (this.#waiting.size > 0 && !this.#isFailing) void this.flush();
    });
    return this.#running;
  }

  /** Tries a last time to write what waits. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    if (this.#waiting.size > 0) await this.flush();
  }

  async #writeAll(): Promise<void> {
    try {
      for (const session of this.#waiting.values()) {
        await this.parts.write(session);
        this.#waiting.delete(session.id);
      }
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.parts.onError(error);
      this.#isFailing = true;
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#isClosed || this.#isRetrySet) return;
    this.#isRetrySet = true;
    this.parts.after(RETRY_MS, () => {
      this.#isRetrySet = false;
      void this.flush();
    });
  }
}
