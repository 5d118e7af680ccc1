import type { Clock, StopSignal } from '../../balancer/ports';
import { Stop, stopWith } from '../../balancer/stop';

/** Less than clients wait for an answer, and more than a provider takes for a list. */
export const PATIENCE_MS = 5_000;

/** So long all keys together have for a list. */
export class Patience {
  /** Fires when it is over, or the client has gone. */
  readonly signal: Stop;
  readonly #done = new Stop();

  constructor(
    clock: Clock,
    private readonly client: StopSignal,
  ) {
    this.signal = stopWith(client);
    void clock.sleep(PATIENCE_MS, this.#done).then(() => {
      if (!this.#done.aborted) this.signal.abort();
    });
  }

  /** Whoever has not answered was too slow. */
  get isOver(): boolean {
    return this.signal.aborted && !this.client.aborted;
  }

  end(): void {
    this.#done.abort();
  }
}
