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

export const settingItemSchema = z.object({
  name: z.string(),
  group: z.string(),
  description: z.string(),
  unit: z.string().nullable(),
  type: z.enum(['boolean', 'number', 'text', 'choice', 'list', 'json']),
  /** Of a number, both included. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  isWhole: z.boolean(),
  /** Of a choice. */
  choices: z.array(z.string()).nullable(),
  /**
   * The value in force. null for a secret, of which `hints` shows what may be shown; only headers come as an object with
   * SECRET_MASK for their values.
   */
  value: settingValueSchema,
  default: settingValueSchema,
  /** Where the default is made elsewhere, in words. */
  defaultNote: z.string().nullable(),
  example: z.string().nullable(),
  /** Who set it; `default` if nobody did. */
  source: z.enum(['default', 'environment', 'file', 'dashboard']),
  isSecret: z.boolean(),
  /** Of a secret: whether it has a value. */
  isSet: z.boolean(),
  hints: z.array(z.string()),
  /** Cannot be changed here: set it in the environment or in .env, and restart. */
  isStartOnly: z.boolean(),
  /** What is wrong with the value out there, which is not in force for that. */
  problem: z.string().nullable(),
});
export type SettingItem = z.output<typeof settingItemSchema>;

export const settingsAnswerSchema = z.object({
  /** Send it with an update: then a setting that somebody has changed since is answered with 409 `conflict`. */
  revision: countSchema,
  groups: z.array(z.string()),
  items: z.array(settingItemSchema),
});
export type SettingsAnswer = z.output<typeof settingsAnswerSchema>;

const nameSchema = z.string().min(1).max(64);

export const settingsApi = {
  read: endpoint('settings.read', {
    summary: 'Every setting with its value, default and source',
    answer: settingsAnswerSchema,
  }),
  update: endpoint('settings.update', {
    summary: 'Change settings, all or none; they act at once',
    body: z.strictObject({
      revision: countSchema.optional(),
      /** By name. Text as it is written in .env, or the value itself; null is the default. SECRET_MASK keeps what is there. */
      values: z.record(nameSchema, settingValueSchema),
    }),
    /** API_KEYS may hold as many keys as an import. */
    bodyBytesMax: 20 * 2 ** 20,
    answer: settingsAnswerSchema,
  }),
  reset: endpoint('settings.reset', {
    summary: 'Give settings their defaults back',
    body: z.strictObject({ names: z.array(nameSchema).min(1).max(200) }),
    answer: settingsAnswerSchema,
  }),
};
