import type { SignedOutSession } from '../rows';
import { WriteRounds, type RoundsClock } from './write-rounds';

const RETRY_MS = 2_000;

interface SignOutWriterParts {
  readonly write: (session: SignedOutSession) => Promise<void>;
  /** Told once for each time that the database does not take them. */
  readonly onError: (error: unknown) => void;
  readonly clock?: RoundsClock;
}

/** Writes sign-outs until the database has taken them; what waits is in memory. */
export class SignOutWriter {
  readonly #waiting = new Map<string, SignedOutSession>();
  readonly #rounds: WriteRounds;
  #isFailing = false;

  constructor(private readonly parts: SignOutWriterParts) {
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => (this.#waiting.size > 0 ? { inMs: RETRY_MS, scope: undefined } : undefined),
      onError: (error) => {
        if (!this.#isFailing) parts.onError(error);
        this.#isFailing = true;
      },
      ...(parts.clock && { clock: parts.clock }),
    });
  }

  /** Settles when it is written, or when the first try has failed; then it is tried again. Never rejects. */
  save(session: SignedOutSession): Promise<void> {
    this.#waiting.set(session.id, session);
    return this.flush();
  }

  /** Tries once to write all that waits. Never rejects. */
  flush(): Promise<void> {
    return this.#rounds.next(undefined).catch(() => undefined);
  }

  /** Tries a last time to write what waits. Never rejects. */
  async close(): Promise<void> {
    this.#rounds.close();
    await this.flush();
  }

  async #write(): Promise<void> {
    for (const session of this.#waiting.values()) {
      await this.parts.write(session);
      this.#waiting.delete(session.id);
    }
    this.#isFailing = false;
  }
}
