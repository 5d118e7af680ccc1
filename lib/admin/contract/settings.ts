import { z } from 'zod';
import { endpoint } from './endpoint';
import { countSchema } from './values';

const settingValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
  z.null(),
]);

export const settingItemSchema = z
  .object({
    name: z.string(),
    group: z.string().meta({ example: 'Requests' }),
    description: z.string(),
    unit: z.string().nullable(),
    type: z.enum(['boolean', 'number', 'text', 'choice', 'list', 'json']),
    min: z.number().nullable().describe('Of a number, both included'),
    max: z.number().nullable(),
    isWhole: z.boolean(),
    choices: z.array(z.string()).nullable().describe('Of a choice'),
    value: settingValueSchema.describe(
      'The value in force. null for a secret, of which `hints` shows what may be shown; only ' +
        'headers come as an object with SECRET_MASK for their values',
    ),
    default: settingValueSchema,
    defaultNote: z.string().nullable().describe('Where the default is made elsewhere, in words'),
    example: z.string().nullable(),
    source: z
      .enum(['default', 'environment', 'file', 'dashboard'])
      .describe('Who set it; `default` if nobody did'),
    isSecret: z.boolean(),
    isSet: z.boolean().describe('Of a secret: whether it has a value'),
    hints: z.array(z.string()),
    isStartOnly: z
      .boolean()
      .describe('Cannot be changed here: set it in the environment or in .env, and restart'),
    problem: z
      .string()
      .nullable()
      .describe('What is wrong with the value out there, which is not in force for that'),
  })
  .meta({ id: 'Setting' });
export type SettingItem = z.output<typeof settingItemSchema>;

export const settingsAnswerSchema = z
  .object({
    revision: countSchema.describe(
      'Send it with an update: then a setting that somebody has changed since is answered with ' +
        '409 `conflict`',
    ),
    groups: z.array(z.string()),
    items: z.array(settingItemSchema),
  })
  .meta({ id: 'Settings' });
export type SettingsAnswer = z.output<typeof settingsAnswerSchema>;

const nameSchema = z.string().min(1).max(64);

export const settingsApi = {
  read: endpoint('settings.read', {
    summary: 'Every setting with its value, default and source',
    answer: settingsAnswerSchema,
  }),
  update: endpoint('settings.update', {
    summary: 'Change settings, all or none; they act at once',
    example: { revision: 3, values: { MAX_FAILURES: 5, LOG_LEVEL: null } },
    body: z.strictObject({
      revision: countSchema.optional(),
      values: z
        .record(nameSchema, settingValueSchema)
        .describe(
          'By name. Text as it is written in .env, or the value itself; null is the default. ' +
            'SECRET_MASK keeps what is there',
        ),
    }),
    answer: settingsAnswerSchema,
  }),
  reset: endpoint('settings.reset', {
    summary: 'Give settings their defaults back',
    example: { names: ['MAX_FAILURES'] },
    body: z.strictObject({ names: z.array(nameSchema).min(1).max(200) }),
    answer: settingsAnswerSchema,
  }),
};
