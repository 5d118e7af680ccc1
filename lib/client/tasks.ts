import { queryOptions } from '@tanstack/react-query';
import type { TaskItem, tasksApi } from '../admin/contract/tasks';
import { call } from './request';

type Api = typeof tasksApi;

export const tasksKey = ['tasks'] as const;

/** Those that run, and those that ended lately. The live stream keeps it. */
export const tasksQuery = queryOptions({
  queryKey: tasksKey,
  queryFn: ({ signal }) => call<Api['list']>('GET', '/tasks', { signal }),
});

export const cancelTask = (id: string) =>
  call<Api['cancel']>('POST', '/tasks/{id}/cancel', { params: { id } });

export function isOver(task: TaskItem): boolean {
  return task.state !== 'running' && task.state !== 'cancelling';
}
