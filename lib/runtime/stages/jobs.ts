import { randomUUID } from 'node:crypto';
import type { LiveSettings } from '../../config/live-settings';
import { Jobs } from '../../jobs/jobs';
import { WorkLease } from '../../jobs/work-lease';
import { steadyClock } from '../../process/system-ports';
import type { AdminListeners } from '../admin-listeners';
import { createRegularWork } from '../regular-work';
import type { Installation } from './installation';
import type { Machine } from './machine';
import type { PricesStage } from './prices';
import type { ProbingStage } from './probing';

/** What is done again and again, from now on. */
export function openJobs(
  { logger, now, steadyNow, stopping }: Machine,
  settings: LiveSettings,
  { store, database }: Pick<Installation, 'store' | 'database'>,
  { keyProber, egressProbing }: ProbingStage,
  { updates }: PricesStage,
  listeners: AdminListeners,
): Jobs {
  const work = createRegularWork({
    store,
    settings,
    keyProber,
    egressProbing,
    prices: { fetch: (signal) => updates.fetch(signal) },
    now,
    stopping: stopping.signal,
  });
  return new Jobs(work, {
    timezone: settings.current.TIMEZONE,
    now: steadyNow,
    wallOf: (at) => steadyClock.wallOf(at),
    // SQLite is for one process: there is nobody to take turns with.
    turn: database.type !== 'sqlite' ? new WorkLease(store.leases, randomUUID(), steadyNow) : undefined,
    onFinished({ name, lastResult }) {
      listeners.live.jobChanged();
      logger.info({ job: name, ...lastResult }, 'job finished');
    },
  });
}
