import { z } from 'zod';
import {
  ALERT_KINDS,
  ALERT_LANGUAGES,
  ALERT_LIMITS,
  ALERT_RULES,
  DAY_TIME,
  reasonAgainstAlertUrl,
} from '../../config/alert-rules';
import { isTimeZone } from '../../config/time-zone';
import { endpoint } from './endpoint';
import { settingItemSchema } from './settings';
import { countSchema, idParams, timeSchema } from './values';

const { keysLowPercent, delaySeconds } = ALERT_LIMITS;

const dayTime = z
  .string()
  .regex(DAY_TIME, { error: 'must be hours and minutes such as 00:00' })
  .meta({ example: '22:00' });
const quietSchema = z
  .strictObject({
    from: dayTime,
    to: dayTime,
    zone: z
      .string()
      .refine(isTimeZone, {
        error: 'must be an IANA time zone such as Europe/Berlin, Asia/Shanghai or UTC',
      })
      .meta({ example: 'Europe/Berlin' }),
  })
  .nullable()
  .meta({ example: null })
  .describe('When nothing is sent: what lasts is told after them. Past midnight if `to` is the earlier time');

const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(ALERT_LIMITS.nameChars)
  .refine((name) => !/\p{Cc}/u.test(name), { error: 'must be one line without control characters' })
  .meta({ example: 'ops' });
const kindSchema = z.enum(ALERT_KINDS);

const rulesShape = {
  rules: z
    .array(z.enum(ALERT_RULES))
    .describe(
      '`provider_down`; `keys_out`: no key of a provider can be used; `keys_low`: fewer than `keysLowPercent` can; ' +
        '`budget`: a client token has spent 80 %, and all of it; `error_share`: a fifth of the attempts at a provider ' +
        'fail; `proxy_down`; `trouble`: of the database, the disk, memory, files or Redis',
    ),
  keysLowPercent: z.number().min(keysLowPercent.min).max(keysLowPercent.max).meta({ example: 20 }),
  quietHours: quietSchema,
  language: z.enum(ALERT_LANGUAGES),
  delaySeconds: z
    .number()
    .min(delaySeconds.min)
    .max(delaySeconds.max)
    .meta({ example: 30 })
    .describe(
      'An incident is told once it has lasted that long, and its end once it has been over that long',
    ),
};

export const deliveredSchema = z
  .object({
    ok: z.boolean(),
    status: z.number().int().nullable().describe("Of the receiver's answer; null without one"),
    error: z.string().nullable().describe('Why it did not arrive'),
  })
  .meta({ id: 'AlertDelivery' });
export type DeliveredAnswer = z.output<typeof deliveredSchema>;

export const alertItemSchema = z
  .object({
    id: z.string().meta({ example: '3f2b6c1d9a8e7f60' }),
    name: nameSchema,
    kind: kindSchema,
    isEnabled: z.boolean(),
    address: z
      .string()
      .meta({ example: 'https://hooks.slack.com/***' })
      .describe('Without its path, which may be a secret'),
    chatId: z.string().meta({ example: '-1001234567890' }),
    hasToken: z.boolean(),
    isSigned: z.boolean(),
    ...rulesShape,
    last: deliveredSchema
      .extend({ at: timeSchema })
      .nullable()
      .describe('How the last message fared; null before the first'),
    open: countSchema.describe('Incidents that it was told of, and not yet that they are over'),
  })
  .meta({ id: 'AlertReceiver', description: 'Somebody who is told of incidents' });
export type AlertItem = z.output<typeof alertItemSchema>;

const text = z
  .string()
  .trim()
  .max(ALERT_LIMITS.secretChars)
  .regex(/^[!-~]*$/, { error: 'must be printable ASCII without spaces' });

const draftShape = {
  name: nameSchema,
  url: z
    .string()
    .trim()
    .max(ALERT_LIMITS.urlChars)
    .superRefine((url, context) => {
      const message = url === '' ? undefined : reasonAgainstAlertUrl(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ example: 'https://alerts.example.com/hook' })
    .describe('Where messages go. Empty for Telegram: its public API'),
  token: text.meta({ example: '' }).describe("Of Telegram's bot, or ntfy's access token"),
  chatId: text.meta({ example: '' }).describe("Telegram's chat"),
  secret: text
    .meta({ example: '' })
    .describe('What messages are signed with; one is made for a new receiver without one'),
  isEnabled: z.boolean(),
  ...rulesShape,
};
const { name: newName, ...optional } = draftShape;

export const alertsApi = {
  list: endpoint('alerts.list', {
    summary: 'Receivers of alerts, and how their last messages fared',
    answer: z.object({
      source: settingItemSchema.shape.source.describe('Who set ALERT_RECEIVERS; `default` if nobody did'),
      problem: settingItemSchema.shape.problem,
      items: z.array(alertItemSchema),
    }),
  }),
  create: endpoint('alerts.create', {
    summary: 'Add a receiver of alerts; only this answer shows the secret that signs its messages',
    example: { name: 'ops', kind: 'json', url: 'https://alerts.example.com/hook' },
    body: z.strictObject({ name: newName, kind: kindSchema, ...z.object(optional).partial().shape }),
    answer: z.object({ item: alertItemSchema, secret: z.string().meta({ example: 'bal_4f...' }) }),
  }),
  update: endpoint('alerts.update', {
    summary: 'Change a receiver of alerts; what is not given stays as it is',
    example: { delaySeconds: 60 },
    params: idParams,
    body: z.object(draftShape).partial().strict(),
    answer: alertItemSchema,
  }),
  delete: endpoint('alerts.delete', {
    summary: 'Tell a receiver nothing any more',
    params: idParams,
    answer: z.object({ ok: z.literal(true) }),
  }),
  test: endpoint('alerts.test', {
    summary: 'Send a message to a receiver now, whatever the hour, and say how it fared',
    params: idParams,
    answer: deliveredSchema,
  }),
};
