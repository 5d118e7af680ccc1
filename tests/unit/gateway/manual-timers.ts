import type { Timers } from '../../../lib/gateway/exchange/timers';

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

  /** All that are running go off, or all that were to wait so long. */
  fire(ms?: number): void {
    const due = this.#timers.filter((timer) => ms === undefined || timer.ms === ms);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { call } of due) call();
  }
}
