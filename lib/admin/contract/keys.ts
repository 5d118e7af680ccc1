import { z } from 'zod';
import { keyCapacitySchema } from './capacity';
import { endpoint } from './endpoint';
import { accountSchema, limitsSchema } from './limits';
import { tagListSchema, tagsSchema } from './tags';
import { pageOf, pageQuery } from './page';
import { rangeQuery, spanShape, usagePointSchema, usageTotalsSchema } from './stats';
import { taskItemSchema } from './tasks';
import {
  configSourceSchema,
  countSchema,
  idParams,
  idSchema,
  noteSchema,
  queryBoolean,
  queryInteger,
  slugSchema,
  timeSchema,
} from './values';

export const keyStatusSchema = z.enum(['active', 'cooling', 'disabled_auto', 'disabled_manual']).meta({
  id: 'KeyStatus',
  description:
    '`cooling`: rests as a whole, or for at least one model. `disabled_auto`: out until a ' +
    'probe or a person brings it back; `disabled_manual`: out until a person does',
});
export type KeyStatus = z.output<typeof keyStatusSchema>;

export const keyItemSchema = z
  .object({
    id: idSchema,
    providerId: idSchema,
    provider: z.string().meta({ example: 'openai' }).describe('Slug'),
    hint: z
      .string()
      .meta({ example: 'sk-abc...wxyz' })
      .describe(
        '`sk-abc...wxyz`; the key itself is only in the answer of `reveal` and in an export with secrets',
      ),
    source: configSourceSchema,
    weight: z.number().describe('Share of the traffic under the policy `weighted`'),
    note: z.string(),
    status: keyStatusSchema,
    reason: z.string().nullable().describe('Why it is disabled'),
    failures: countSchema.describe('In a row'),
    cooldownUntil: timeSchema
      .nullable()
      .describe('When the rest of the whole key ends; null if it does not rest'),
    modelCooldowns: z
      .array(z.object({ model: z.string().meta({ example: 'gpt-4o-mini' }), until: timeSchema }))
      .describe('Models that it rests for'),
    inFlight: countSchema,
    requestCount: countSchema.describe('Attempts with this key'),
    errorCount: countSchema.describe(
      "Those of them that failed by the key's or the provider's doing. `failedAttempts` of its " +
        "usage has those too of which that is not known, or that were a proxy's or the gateway's " +
        'own',
    ),
    lastUsedAt: timeSchema.nullable(),
    lastErrorAt: timeSchema.nullable(),
    lastErrorStatus: z.number().int().nullable().describe('null if there was no error, or no answer'),
    egressId: idSchema.nullable().describe('The one proxy that it is pinned to'),
    limits: limitsSchema.nullable().describe('null: those of its provider'),
    account: z
      .string()
      .meta({ example: 'team-a' })
      .nullable()
      .describe('That a person or the settings have set. Keys of the same account share its limits'),
    learntAccount: z
      .string()
      .meta({ example: 'org-abc123' })
      .nullable()
      .describe('That its answers name; null if none does, or if `account` is set, which wins'),
    tags: z.array(z.string().meta({ example: 'production' })),
    capacity: keyCapacitySchema,
    createdAt: timeSchema,
    version: countSchema.describe(
      'Send it with an update; it changes when somebody edits the key, not when its live state does',
    ),
  })
  .meta({ id: 'Key' });
export type KeyItem = z.output<typeof keyItemSchema>;

const filter = {
  provider: slugSchema.optional(),
  status: z
    .enum([...keyStatusSchema.options, 'disabled'])
    .optional()
    .describe('`disabled` is both kinds of it'),
  search: z
    .string()
    .trim()
    .max(4096)
    .optional()
    .describe('Part of the hint, the note, the account or a tag, or a whole key'),
  account: z.string().trim().min(1).max(191).optional().describe('Set, or learnt from answers'),
  tag: tagListSchema.optional(),
  minFailures: queryInteger(0, 1_000_000).optional(),
  errorStatus: queryInteger(0, 599)
    .optional()
    .describe('Status of the last error; 0 means an error without any answer'),
  model: z.string().trim().min(1).max(191).optional().describe('Resting for this model, or as a whole'),
};

export const keyFilterSchema = z.strictObject(filter).meta({ id: 'KeyFilter' });
export type KeyFilter = z.output<typeof keyFilterSchema>;

export const keySortSchema = z.enum([
  'createdAt',
  'provider',
  'hint',
  'status',
  'weight',
  'failures',
  'cooldownUntil',
  'inFlight',
  'requestCount',
  'errorCount',
  'lastUsedAt',
  'lastErrorAt',
]);

const listQuery = z.strictObject({
  ...pageQuery('desc'),
  sort: keySortSchema.default('createdAt'),
  ...filter,
});
export type KeyListQuery = z.output<typeof listQuery>;

