import { z } from 'zod';
import { countSchema, idSchema, timeSchema } from './values';

export const capacitySourceSchema = z.enum(['set', 'told', 'paced']).meta({
  id: 'CapacitySource',
  description:
    'How a limit is known. `set`: in the settings or here. `told`: answers of the provider tell it. `paced`: found ' +
    'out by what was refused, so about so much',
});
export type CapacitySourceName = z.output<typeof capacitySourceSchema>;

const left = countSchema.meta({ example: 7 }).describe('May be used now');
const limit = countSchema
  .nullable()
  .meta({ example: 10 })
  .describe('Of so much in all; null if no answer has told');
const resetsAt = timeSchema
  .nullable()
  .describe('When all of it is back; null if all of it is left, or if nobody knows');

const roomSchema = z
  .object({ left, limit, source: capacitySourceSchema, resetsAt })
  .meta({ id: 'CapacityLeft', description: 'What is left of one limit' });
export type CapacityLeft = z.output<typeof roomSchema>;

const roomSumSchema = z
  .object({
    left: left.describe('May be used now. Keys that rest have nothing left while they do'),
    limit,
    keys: countSchema.describe('Keys of which it is known'),
    sources: z.array(capacitySourceSchema),
    resetsAt,
  })
  .meta({ id: 'CapacityLeftOfKeys', description: 'What is left of one limit over several keys' });
export type CapacityLeftOfKeys = z.output<typeof roomSumSchema>;

function roomsOf<Room extends z.ZodType>(room: Room) {
  return {
    requestsPerMinute: room.optional(),
    tokensPerMinute: room.optional(),
    requestsPerDay: room.optional(),
    tokensPerDay: room.optional(),
    requests: room
      .optional()
      .describe('Of a span that no answer has told, or that is neither a minute nor a day'),
    tokens: room.optional().describe('Likewise'),
    concurrency: room.optional().describe('Requests at a time'),
  };
}

const modelName = z.string().meta({ example: 'gpt-4o-mini' });

export const keyCapacitySchema = z
  .object({
    ...roomsOf(roomSchema),
    models: z
      .array(z.object({ model: modelName, ...roomsOf(roomSchema) }))
      .describe('Of models that have limits of their own; what all models draw on counts there too'),
  })
  .meta({
    id: 'KeyCapacity',
    description:
      'What is left for a key, together with the other keys of its account. A limit that is not known is left out: ' +
      'that is neither none left nor no limit. Whether the key rests is said beside it',
  });
export type KeyCapacity = z.output<typeof keyCapacitySchema>;

export const capacitySumSchema = z
  .object({
    keys: countSchema.meta({ example: 40 }).describe('Keys that are not disabled'),
    knownKeys: countSchema.meta({ example: 12 }).describe('Those of them of which any limit is known'),
    ...roomsOf(roomSumSchema),
  })
  .meta({
    id: 'CapacityOfKeys',
    description:
      'What is left over several keys; an account counts once, however many keys it has. It is the sum of what is ' +
      'known: other keys may have more',
  });
export type CapacityOfKeys = z.output<typeof capacitySumSchema>;

export const capacitySchema = z.object({
  providers: z.array(
    z.object({
      id: idSchema,
      slug: z.string().meta({ example: 'openai' }),
      capacity: capacitySumSchema.describe('Of what all models draw on'),
      models: z
        .array(z.object({ model: modelName, capacity: capacitySumSchema }))
        .describe('Of models that have limits of their own, or that it has served within a day; 50 at most'),
    }),
  ),
  models: z
    .array(
      z.object({
        model: modelName,
        providers: countSchema.describe('So many providers that are enabled have it'),
        capacity: capacitySumSchema,
      }),
    )
    .describe('The same by model, over the providers that are enabled'),
});
export type CapacityAnswer = z.output<typeof capacitySchema>;
