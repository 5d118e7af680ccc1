import type { Store } from '../store/open-store';
import type { Job } from './jobs';

/** Adds statistics to the sums of hours and days, and merges those by the minute, once they are old, into longer ones. */
export function rollUpStats(store: Pick<Store, 'rollups'>, now: () => number): Job {
  return {
    name: 'roll-up-stats',
    cron: '41 * * * *',
    async run() {
      const merged = await store.rollups.compact(now());
      return `merged ${merged} rows by the minute`;
    },
  };
}
