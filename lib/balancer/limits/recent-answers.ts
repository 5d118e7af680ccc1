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
    return (sum * 60_000) / lengthMs;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    const from = Math.max(this.#last + 1, slot - SLOTS + 1);
    for (let passed = from; passed <= slot; passed += 1) this.#bySlot[passed % SLOTS] = 0;
    this.#last = Math.max(this.#last, slot);
  }
}
