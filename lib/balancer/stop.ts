import type { StopSignal } from './ports';

/** A stop signal with its switch. Every request needs one, and an AbortController costs ten times as much. */
export class Stop implements StopSignal {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  /** Calls each listener; does nothing the second time. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (let next = this.#listeners.shift(); next !== undefined; next = this.#listeners.shift()) next();
  }
}

/** One that also fires when `signal` does. */
export function stopWith(signal: StopSignal): Stop {
  const stop = new Stop();
  if (signal.aborted) stop.abort();
  else signal.addEventListener('abort', () => stop.abort(), { once: true });
  return stop;
}
