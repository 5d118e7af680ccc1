import type { AdminContext } from '../context';
import { notFound } from '../error';
import { taskItem } from './task-item';

export function readTask({ tasks }: AdminContext, { id }: { readonly id: string }) {
  const status = tasks.get(id);
  if (status === undefined) throw notFound('task');
  return taskItem(status);
}
