import type { AdminContext } from '../context';
import { taskItem } from './task-item';

export function listTasks({ tasks }: AdminContext) {
  const items = tasks.list().map(taskItem);
  return { items, total: items.length, page: 1, pageSize: items.length };
}
