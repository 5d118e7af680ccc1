const MINUTE_MS = 60_000;
/** Requests may be counted so much later or earlier than they were sent. */
const COARSE_MS = 250;
/** So many refusals that were over at the same moment of their minutes are no chance. */
const SHOWN = 3;
/** With fewer answered than of a usual minute a refusal does not show that the window is used up: it may be too large. */
const USED_SHARE = 0.9;
/** A key is not left alone for longer, in case it is not as it seems. */
const SOON_MS = 20_000;

/**
 * When the window of a limit that nobody tells of begins anew, each minute: after the last request that was refused,
 * and not after the first that was taken again. Each refusal narrows it down; those of a bucket that refills bit by bit
 * do not agree.
 */
export class WindowPhase {
  /** It begins between these, a whole number of minutes later or earlier. */
  #from = 0;
  #to = 0;
  #agreed = 0;
  /** When the last refused request was sent, until one is taken. */
  #refusedAt: number | undefined;
  /** Answered since it began. */
  #answered = 0;
  #begunAt = 0;

  /** A request that was sent then was answered. */
  accepted(takenAt: number): void {
    if (this.#refusedAt !== undefined) this.#narrow(this.#refusedAt - COARSE_MS, takenAt + COARSE_MS);
    this.#refusedAt = undefined;
    if (this.#agreed < SHOWN) return;
    const begunAt = this.#beginningBefore(takenAt);
    if (Math.abs(begunAt - this.#begunAt) > MINUTE_MS / 2) {
      this.#begunAt = begunAt;
      this.#answered = 0;
    }
    this.#answered += 1;
  }

  refused(takenAt: number): void {
    this.#refusedAt = takenAt;
  }

  /** When it begins anew, where so many are answered a minute; undefined if it is not known, not used up, or not soon. */
  nextAt(perMinute: number, now: number): number | undefined {
    if (this.#agreed < SHOWN || this.#answered < USED_SHARE * perMinute) return undefined;
    const nextAt = this.#beginningBefore(now) + MINUTE_MS;
    return nextAt - now < SOON_MS ? nextAt : undefined;
  }

  #beginningBefore(at: number): number {
    const anyBeginning = this.#to - COARSE_MS;
    return anyBeginning + Math.floor((at - anyBeginning) / MINUTE_MS) * MINUTE_MS;
  }

  #narrow(from: number, to: number): void {
    const passedMs = Math.round((to - this.#to) / MINUTE_MS) * MINUTE_MS;
    const [oldFrom, oldTo] = [this.#from + passedMs, this.#to + passedMs];
    const isAgreed = this.#agreed > 0 && from < oldTo && to > oldFrom;
    this.#agreed = isAgreed ? this.#agreed + 1 : 1;
    this.#from = isAgreed ? Math.max(from, oldFrom) : from;
    this.#to = isAgreed ? Math.min(to, oldTo) : to;
  }
}
