import type { StopSignal } from '../../balancer/ports';

/** So long the event loop is held by all of them together; then others come first. */
const HELD_MS_MAX = 5;

interface Task {
  /** Goes on a little; true when it is done. */
  readonly step: () => boolean;
}

/** Long work in slices: all that is under way shares one slice of a few milliseconds in each turn of the event loop. */
export class Slices {
  #tasks: Task[] = [];
  #isDue = false;

  /** What the work comes to; undefined if the signal fires before. Each of its steps must be short. */
  run<T>(work: Generator<void, T>, signal: Pick<StopSignal, 'aborted'>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const fail: (error: unknown) => void = reject;
      const step = (): boolean => {
        if (signal.aborted) return settle(() => resolve(undefined));
        try {
          const { done, value } = work.next();
          return done === true && settle(() => resolve(value));
        } catch (error) {
          return settle(() => fail(error));
        }
      };
      this.#tasks.push({ step });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isDue || this.#tasks.length === 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#turn();
      this.#schedule();
    });
  }

  #turn(): void {
    const end = performance.now() + HELD_MS_MAX;
    for (let task = this.#tasks[0]; task !== undefined && performance.now() < end; task = this.#tasks[0]) {
      if (task.step()) this.#tasks.shift();
      else if (performance.now() >= end) this.#rotate();
    }
  }

  /** A long one does not hold up those behind it. */
  #rotate(): void {
    const first = this.#tasks.shift();
    if (first !== undefined) this.#tasks.push(first);
  }
}

function settle(tell: () => void): true {
  tell();
  return true;
}
