import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  ALERT_KINDS,
  ALERT_LANGUAGES,
  ALERT_LIMITS,
  ALERT_RULES,
  DAY_TIME,
  reasonAgainstAlertUrl,
  TELEGRAM_API,
  type AlertReceiver,
} from '../alert-rules';
import { parseJson, withoutOuterQuotes } from '../raw-text';
import { isTimeZone } from '../time-zone';
import type { ValueType } from '../value-type';
import { splitList } from './list';
import { jsonNumberSchema } from './number';
import { withoutUnset } from './unset';

const EXAMPLE = '[{"name":"ops","kind":"slack","url":"https://hooks.slack.com/services/..."}]';
const ID = /^[\w-]{1,32}$/;

const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, { error: missingOr(`must be one of ${names.join(', ')}`) });

const line = (max: number) =>
  z
    .string({ error: missingOr('must be text') })
    .trim()
    .max(max, { error: `must be ${max} characters at most` })
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'must be one line without control characters' });

const asciiLine = line(ALERT_LIMITS.secretChars).refine((text) => /^[!-~]*$/.test(text), {
  error: 'must be printable ASCII without spaces',
});
const dayTime = z
  .string({ error: missingOr('must be hours and minutes such as 00:00') })
  .regex(DAY_TIME, { error: 'must be hours and minutes such as 00:00' });

const quietSchema = z.strictObject(
  {
    from: dayTime,
    to: dayTime,
    zone: z.string({ error: missingOr('must be text') }).refine(isTimeZone, {
      error: 'must be an IANA time zone such as Europe/Berlin, Asia/Shanghai or UTC',
    }),
  },
  { error: 'must be an object of from, to and zone' },
);

const { keysLowPercent, delaySeconds } = ALERT_LIMITS;

const shape = {
  id: z.string().regex(ID, { error: 'must be 1 to 32 letters, digits, "_" or "-"' }).optional(),
  name: line(ALERT_LIMITS.nameChars).min(1, { error: 'must not be empty' }),
  kind: oneOf(ALERT_KINDS),
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  url: line(ALERT_LIMITS.urlChars).optional(),
  token: asciiLine.default(''),
  chat_id: z.preprocess((id) => (typeof id === 'number' ? String(id) : id), asciiLine).default(''),
  secret: asciiLine.default(''),
  rules: z
    .preprocess(
      (value) => (typeof value === 'string' ? splitList(value) : value),
      z.array(oneOf(ALERT_RULES), { error: `must be some of ${ALERT_RULES.join(', ')}` }),
    )
    .transform((rules) => [...new Set(rules)])
    .default([...ALERT_RULES]),
  keys_low_percent: jsonNumberSchema(false, keysLowPercent).default(keysLowPercent.default),
  quiet_hours: quietSchema.optional(),
  language: oneOf(ALERT_LANGUAGES).default('en'),
  delay_seconds: jsonNumberSchema(false, delaySeconds).default(delaySeconds.default),
};

const entrySchema = z.preprocess(
  withoutUnset,
  z
    .strictObject(shape, { error: 'must be an object of name, kind and url' })
    .superRefine((entry, context) => {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message, params: { shown: '' } });
      const { kind, url } = entry;
      if (url === undefined && kind !== 'telegram') refuse('url', 'is missing');
      const message = url === undefined ? undefined : reasonAgainstAlertUrl(url);
      if (message !== undefined) refuse('url', message);
      else if (kind === 'ntfy' && url !== undefined && !hasTopic(url)) refuse('url', 'must end with a topic');
      if (kind !== 'telegram') return;
      if (!/^\d+:[\w-]+$/.test(entry.token))
        refuse('token', 'must be the token of a bot, such as 123456:ABC-def');
      if (entry.chat_id === '') refuse('chat_id', 'is missing');
    }),
);
type Entry = z.output<typeof entrySchema>;

const hasTopic = (url: string): boolean => new URL(url).pathname.replace(/\/+$/, '') !== '';

const listSchema = z
  .array(entrySchema, { error: `must be a JSON list such as ${EXAMPLE}` })
  .max(ALERT_LIMITS.receivers, { error: `must be ${ALERT_LIMITS.receivers} receivers at most` })
  .superRefine((entries, context) => {
    const names = new Set<string>();
    const ids = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const refuse = (field: string): void =>
        context.addIssue({
          code: 'custom',
          path: [index, field],
          message: 'is taken already',
          params: { shown: '' },
        });
      if (names.has(entry.name)) refuse('name');
      else if (ids.has(idOf(entry))) refuse('id');
      names.add(entry.name);
      ids.add(idOf(entry));
    }
  });

/** A JSON list of those who are told of incidents. */
export const alertReceivers: ValueType<readonly AlertReceiver[]> = {
  schema: z.codec(z.string(), z.custom<readonly AlertReceiver[]>(), {
    decode: (raw, context) => {
      const json = parseJson(withoutOuterQuotes(raw));
      const read = listSchema.safeParse(json.ok ? json.value : raw);
      if (read.success) return read.data.map(fromEntry);
      for (const issue of read.error.issues)
        context.issues.push({
          code: 'custom',
          input: raw,
          path: [...issue.path],
          message: messageOf(issue),
          params: { shown: '' },
        });
      return z.NEVER;
    },
    encode: (receivers) => JSON.stringify(receivers.map(toEntry)),
  }),
  input: { kind: 'json' },
};

function missingOr(message: string) {
  return (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is missing' : message);
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `has a field that is not known; allowed are ${Object.keys(shape).join(', ')}`;
  return issue.message;
}

/** Of one that was given none: the same for the same name. */
function idOf({ id, name }: Pick<Entry, 'id' | 'name'>): string {
  return id ?? createHash('sha256').update(name).digest('hex').slice(0, 16);
}

function fromEntry(entry: Entry): AlertReceiver {
  return {
    id: idOf(entry),
    name: entry.name,
    kind: entry.kind,
    isEnabled: entry.enabled,
    url: entry.url ?? TELEGRAM_API,
    token: entry.token,
    chatId: entry.chat_id,
    secret: entry.secret,
    rules: entry.rules,
    keysLowPercent: entry.keys_low_percent,
    quietHours: entry.quiet_hours ?? null,
    language: entry.language,
    delaySeconds: entry.delay_seconds,
  };
}

/** As the setting has it. */
export function toEntry(receiver: AlertReceiver): Record<string, unknown> {
  return {
    id: receiver.id,
    name: receiver.name,
    kind: receiver.kind,
    enabled: receiver.isEnabled,
    url: receiver.url,
    token: receiver.token,
    chat_id: receiver.chatId,
    secret: receiver.secret,
    rules: receiver.rules,
    keys_low_percent: receiver.keysLowPercent,
    quiet_hours: receiver.quietHours,
    language: receiver.language,
    delay_seconds: receiver.delaySeconds,
  };
}
