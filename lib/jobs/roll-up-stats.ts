import type { Store } from '../store/open-store';
import type { Job } from './jobs';

/** Merges the statistics by the minute, once they are two days old, into statistics by the hour. */
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
