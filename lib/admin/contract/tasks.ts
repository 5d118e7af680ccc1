import { z } from 'zod';
import { endpoint } from './endpoint';
import { listOf } from './page';
import { countSchema, doneSchema, idParams, timeSchema } from './values';

/** Long work with progress. It goes on when the page is closed, and can be cancelled. */
export const taskItemSchema = z.object({
  id: z.string(),
  /** `probe-keys`, `import-keys`, `keys-bulk`, `proxies-bulk`, `delete-logs`... */
  kind: z.string(),
  label: z.string(),
  state: z.enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled']),
  done: countSchema,
  /** null if nobody knows beforehand. */
  total: countSchema.nullable(),
  /** What it is at, in words. */
  detail: z.string().nullable(),
  counts: z.record(z.string(), countSchema),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  /** What came of it; its shape goes by `kind`. */
  result: z.unknown(),
  error: z.string().nullable(),
});
export type TaskItem = z.output<typeof taskItemSchema>;

export const tasksApi = {
  list: endpoint('tasks.list', {
    summary: 'Tasks that run or have ended within the last hour, the newest first',
    answer: listOf(taskItemSchema),
  }),
  read: endpoint('tasks.read', {
    summary: 'One task',
    params: idParams,
    answer: taskItemSchema,
  }),
  cancel: endpoint('tasks.cancel', {
    summary: 'Ask a task to stop; what is done stays done',
    params: idParams,
    answer: doneSchema,
  }),
};
