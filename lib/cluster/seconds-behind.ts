/** What was measured longer ago, and twice that at most, is forgotten: a clock may have stood still. */
const KEPT_MS = 30_000;
/** Half a second, and a little more: what is near it does not go to and fro. */
const OFF_MS_MIN = 600;

/**
 * How many whole seconds another clock is behind this one. What is told by it also comes late, by how much nobody
 * knows: what came soonest is believed. It stays the same as long as it can, so that a second that is told twice is the
 * same one here.
 */
export class SecondsBehind {
  #seconds: number | undefined;
  #leastMs = Infinity;
  #leastMsBefore = Infinity;
  #from = -Infinity;

  /** Something comes at that time, and it is so much later here than where it was told. */
  after(ms: number, now: number): number {
    if (now - this.#from >= KEPT_MS) {
      this.#leastMsBefore = this.#leastMs;
      this.#leastMs = Infinity;
      this.#from = now;
    }
    this.#leastMs = Math.min(this.#leastMs, ms);
    const leastMs = Math.min(this.#leastMs, this.#leastMsBefore);
    const seconds = this.#seconds;
    if (seconds !== undefined && Math.abs(leastMs - seconds * 1_000) <= OFF_MS_MIN) return seconds;
    return (this.#seconds = Math.round(leastMs / 1_000));
  }
}
