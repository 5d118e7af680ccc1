import type { Store } from '../store/open-store';
import { ROLLUP_DAYS } from '../store/usage/kept-days';
import type { Job } from './jobs';

const DAY_MS = 86_400_000;
const BATCH_ROWS = 1_000;

export interface Retention {
  /** Days; undefined keeps everything. Incidents are kept as long as requests. */
  readonly requestLogDays: number | undefined;
  readonly errorLogDays: number | undefined;
  /** Of who owns an object at a provider, since it was last used. */
  readonly ownerDays?: number | undefined;
}

/** Deletes old log rows in small batches, so that no statement holds the database for long. */
export function pruneLogs(
  store: Pick<
    Store,
    'requestLogs' | 'errorLogs' | 'incidents' | 'rollups' | 'objectOwners' | 'formerKeys' | 'guessCounts'
  >,
  retention: () => Retention,
  now: () => number,
): Job {
  return {
    name: 'prune-logs',
    cron: '23 * * * *',
    async run() {
      const { requestLogDays, errorLogDays, ownerDays } = retention();
      const requests = await deleteOlder(store.requestLogs, requestLogDays, now());
      const errors = await deleteOlder(store.errorLogs, errorLogDays, now());
      await deleteOlder(store.incidents, requestLogDays, now());
      await store.incidents.prune();
      const rollups = await deleteOlder(store.rollups, ROLLUP_DAYS, now());
      await deleteOlder(store.objectOwners, ownerDays, now());
      await deleteOlder(store.formerKeys, ownerDays, now());
      await store.guessCounts.prune();
      return `deleted ${requests} request rows, ${errors} error rows and ${rollups} rows of statistics`;
    },
  };
}

async function deleteOlder(
  table: { deleteOlderThan(atMs: number, limit: number): Promise<number> },
  days: number | undefined,
  now: number,
): Promise<number> {
  if (days === undefined) return 0;
  let deleted = 0;
  for (;;) {
    const batch = await table.deleteOlderThan(now - days * DAY_MS, BATCH_ROWS);
    deleted += batch;
    if (batch < BATCH_ROWS) return deleted;
  }
}
