import { queryOptions } from '@tanstack/react-query';
import type { KeyImportReport } from '../admin/contract/keys';
import type { TaskItem } from '../admin/contract/tasks';
import { isGone } from './api-error';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

export const tasksKey = ['tasks'] as const;

/** Those that run, and those that ended lately; the live stream tells the same sooner. */
export const tasksQuery = queryOptions({
  queryKey: tasksKey,
  queryFn: ({ signal }) => asked(() => call('tasks.list', { signal })),
  meta: follows([], 2_000),
});

const WATCH_MS = 700;

/** One task, watched until it is over. Gone an hour after its end, or by a restart. */
export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: [...tasksKey, 'one', id],
    queryFn: ({ signal }) => call('tasks.read', { params: { id }, signal }),
    refetchInterval: ({ state: { data, error } }) =>
      isGone(error) || (data !== undefined && isOver(data)) ? false : WATCH_MS,
    retry: false,
  });

export const cancelTask = (id: string) => call('tasks.cancel', { params: { id } });

/** The task that tests the keys that this one has added; empty if there is none, or not yet. */
export function verificationOf({ kind, result }: Pick<TaskItem, 'kind' | 'result'>): string {
  return kind === 'import-keys' ? ((result as Partial<KeyImportReport> | null)?.verification ?? '') : '';
}

export function isOver(task: TaskItem): boolean {
  return task.state !== 'running' && task.state !== 'cancelling';
}