/** Which keys a bulk action is for: `ids`, or all that pass `filter` (`{}` is every key). */
const selection = {
  ids: z.array(idSchema).min(1).max(100_000).optional(),
  filter: keyFilterSchema.optional(),
};

function hasOneSelection({ ids, filter }: { readonly ids?: unknown; readonly filter?: unknown }): boolean {
  return (ids === undefined) !== (filter === undefined);
}
const oneSelection = { error: 'give either ids or a filter', path: ['ids'] };

export const keyBulkActionSchema = z.enum(['verify', 'reset', 'enable', 'disable', 'delete', 'move', 'edit']);
export type KeyBulkAction = z.output<typeof keyBulkActionSchema>;

/** The `result` of a finished task of kind `keys-bulk`. That of `probe-keys` is `keyVerifyResultSchema`. */
export const keyBulkResultSchema = z.object({
  action: keyBulkActionSchema,
  matched: countSchema.describe('Keys that were chosen'),
  changed: countSchema.describe('Keys that the action was carried out on'),
  skipped: countSchema.describe(
    'Keys that it was not, such as those that the provider moved to has already; with reasons in words',
  ),
  reasons: z.array(z.object({ reason: z.string(), count: countSchema })),
  deletionId: z
    .string()
    .meta({ example: '01HZX3V9Q2K9' })
    .nullable()
    .describe('Of a deletion: gives the keys back with `POST /keys/undo`, until `undoUntil`'),
  undoUntil: timeSchema.nullable(),
});
export type KeyBulkResult = z.output<typeof keyBulkResultSchema>;

/** The `result` of a task of kind `probe-keys`. */
export const keyVerifyResultSchema = z.looseObject({
  alive: countSchema,
  rejected: countSchema,
  unproven: countSchema,
  skipped: countSchema,
  groups: z
    .array(
      z.looseObject({
        outcome: z.string().meta({ example: 'success' }),
        text: z.string(),
        count: countSchema,
      }),
    )
    .optional()
    .describe('Keys that fared alike, with what the provider said'),
});
export type KeyVerifyResult = z.output<typeof keyVerifyResultSchema>;

/** What a piece of text looks like that could be a key all the same. */
export const oddKindSchema = z.enum([
  'word',
  'short',
  'number',
  'symbols',
  'url',
  'email',
  'path',
  'model',
  'header',
  'setting',
  'json',
  'placeholder',
  'mixed',
  'masked',
]);
export type OddKind = z.output<typeof oddKindSchema>;

/** What a key may have as its share of the traffic. */
export const WEIGHTS = { min: 1, max: 1000 };

/** Why a piece of text cannot be a key. */
export const invalidKindSchema = z.enum([
  'long',
  'unsendable',
  'spaces',
  'masked',
  'limit',
  'account',
  'weight',
  'tags',
  'missing',
  'surplus',
  'unread',
  'rest',
  'quote',
]);
export type InvalidKind = z.output<typeof invalidKindSchema>;

export const keyImportReportSchema = z
  .object({
    isPreview: z.boolean(),
    provider: z.string().meta({ example: 'openai' }),
    added: countSchema.describe('Keys that are new; in a preview, that would be'),
    duplicates: countSchema.describe('Repeats within the text'),
    existing: countSchema.describe('Keys that the provider has already'),
    unchanged: countSchema.describe(
      'Those of them for which the text has another weight, note, account, other limits or other tags. They stay as they are',
    ),
    elsewhere: z
      .array(z.object({ provider: z.string().meta({ example: 'openai' }), count: countSchema }))
      .describe('Keys among the new ones that other providers have too'),
    oddCount: countSchema.describe(
      'What could be a key and does not look like one; `odd` names the first 100. They are ' +
        'among `added` unless skipped',
    ),
    odd: z.array(
      z.object({
        line: countSchema,
        hint: z.string().meta({ example: 'sk-abc...wxyz' }),
        kind: oddKindSchema,
      }),
    ),
    oddKinds: z.partialRecord(oddKindSchema, countSchema).describe('How many of each kind'),
    invalidCount: countSchema.describe(
      'All that cannot be keys, or was not read; `invalid` names the first 100',
    ),
    invalid: z.array(
      z.object({
        line: countSchema,
        kind: invalidKindSchema,
        reason: z.string(),
        hint: z.string().meta({ example: 'sk-abc...wxyz' }),
      }),
    ),
    sample: z
      .array(
        z.object({
          line: countSchema,
          hint: z.string().meta({ example: 'sk-abc...wxyz' }),
          outcome: z.enum(['new', 'duplicate', 'existing']),
          limits: limitsSchema.nullable(),
          account: z.string().meta({ example: 'team-a' }).nullable(),
          weight: z.number(),
          tags: z.array(z.string().meta({ example: 'production' })),
        }),
      )
      .describe('The first 100 keys of the text, and what they have then'),
    fields: z
      .array(
        z.object({
          name: z.string().meta({ example: 'weight' }),
          use: z.enum(['key', 'note', 'account', 'limits', 'weight', 'tags']).nullable(),
        }),
      )
      .describe(
        'What the text calls the columns of its table or the members of its JSON, and what each is taken ' +
          'for; null: it is not taken. The first 100',
      ),
    verification: z
      .string()
      .nullable()
      .describe(
        'The task that tests the keys of the text, of kind `probe-keys`; null if that was not asked for',
      ),
  })
  .meta({ id: 'KeyImportReport' });
