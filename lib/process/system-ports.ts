import type { Clock, Random } from '../balancer/ports';
import type { Timers } from '../gateway/exchange/timers';
import { SteadyClock } from './steady-clock';

/** The one clock of everything that rests, waits or comes again. */
export const steadyClock = new SteadyClock();

export const systemClock: Clock = {
  now: () => steadyClock.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    }),
};

export const systemRandom: Random = { next: Math.random };

export const systemTimers: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
