import { z } from 'zod';
import { endpoint } from './endpoint';
import { countSchema, timeSchema } from './values';

export const instanceItemSchema = z
  .object({
    id: z.string().describe('Names the process, for as long as it runs'),
    name: z.string().describe('Names its DATA_DIR, and stays the same when it is started anew'),
    isThis: z.boolean().describe('It gives this answer'),
    host: z.string(),
    pid: countSchema,
    version: z.string(),
    startedAt: timeSchema,
    inFlight: countSchema,
    waiting: countSchema,
    requestsPerMinute: countSchema,
  })
  .meta({ id: 'Instance' });
export type InstanceItem = z.output<typeof instanceItemSchema>;

export const instancesApi = {
  list: endpoint('instances.list', {
    summary: 'The instances that share the database, as far as this one hears of them',
    answer: z.object({
      sharing: z
        .enum(['off', 'shared', 'local', 'workers'])
        .describe(
          '`off`: no Redis is set. `local`: it is away, and this instance goes on alone. ' +
            '`workers`: no Redis is set, and these are the processes of one machine',
        ),
      since: timeSchema.nullable().describe('null if it is `off`'),
      reason: z.string().nullable().describe('Why it is `local`'),
      items: z.array(instanceItemSchema),
    }),
  }),
};
