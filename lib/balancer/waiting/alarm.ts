import type { Clock, StopSignal } from '../ports';

/** A stop signal with its switch, for one sleep. */
class Sleep implements StopSignal {
  aborted = false;
  #listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  stop(): void {
    this.aborted = true;
    this.#listener?.();
  }
}

/** Rings once at the earliest of the times that it was set to since it rang last. */
export class Alarm {
  #sleep: Sleep | undefined;
  #at = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** `at`: milliseconds since the epoch. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#sleep?.stop();
    const sleep = new Sleep();
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
    this.#sleep?.stop();
    this.#sleep = undefined;
    this.#at = Infinity;
  }
}
