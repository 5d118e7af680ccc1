import type { JobStatus } from '../../jobs/jobs';
import type { JobItem } from '../contract/jobs';

export function jobItem(status: JobStatus): JobItem {
  return {
    name: status.name,
    isRunning: status.isRunning,
    lastRunAt: status.lastRunAt ?? null,
    lastDurationMs: status.lastDurationMs ?? null,
    lastResult: status.lastResult ?? null,
    nextRunAt: status.nextRunAt ?? null,
  };
}
