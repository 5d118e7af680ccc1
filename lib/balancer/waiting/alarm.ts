import type { Clock } from '../ports';
import { Stop } from '../stop';

/** Rings once at the earliest of the times that it was set to since it rang last. */
export class Alarm {
  #sleep: Stop | undefined;
  #at = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** `at`: milliseconds since the epoch. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#sleep?.abort();
    const sleep = new Stop();
    this.#sleep = sleep;
    this.#at = at;
    void this.clock.sleep(Math.max(0, at - this.clock.now()), sleep).then(() => {
      if (sleep.aborted) return;
      this.#at = Infinity;
      this.#sleep = undefined;
      this.ring();
    });
  }

  cancel(): void {
    this.#sleep?.abort();
    this.#sleep = undefined;
    this.#at = Infinity;
  }
}
