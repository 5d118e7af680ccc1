import { z } from 'zod';
import { endpoint } from './endpoint';
import { listOf } from './page';
import { countSchema, doneSchema, idParams, timeSchema } from './values';

export const taskItemSchema = z
  .object({
    id: z.string(),
    kind: z
      .string()
      .meta({ example: 'keys-bulk' })
      .describe('`probe-keys`, `import-keys`, `keys-bulk`, `proxies-bulk`, `delete-logs`...'),
    label: z.string().meta({ example: 'Test 30 keys' }),
    state: z.enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled']),
    done: countSchema,
    total: countSchema.nullable().describe('null if nobody knows beforehand'),
    detail: z.string().nullable().describe('What it is at, in words'),
    counts: z.record(z.string(), countSchema),
    startedAt: timeSchema,
    finishedAt: timeSchema.nullable(),
    result: z.unknown().describe('What came of it; its shape goes by `kind`'),
    error: z.string().nullable(),
  })
  .meta({
    id: 'Task',
    description: 'Long work with progress. It goes on when the page is closed, and can be cancelled',
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
