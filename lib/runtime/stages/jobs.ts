import type { LiveSettings } from '../../config/live-settings';
import { Jobs } from '../../jobs/jobs';
import { steadyClock } from '../../process/system-ports';
import type { Store } from '../../store/open-store';
import type { AdminListeners } from '../admin-parts';
import { createRegularWork } from '../regular-work';
import type { Machine } from './machine';
import type { ProbingStage } from './probing';

/** What is done again and again, from now on. */
export function openJobs(
  { logger, now, steadyNow, stopping }: Machine,
  settings: LiveSettings,
  store: Store,
  { keyProber, egressProbing }: ProbingStage,
  listeners: AdminListeners,
): Jobs {
  const work = createRegularWork({
    store,
    settings,
    keyProber,
    egressProbing,
    now,
    stopping: stopping.signal,
  });
  return new Jobs(work, {
    timezone: settings.current.TIMEZONE,
    now: steadyNow,
    wallOf: (at) => steadyClock.wallOf(at),
    onFinished({ name, lastResult }) {
      listeners.live.jobChanged();
      logger.info({ job: name, ...lastResult }, 'job finished');
    },
  });
}
