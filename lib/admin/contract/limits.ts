import { z } from 'zod';
import { limits } from '../../config/limits';
import { isTimeZone } from '../../config/time-zone';

const { min, max } = limits.useLimit;
const whole = { error: `must be a whole number from ${min} to ${max}` };
export const limitSchema = z
  .number(whole)
  .int(whole)
  .min(min, whole)
  .max(max, whole)
  .optional()
  .meta({ example: 60 });

const uses = {
  requestsPerMinute: limitSchema,
  tokensPerMinute: limitSchema.describe('Of the prompts and of the answers together'),
  requestsPerDay: limitSchema,
  tokensPerDay: limitSchema,
  concurrency: limitSchema.describe('Requests at a time'),
};

export const useLimitsSchema = z
  .strictObject(uses)
  .meta({ id: 'UseLimits', description: 'What may be used; what is left out is not limited' });

const MODEL_MAX = 191;
const MODEL_NAME = new RegExp(`^[^\\u0000-\\u001f\\u007f]{1,${MODEL_MAX}}$`);

export const limitsSchema = z
  .strictObject({
    ...uses,
    models: z
      .record(z.string().meta({ example: 'gpt-4o-mini' }), useLimitsSchema)
      .refine((models) => Object.keys(models).every((name) => MODEL_NAME.test(name)), {
        error: `has a model whose name is not one line of at most ${MODEL_MAX} characters`,
      })
      .refine((models) => Object.keys(models).length <= 100, { error: 'must be 100 models at most' })
      .optional()
      .describe('Of single models, beside those of all models together'),
    dayResetsAt: z
      .strictObject({
        time: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be hours and minutes such as 00:00' })
          .meta({ example: '00:00' }),
        zone: z
          .string()
          .refine(isTimeZone, {
            error: 'must be an IANA time zone such as Europe/Berlin, Asia/Shanghai or UTC',
          })
          .meta({ example: 'America/Los_Angeles' }),
      })
      .optional()
      .describe("When the provider's day begins; midnight in UTC unless set"),
  })
  .meta({ id: 'Limits', description: 'What a key may use, of all models together and of each' });
export type LimitsItem = z.output<typeof limitsSchema>;

export const accountSchema = z
  .string()
  .trim()
  .max(191, { error: 'must be 191 characters at most' })
  .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), {
    error: 'must be one line without control characters',
  })
  .meta({ example: 'team-a' });
