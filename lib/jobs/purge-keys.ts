import type { StoreWrites } from '../store/changes/store-writes';
import type { Job } from './jobs';

/** Deletes for good what was deleted in the dashboard, or vanished from the settings, more than `keptMs` ago. */
export function purgeKeys(
  upkeep: Pick<StoreWrites, 'keys' | 'providers'>,
  keptMs: number,
  now: () => number,
): Job {
  return {
    name: 'purge-deleted-keys',
    cron: '*/5 * * * *',
    async run() {
      const purged = await upkeep.keys.purgeDiscarded(now() - keptMs);
      await upkeep.providers.purgeDiscarded(now() - keptMs);
      return `${purged} deleted keys are gone for good`;
    },
  };
}
