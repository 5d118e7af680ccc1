import { capacityName, type CapacityNote } from './capacity';
import type { SeenLimit } from './seen-limits';

/** Without a word about the reset, what was told counts for so long. */
const TOLD_MS = 60_000;

/** What an answer has told of a limit. Says what is left only as long as that can be known. */
export class ToldWord {
  private constructor(
    private readonly remaining: number,
    readonly limit: number | undefined,
    readonly spanMs: number | undefined,
    /** When all of it is back; undefined if the answer did not tell, or if it is back. */
    readonly resetAt: number | undefined,
    private readonly at: number,
    /** All that had been drawn by then. */
    private readonly drawn: number,
  ) {}

  /** Which span a limit is for may be told by one answer and not by the next. */
  static of(
    { limit, spanMs, resetAt }: SeenLimit,
    remaining: number,
    before: ToldWord | undefined,
    drawn: number,
    now: number,
  ): ToldWord {
    return new ToldWord(remaining, limit, spanMs ?? before?.spanMs, resetAt, now, drawn);
  }

  /** Notes what is left, as long as that can be known. `unitMs`: how long one more takes to come back, bit by bit. */
  note(
    into: CapacityNote,
    of: SeenLimit['of'],
    drawn: number,
    unitMs: number | undefined,
    now: number,
  ): void {
    const left = this.#left(drawn, now, unitMs);
    if (left === undefined) return;
    const { limit, spanMs, resetAt } = this;
    const resetsAt = left === limit ? undefined : resetAt;
    into.add(capacityName(of, spanMs), { left, limit, source: 'told', resetsAt });
  }

  #left(drawn: number, now: number, unitMs: number | undefined): number | undefined {
    const { resetAt, limit } = this;
    if (resetAt !== undefined && now >= resetAt) return limit;
    if (resetAt === undefined && !this.#holds(drawn, now)) return undefined;
    const refilled = unitMs === undefined || resetAt === undefined ? 0 : (now - this.at) / unitMs;
    const left = Math.min(limit ?? Infinity, this.remaining + refilled) - Math.max(0, drawn - this.drawn);
    return Math.max(0, Math.floor(left));
  }

  /** The reset has come, or the time for which it counted is over; undefined if nothing is known any more. */
  turned(drawn: number, now: number): ToldWord | undefined {
    const { limit, spanMs, resetAt } = this;
    if (resetAt === undefined) return this.#holds(drawn, now) ? this : undefined;
    return limit === undefined ? undefined : new ToldWord(limit, limit, spanMs, undefined, now, drawn);
  }

  /** All was back, and nothing has been used since; or it was told a moment ago. */
  #holds(drawn: number, now: number): boolean {
    const isUntouched = this.remaining === this.limit && drawn === this.drawn;
    return isUntouched || now - this.at < TOLD_MS;
  }
}
