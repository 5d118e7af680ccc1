import type { Store } from '../store';
import type { Job } from './jobs';

/** Deletes for good what was deleted in the dashboard more than `keptMs` ago. */
export function purgeKeys(store: Pick<Store, 'keys'>, keptMs: number, now: () => number): Job {
  return {
    name: 'purge-deleted-keys',
    cron: '*/5 * * * *',
    async run() {
      const purged = await store.keys.purgeDiscarded(now() - keptMs);
      return `${purged} deleted keys are gone for good`;
    },
  };
}
