import type { TaskPlan, TaskStatus } from '../../tasks/tasks';
import type { AdminContext } from '../context';
import { AdminError } from '../error';

const SOON_MS = 400;

/** Starts a task, and gives it a moment: what is soon done is finished in the status that comes back. */
export function startTask(context: Pick<AdminContext, 'tasks'>, plan: TaskPlan): Promise<TaskStatus> {
  return taskSoon(context, context.tasks.start(plan));
}

export async function taskSoon({ tasks }: Pick<AdminContext, 'tasks'>, id: string): Promise<TaskStatus> {
  let timer: NodeJS.Timeout | undefined;
  const moment = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SOON_MS);
  });
  await Promise.race([tasks.finished(id), moment]);
  clearTimeout(timer);
  const status = tasks.get(id);
  if (status === undefined) throw new AdminError('internal_error', 'The task is gone.');
  return status;
}
