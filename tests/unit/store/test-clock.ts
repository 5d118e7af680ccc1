import type { RoundsClock } from '../../../lib/store/write-behind/write-rounds';

export interface TestClock extends RoundsClock {
  /** Runs the timers that come due, in order, each with everything it sets off. */
  advance(ms: number): Promise<void>;
  /** Delays of the timers that are set. */
  readonly pending: number[];
}

export function createTestClock(): TestClock {
  let now = 0;
  const timers = new Set<{ at: number; fn: () => void }>();
  return {
    now: () => now,
    setTimer(fn, ms) {
      const timer = { at: now + ms, fn };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    get pending() {
      return [...timers].map((timer) => timer.at - now).sort((a, b) => a - b);
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        now = next.at;
        timers.delete(next);
        next.fn();
        await turns();
      }
      now = end;
      await turns();
    },
  };
}

/** Lets the writer take all the turns of the event loop that it gives away between two batches. */
async function turns(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
