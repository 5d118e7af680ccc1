/** A session that was signed out of. */
export interface SignedOut {
  readonly id: string;
  /** When it would have ended; milliseconds since the epoch. */
  readonly endsAt: number;
}

const SESSIONS_MAX = 10_000;

/** Sessions that were signed out of and would hold otherwise, in bounded memory: the ones that end first make room. */
export class SignedOutSessions {
  readonly #endsAt = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  has(id: string): boolean {
    return this.#endsAt.has(id);
  }

  add(sessions: readonly SignedOut[]): void {
    for (const { id, endsAt } of sessions) this.#endsAt.set(id, endsAt);
    if (this.#endsAt.size <= SESSIONS_MAX) return;
    const now = this.now();
    for (const [id, endsAt] of this.#endsAt) if (endsAt <= now) this.#endsAt.delete(id);
    if (this.#endsAt.size <= SESSIONS_MAX) return;
    const byEnd = [...this.#endsAt].sort(([, a], [, b]) => b - a);
    for (const [id] of byEnd.slice(SESSIONS_MAX)) this.#endsAt.delete(id);
  }
}