export type KeyImportReport = z.output<typeof keyImportReportSchema>;

export const keyDeletionSchema = z
  .object({
    deletionId: z.string().meta({ example: '01HZX3V9Q2K9' }),
    deleted: countSchema,
    undoUntil: timeSchema,
  })
  .meta({ id: 'KeyDeletion' });

export const keyFailureSchema = z
  .object({
    id: idSchema,
    at: timeSchema,
    requestId: z.string().meta({ example: 'req_6f1c0a0e2b00000001' }),
    requestLogId: z.string().meta({ example: '01HZX3V9Q2K7' }),
    model: z.string().meta({ example: 'gpt-4o-mini' }).nullable(),
    endpoint: z.string().meta({ example: '/chat/completions' }),
    status: z.number().int().nullable(),
    verdict: z.string().meta({ example: 'rate' }),
    message: z.string().meta({ example: 'Rate limit reached' }),
    upstreamBody: z.string().nullable(),
  })
  .meta({ id: 'KeyFailure' });

const keyTagSchema = z
  .object({
    tag: z.string().meta({ example: 'production' }),
    count: countSchema.describe('Keys that have it'),
  })
  .meta({ id: 'KeyTag' });
export type KeyTag = z.output<typeof keyTagSchema>;

export const KEY_FILE_TYPES = { txt: 'text/plain', json: 'application/json', csv: 'text/csv' } as const;

const exportOptions = {
  format: z.enum(['txt', 'json', 'csv']).default('txt'),
  secrets: queryBoolean.default(false).describe('With the keys themselves; otherwise only their hints'),
};

