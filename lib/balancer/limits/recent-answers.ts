const MINUTE_MS = 60_000;
/** No limit is for less than a second, and times in refusals are this coarse. */
const BACK_MIN_MS = 1_000;
const SLOT_MS = 10_000;
/** The minute, and the slot that is going on. */
const SLOTS = 7;

/** How many answers came in about the last minute: exact enough for a pace, and small, as there is one for each key. */
export class RecentAnswers {
  readonly #bySlot = new Uint32Array(SLOTS);
  #last = 0;

  add(now: number): void {
    this.#moveTo(now);
    const place = this.#last % SLOTS;
    this.#bySlot[place] = (this.#bySlot[place] ?? 0) + 1;
  }

  perMinute(now: number): number {
    this.#moveTo(now);
    let sum = 0;
    for (const count of this.#bySlot) sum += count;
    const lengthMs = (SLOTS - 1) * SLOT_MS + (now % SLOT_MS);
    return (sum * MINUTE_MS) / lengthMs;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    const from = Math.max(this.#last + 1, slot - SLOTS + 1);
    for (let passed = from; passed <= slot; passed += 1) this.#bySlot[passed % SLOTS] = 0;
    this.#last = Math.max(this.#last, slot);
  }
}

/** How many requests were answered before a refusal, and what that told. */
export interface Answered {
  /** In the last minute. */
  readonly perMinute: number;
  /** The account had been in use for all of it. */
  readonly isWholeMinute: boolean;
  /** The most that the account may bear by this: all that was answered comes back at once when the refusal is over. */
  readonly mostPerMinute: number;
  /** Milliseconds until a request is taken again, a second at least; undefined if the refusal did not tell. */
  readonly backMs: number | undefined;
}

/** Of an account in use since `since`; `until`: when a request is taken again, if the refusal tells. */
export function answeredBefore(
  recent: RecentAnswers | undefined,
  since: number,
  until: number | undefined,
  now: number,
): Answered {
  const perMinute = recent?.perMinute(now) ?? 0;
  const usedMs = Math.min(now - since, MINUTE_MS);
  const backMs = until === undefined ? undefined : Math.max(BACK_MIN_MS, until - now);
  const spanMs = Math.min(usedMs + (backMs ?? BACK_MIN_MS), MINUTE_MS);
  const mostPerMinute = (perMinute * MINUTE_MS) / spanMs;
  return { perMinute, isWholeMinute: usedMs === MINUTE_MS, mostPerMinute, backMs };
}
