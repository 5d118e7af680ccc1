import type { TaskStatus } from '../../tasks/tasks';
import type { TaskItem } from '../contract/tasks';

export function taskItem(status: TaskStatus): TaskItem {
  return {
    ...status,
    counts: { ...status.counts },
    total: status.total ?? null,
    detail: status.detail ?? null,
    finishedAt: status.finishedAt ?? null,
    result: status.result ?? null,
    error: status.error ?? null,
  };
}
