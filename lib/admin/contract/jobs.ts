import { z } from 'zod';
import { endpoint } from './endpoint';
import { listOf } from './page';
import { countSchema, timeSchema } from './values';

export const jobItemSchema = z
  .object({
    name: z.string().describe('`probe-keys`, `probe-egress`, `prune-logs`, `roll-up-stats`...'),
    isRunning: z.boolean(),
    lastRunAt: timeSchema.nullable(),
    lastDurationMs: countSchema.nullable(),
    lastResult: z.object({ ok: z.boolean(), text: z.string() }).nullable(),
    nextRunAt: timeSchema.nullable().describe('null while it is off or running'),
  })
  .meta({ id: 'Job' });
export type JobItem = z.output<typeof jobItemSchema>;

export const jobsApi = {
  list: endpoint('jobs.list', {
    summary: 'Regular work, and how its last run went',
    answer: listOf(jobItemSchema),
  }),
  run: endpoint('jobs.run', {
    summary: 'Run a job now, unless it is running; does not wait for its end',
    params: z.strictObject({ name: z.string().min(1).max(64) }),
    answer: jobItemSchema,
  }),
};
