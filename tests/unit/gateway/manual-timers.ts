import type { Timers } from '../../../lib/gateway/timers';

/** Timers that go off when the test says so. */
export class ManualTimers implements Timers {
  #timers: { readonly ms: number; readonly call: () => void }[] = [];

  after(ms: number, call: () => void): () => void {
    const timer = { ms, call };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  /** How long each timer that is running was to wait. */
  get waiting(): number[] {
    return this.#timers.map(({ ms }) => ms);
  }

  /** All that are running go off. */
  fire(): void {
    for (const { call } of this.#timers.splice(0)) call();
  }
}
