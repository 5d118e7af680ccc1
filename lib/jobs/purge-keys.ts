import type { Store } from '../store/open-store';
import type { Job } from './jobs';

/** Deletes for good what was deleted in the dashboard, or vanished from the settings, more than `keptMs` ago. */
export function purgeKeys(store: Pick<Store, 'keys' | 'providers'>, keptMs: number, now: () => number): Job {
  return {
    name: 'purge-deleted-keys',
    cron: '*/5 * * * *',
    async run() {
      const purged = await store.keys.purgeDiscarded(now() - keptMs);
      await store.providers.purgeDiscarded(now() - keptMs);
      return `${purged} deleted keys are gone for good`;
    },
  };
}
