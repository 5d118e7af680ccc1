import { z } from 'zod';

/** Milliseconds since the epoch. */
export const timeSchema = z.number().int().meta({ example: 1_767_225_600_000 });
export const countSchema = z.number().int().min(0).meta({ example: 3 });

export const idSchema = z.string().min(1).max(64).meta({ example: '01HZX3V9Q2K7' });
export const idParams = z.strictObject({ id: idSchema });

/** The slug of a provider, in any case. */
export const slugSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, { error: 'must be the slug of a provider' })
  .max(63, { error: 'must be the slug of a provider' })
  .meta({ example: 'openai' });

export const noteSchema = z
  .string()
  .max(1000, { error: 'must be 1000 characters at most' })
  .meta({ example: 'paid by the research budget' });

/** What `GET` answers in place of a secret; sent back in an update it means "as it was". */
export const SECRET_MASK = '********';

/** A whole number of a query, where everything is text. */
export const queryInteger = (min: number, max: number) =>
  z.coerce
    .number<number | string>({ error: `must be a whole number from ${min} to ${max}` })
    .int({ error: `must be a whole number from ${min} to ${max}` })
    .min(min, { error: `must be a whole number from ${min} to ${max}` })
    .max(max, { error: `must be a whole number from ${min} to ${max}` });

/** `true` or `false` of a query. */
export const queryBoolean = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
  {
    error: 'must be true or false',
  },
);

/** A time of a query, in milliseconds since the epoch. */
export const queryTime = queryInteger(0, 8.64e15);

export const configSourceSchema = z.enum(['environment', 'dashboard']);

export const breakerSchema = z
  .object({
    state: z.enum(['closed', 'open', 'half_open']),
    cause: z
      .enum(['failures', 'shared_cause'])
      .nullable()
      .describe('`shared_cause`: several keys failed alike, so it is not the keys'),
    reason: z.string().nullable(),
    openUntil: timeSchema.nullable().describe('When an open breaker lets a probe through'),
  })
  .meta({ id: 'Breaker' });
export type BreakerItem = z.output<typeof breakerSchema>;

export const doneSchema = z
  .object({ ok: z.literal(true) })
  .meta({ id: 'Done', description: 'An answer that says nothing but that it is done' });
