import { z } from 'zod';
import { endpoint } from './endpoint';
import { pageOf, pageQuery } from './page';
import { limitSchema } from './limits';
import {
  countSchema,
  doneSchema,
  idParams,
  idSchema,
  noteSchema,
  queryBoolean,
  slugSchema,
  timeSchema,
} from './values';

export const TOKENS_MAX = 10_000;
/** In one import. */
const IMPORT_MAX = 1_000;
const LIST_MAX = 500;
const PRIORITY = { min: -100, max: 100 };
const priorityError = { error: `must be a whole number from ${PRIORITY.min} to ${PRIORITY.max}` };

const modelSchema = z
  .string()
  .trim()
  .min(1, { error: 'must be names of models, with * for any text' })
  .max(191, { error: 'must be names of 191 characters at most' })
  .meta({ example: 'gpt-4o*' });

const addressSchema = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
    error: 'must be addresses or networks such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32',
  })
  .meta({ example: '10.0.0.0/8' });

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.array(item).max(LIST_MAX, { error: `must be ${LIST_MAX} at most` });

export const tokenLimitsSchema = z
  .strictObject({
    requestsPerMinute: limitSchema,
    tokensPerMinute: limitSchema.describe('Of the prompts and of the answers together'),
    concurrency: limitSchema.describe('Requests at a time; streams and WebSockets count until they end'),
  })
  .meta({ id: 'TokenLimits', description: 'What a token may use; what is left out is not limited' });

const amountError = { error: 'must be a number above 0, of at most 1000000000000' };
export const tokenBudgetSchema = z
  .strictObject({
    amount: z
      .number(amountError)
      .positive(amountError)
      .max(1e12, amountError)
      .describe('US dollars, or how many tokens or requests')
      .meta({ example: 25 }),
    unit: z
      .enum(['usd', 'tokens', 'requests'])
      .describe('`usd`: requests whose price is not known cost nothing of it'),
    period: z
      .enum(['day', 'week', 'month', 'total'])
      .describe('By the clocks of `TIMEZONE`; weeks begin on Monday. `total` never renews'),
  })
  .refine(({ amount, unit }) => unit === 'usd' || Number.isInteger(amount), {
    error: 'must be a whole number of tokens or requests',
    path: ['amount'],
  })
  .meta({ id: 'TokenBudget' });

const nameSchema = z.string().trim().min(1, { error: 'must not be empty' }).max(100);

/** What a person decides about a token. */
const rules = {
  isEnabled: z.boolean().describe('Whether it lets anybody in'),
  expiresAt: timeSchema.nonnegative().nullable().describe('From then on it lets nobody in; null for never'),
  models: listOf(modelSchema).describe(
    'Names of models that it may ask for, whole, in any case, with `*` for any text; none for all',
  ),
  providers: listOf(slugSchema).describe('Slugs of the providers that may be asked for it; none for all'),
  allowedIps: listOf(addressSchema).describe(
    'Addresses and networks that it may be used from; none for everywhere',
  ),
  limits: tokenLimitsSchema,
  budget: tokenBudgetSchema.nullable().describe('What it may spend; null for no limit'),
  priority: z
    .number(priorityError)
    .int(priorityError)
    .min(PRIORITY.min, priorityError)
    .max(PRIORITY.max, priorityError)
    .describe('Of the requests that wait for a key the highest go first; 0 unless set')
    .meta({ example: 0 }),
  note: noteSchema,
};

/** The same where all of it may be left out. */
const givenRules = z.strictObject(rules).partial().shape;

export const tokenStatusSchema = z
  .enum(['active', 'expired', 'disabled'])
  .meta({ id: 'TokenStatus', description: 'Only an active one lets anybody in' });
export type TokenStatus = z.output<typeof tokenStatusSchema>;

export const tokenItemSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Empty for a token of the settings'),
    hint: z.string().meta({ example: 'sk-abc...wxyz' }),
    source: z
      .enum(['environment', 'made', 'dashboard'])
      .describe(
        '`environment`: one of ALLOWED_TOKENS, wherever those are set; `made`: made at the first ' +
          'start. Neither has rules, and neither is revoked here',
      ),
    isAdmin: z.boolean().describe('It is the admin token too'),
    status: tokenStatusSchema,
    ...rules,
    createdAt: timeSchema.nullable(),
    lastUsedAt: timeSchema.nullable(),
    requestCount: countSchema.describe(
      'Of a token of the settings: since the start, of all instances that run',
    ),
    used: z
      .object({
        requestsPerMinute: z.number().nullable(),
        tokensPerMinute: z.number().nullable(),
        concurrency: z.number().nullable(),
      })
      .describe('Of its limits, at this moment; null for what is not limited'),
    spent: z
      .object({
        amount: z.number().describe('In the unit of the budget'),
        renewsAt: timeSchema.nullable().describe('When the next period begins; null for never'),
      })
      .nullable()
      .describe('Of its budget, in this period; null if it has none'),
    version: countSchema.describe('Send it with an update; it changes when somebody edits the token'),
  })
  .meta({ id: 'Token' });
export type TokenItem = z.output<typeof tokenItemSchema>;

const valueSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{8,512}$/, {
    error: 'must be 8 to 512 characters of ASCII without blanks',
  })
  .describe('The token itself, as when it comes from another program; made here unless given')
  .meta({ example: 'sk-cl...9f2a' });