export const keysApi = {
  list: endpoint('keys.list', {
    summary: 'Keys with their live state',
    query: listQuery,
    answer: pageOf(keyItemSchema),
  }),
  search: endpoint('keys.search', {
    summary: 'The same list; the way to search for a whole key, which has no place in an address',
    body: listQuery,
    answer: pageOf(keyItemSchema),
  }),
  import: endpoint('keys.import', {
    summary:
      'Add keys from a text: one a line, or separated by commas, spaces or semicolons. With `preview` nothing is added',
    example: { provider: 'openai', text: 'sk-first sk-second', preview: true },
    body: z.strictObject({
      provider: z
        .string()
        .trim()
        .toLowerCase()
        .max(63, { error: 'must be the slug of a provider' })
        .describe('Empty in a preview for a provider that does not exist yet'),
      text: z
        .string()
        .min(1, { error: 'must not be empty' })
        .max(16 * 2 ** 20, { error: 'must be 16 MB at most' }),
      preview: z.boolean().default(false),
      note: noteSchema.default(''),
      weight: z.number().min(WEIGHTS.min).max(WEIGHTS.max).default(1),
      limits: limitsSchema
        .nullable()
        .optional()
        .describe('Of keys for which the text itself has none, in columns such as `requests_per_minute`'),
      account: accountSchema
        .nullable()
        .optional()
        .describe('Of keys for which the text itself has none, in a column `account`'),
      tags: tagsSchema.default([]).describe('Of keys for which the text itself has none, in a column `tags`'),
      odd: z
        .enum(['take', 'skip'])
        .default('take')
        .describe('What becomes of pieces that do not look like keys'),
      verify: z
        .boolean()
        .default(false)
        .describe('Tests the keys of the text at their provider as soon as they are there'),
    }),
    /** Many keys are added by a task: then `report` is null, and the task's `result` in the end. */
    answer: z.object({ report: keyImportReportSchema.nullable(), task: taskItemSchema.nullable() }),
  }),
  bulk: endpoint('keys.bulk', {
    summary: 'Do something with many keys, as a task; one that is soon done is finished in the answer',
    example: { action: 'disable', filter: { provider: 'openai', status: 'cooling' } },
    body: z
      .strictObject({
        action: keyBulkActionSchema,
        ...selection,
        to: slugSchema.optional().describe('The provider to move to'),
        set: z
          .strictObject({
            limits: limitsSchema.nullable().optional(),
            account: accountSchema.nullable().optional(),
            addTags: tagsSchema.min(1, { error: 'must not be empty' }).optional(),
            removeTags: tagsSchema.min(1, { error: 'must not be empty' }).optional(),
          })
          .optional()
          .describe(
            'What `edit` sets; null takes it away. Tags are added to those that a key has; a key that would ' +
              'have more than 20 is passed over',
          ),
      })
      .refine(hasOneSelection, oneSelection)
      .refine(({ action, to }) => (action === 'move') === (to !== undefined), {
        error: 'is the provider to move to, and needed for that only',
        path: ['to'],
      })
      .refine(({ action, set }) => (action === 'edit') === Object.keys(set ?? {}).length > 0, {
        error: 'is what to set, and needed for that only',
        path: ['set'],
      }),
    answer: z.object({ task: taskItemSchema }),
  }),
  undo: endpoint('keys.undo', {
    summary: 'Give deleted keys back, up to ten minutes later',
    body: z.strictObject({ deletionId: idSchema }),
    /** `lost`: keys whose provider is gone, or that were added again meanwhile. */
    answer: z.object({ restored: countSchema, lost: countSchema }),
  }),
  export: endpoint('keys.export', {
    summary: 'The keys that pass a filter, as a file',
    query: z.strictObject({ ...exportOptions, ...filter }),
    contentTypes: Object.values(KEY_FILE_TYPES),
  }),
  exportSelected: endpoint('keys.exportSelected', {
    summary: 'The chosen keys, as a file',
    example: { format: 'csv', filter: { provider: 'openai' } },
    body: z.strictObject({ ...exportOptions, ...selection }).refine(hasOneSelection, oneSelection),
    contentTypes: Object.values(KEY_FILE_TYPES),
  }),
  tags: endpoint('keys.tags', {
    summary: 'The tags that keys have, those of most keys first',
    query: z.strictObject({ provider: slugSchema.optional() }),
    answer: z.object({
      items: z
        .array(keyTagSchema)
        .describe('1,000 at most. Tags that differ in nothing but case are one, as it was written first'),
      total: countSchema,
    }),
  }),
  read: endpoint('keys.read', {
    summary: 'One key',
    params: idParams,
    answer: keyItemSchema,
  }),
  update: endpoint('keys.update', {
    summary: 'Change a key',
    params: idParams,
    example: { version: 3, weight: 2, note: 'paid by the research budget' },
    body: z.strictObject({
      version: countSchema
        .optional()
        .describe('The version that the change is based on; without it the last one wins'),
      weight: z.number().min(WEIGHTS.min).max(WEIGHTS.max).optional(),
      note: noteSchema.optional(),
      egressId: idSchema.nullable().optional().describe('Pins it to one proxy; null lets it go'),
      limits: limitsSchema.nullable().optional().describe('All of them; null: those of its provider'),
      account: accountSchema.nullable().optional(),
      tags: tagsSchema.optional().describe('All of them'),
      enabled: z.boolean().optional(),
      provider: slugSchema.optional().describe('Moves it to this provider'),
    }),
    answer: keyItemSchema,
  }),
  delete: endpoint('keys.delete', {
    summary: 'Delete a key; can be undone for ten minutes',
    params: idParams,
    answer: keyDeletionSchema,
  }),
  verify: endpoint('keys.verify', {
    summary: 'Ask its provider whether the key is any good; one that is comes back',
    params: idParams,
    answer: z.object({
      outcome: z.enum(['alive', 'rejected', 'unproven']),
      text: z.string().describe('What the provider said'),
      effect: z.string().meta({ example: 'rests for 20 s' }),
      key: keyItemSchema,
    }),
  }),
  reset: endpoint('keys.reset', {
    summary: 'Forget failures and cooldowns, and put it back into the rotation',
    params: idParams,
    answer: keyItemSchema,
  }),
  reveal: endpoint('keys.reveal', {
    summary: 'The key itself; goes into the audit list',
    params: idParams,
    answer: z.object({ value: z.string() }),
  }),
  usage: endpoint('keys.usage', {
    summary: 'What the key was used for',
    params: idParams,
    query: z.strictObject(rangeQuery),
    answer: z.object({
      ...spanShape,
      bucketMs: countSchema,
      totals: usageTotalsSchema,
      series: z.array(usagePointSchema),
      models: z.array(
        z.object({ model: z.string().meta({ example: 'gpt-4o-mini' }), totals: usageTotalsSchema }),
      ),
    }),
  }),
  failures: endpoint('keys.failures', {
    summary: 'Its last errors, the newest first',
    params: idParams,
    query: z.strictObject({ limit: queryInteger(1, 100).default(20) }),
    answer: z.object({ items: z.array(keyFailureSchema) }),
  }),
};