const newToken = { name: nameSchema, value: valueSchema.optional(), ...givenRules };
export const newTokenSchema = z.strictObject(newToken).meta({ id: 'NewToken' });
export type NewToken = z.output<typeof newTokenSchema>;

export const tokenPatchSchema = z.strictObject({ name: nameSchema.optional(), ...givenRules });
export type TokenPatch = z.output<typeof tokenPatchSchema>;

const filter = {
  search: z.string().trim().max(1000).optional().describe('Part of the name, the note or the hint'),
  status: tokenStatusSchema.optional(),
};

export const tokenSortSchema = z.enum(['createdAt', 'name', 'lastUsedAt', 'requestCount', 'expiresAt']);

const listQuery = z.strictObject({
  ...pageQuery('asc'),
  sort: tokenSortSchema.default('createdAt'),
  ...filter,
});
export type TokenListQuery = z.output<typeof listQuery>;

const tokenExample = 'sk-cl...9f2a';
const madeSchema = z.object({ token: z.string().meta({ example: tokenExample }), item: tokenItemSchema });
const exampleRules = {
  models: ['gpt-4o*'],
  limits: { requestsPerMinute: 60 },
  budget: { amount: 25, unit: 'usd', period: 'month' },
};

/** A token as an export has it and an import takes it. */
export const portableTokenSchema = z
  .object({
    name: nameSchema,
    value: valueSchema.optional(),
    hint: z
      .string()
      .optional()
      .describe('In an export without secrets, for people; an import passes it over'),
    ...givenRules,
  })
  .meta({ id: 'PortableToken' });
export type PortableToken = z.output<typeof portableTokenSchema>;

const existingSchema = z
  .enum(['skip', 'update'])
  .default('skip')
  .describe('What is done with tokens that are here already, by their value');

export const tokensApi = {
  list: endpoint('tokens.list', {
    summary: 'Client tokens, those of the settings first',
    query: listQuery,
    answer: pageOf(tokenItemSchema),
  }),
  create: endpoint('tokens.create', {
    summary: 'Make a client token; this answer is the only one that shows it',
    example: { name: 'my notebook', ...exampleRules },
    body: newTokenSchema,
    answer: madeSchema,
  }),
  export: endpoint('tokens.export', {
    summary: 'Client tokens with their rules, as JSON that an import takes',
    query: z.strictObject({
      ...filter,
      secrets: queryBoolean
        .default(false)
        .describe('With the tokens themselves; otherwise an import makes new ones'),
    }),
    contentTypes: ['application/json'],
  }),
  import: endpoint('tokens.import', {
    summary: 'Make many client tokens, all or none',
    example: { tokens: [{ name: 'my notebook', ...exampleRules }], existing: 'skip' },
    body: z.strictObject({
      tokens: z
        .array(portableTokenSchema)
        .min(1)
        .max(IMPORT_MAX, { error: `must be ${IMPORT_MAX} at most` }),
      existing: existingSchema,
    }),
    answer: z.object({
      added: countSchema,
      updated: countSchema,
      skipped: countSchema.describe('Those that are here already, and stay as they are'),
      made: z
        .array(z.object({ name: z.string(), token: z.string().meta({ example: tokenExample }) }))
        .describe('Tokens that came without a value; this answer is the only one that shows them'),
    }),
  }),
  previewImport: endpoint('tokens.previewImport', {
    summary: 'What an import of client tokens would do with each of them; nothing is written',
    example: { tokens: [{ name: 'my notebook', ...exampleRules }], existing: 'skip' },
    body: z.strictObject({
      tokens: z
        .array(z.record(z.string(), z.unknown()))
        .min(1)
        .max(IMPORT_MAX, { error: `must be ${IMPORT_MAX} at most` })
        .describe('As for the import; one that it would refuse is told of, and refuses no other'),
      existing: existingSchema,
    }),
    answer: z.object({
      added: countSchema,
      updated: countSchema,
      skipped: countSchema,
      refused: countSchema,
      items: z
        .array(
          z.object({
            name: z.string(),
            hint: z.string().nullable().meta({ example: 'sk-abc...wxyz' }),
            outcome: z
              .enum(['new', 'changed', 'skipped', 'refused'])
              .describe('`skipped`: it is here already, and stays as it is'),
            problem: z.string().nullable().describe('Why an import would refuse it'),
          }),
        )
        .describe('In the order of the tokens'),
    }),
  }),
  read: endpoint('tokens.read', {
    summary: 'A client token, with its rules and its use',
    params: idParams,
    answer: tokenItemSchema,
  }),
  update: endpoint('tokens.update', {
    summary: 'Change a client token; what is left out stays as it is',
    params: idParams,
    example: { name: 'my notebook', version: 3, ...exampleRules },
    body: z.strictObject({
      ...tokenPatchSchema.shape,
      version: countSchema.optional().describe('The one that was read; if it has changed since: 409'),
    }),
    answer: tokenItemSchema,
  }),
  resetSpent: endpoint('tokens.resetSpent', {
    summary: 'Let a budget start afresh: nothing of it is spent in this period',
    params: idParams,
    answer: tokenItemSchema,
  }),
  revoke: endpoint('tokens.revoke', {
    summary: 'Revoke a client token, at once and for good',
    params: idParams,
    answer: doneSchema,
  }),
};
