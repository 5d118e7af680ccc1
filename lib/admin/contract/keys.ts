import { z } from 'zod';
import { endpoint } from './endpoint';
import { pageOf, pageQuery } from './page';
import { rangeSchema, usagePointSchema, usageTotalsSchema } from './stats';
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

/**
 * `cooling`: rests as a whole, or for at least one model. `disabled_auto`: out until a probe or a person brings it back;
 * `disabled_manual`: out until a person does.
 */
export const keyStatusSchema = z.enum(['active', 'cooling', 'disabled_auto', 'disabled_manual']);
export type KeyStatus = z.output<typeof keyStatusSchema>;

export const keyItemSchema = z.object({
  id: idSchema,
  providerId: idSchema,
  /** Slug. */
  provider: z.string(),
  /** `sk-abc...wxyz`; the key itself is only in the answer of `reveal` and in an export with secrets. */
  hint: z.string(),
  source: configSourceSchema,
  /** Share of the traffic under the policy `weighted`. */
  weight: z.number(),
  note: z.string(),
  status: keyStatusSchema,
  /** Why it is disabled. */
  reason: z.string().nullable(),
  /** In a row. */
  failures: countSchema,
  /** When the rest of the whole key ends; null if it does not rest. */
  cooldownUntil: timeSchema.nullable(),
  /** Models that it rests for. */
  modelCooldowns: z.array(z.object({ model: z.string(), until: timeSchema })),
  inFlight: countSchema,
  /** Attempts with this key. */
  requestCount: countSchema,
  /**
   * Those of them that failed by the key's or the provider's doing. `failedAttempts` of its usage has those too of which that is not
   * known, or that were a proxy's or the gateway's own.
   */
  errorCount: countSchema,
  lastUsedAt: timeSchema.nullable(),
  lastErrorAt: timeSchema.nullable(),
  /** null if there was no error, or no answer. */
  lastErrorStatus: z.number().int().nullable(),
  /** The one proxy that it is pinned to. */
  egressId: idSchema.nullable(),
  createdAt: timeSchema,
  /** Send it with an update; it changes when somebody edits the key, not when its live state does. */
  version: countSchema,
});
export type KeyItem = z.output<typeof keyItemSchema>;

const filter = {
  provider: slugSchema.optional(),
  /** `disabled` is both kinds of it. */
  status: z.enum([...keyStatusSchema.options, 'disabled']).optional(),
  /** Part of the hint or the note, or a whole key. */
  search: z.string().trim().max(4096).optional(),
  minFailures: queryInteger(0, 1_000_000).optional(),
  /** Status of the last error; 0 means an error without any answer. */
  errorStatus: queryInteger(0, 599).optional(),
  /** Resting for this model, or as a whole. */
  model: z.string().trim().min(1).max(191).optional(),
};

export const keyFilterSchema = z.strictObject(filter);
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

/** Room for 100,000 ids. */
const SELECTION_BYTES_MAX = 8 * 2 ** 20;

/** Which keys a bulk action is for: `ids`, or all that pass `filter` (`{}` is every key). */
const selection = {
  ids: z.array(idSchema).min(1).max(100_000).optional(),
  filter: keyFilterSchema.optional(),
};

function hasOneSelection({ ids, filter }: { readonly ids?: unknown; readonly filter?: unknown }): boolean {
  return (ids === undefined) !== (filter === undefined);
}
const oneSelection = { error: 'give either ids or a filter', path: ['ids'] };

export const keyBulkActionSchema = z.enum(['verify', 'reset', 'enable', 'disable', 'delete', 'move']);
export type KeyBulkAction = z.output<typeof keyBulkActionSchema>;

/** The `result` of a finished task of kind `keys-bulk`. That of `probe-keys` is `keyVerifyResultSchema`. */
export const keyBulkResultSchema = z.object({
  action: keyBulkActionSchema,
  /** Keys that were chosen. */
  matched: countSchema,
  /** Keys that the action was carried out on. */
  changed: countSchema,
  /** Keys that it was not, such as those that the provider moved to has already; with reasons in words. */
  skipped: countSchema,
  reasons: z.array(z.object({ reason: z.string(), count: countSchema })),
  /** Of a deletion: gives the keys back with `POST /keys/undo`, until `undoUntil`. */
  deletionId: z.string().nullable(),
  undoUntil: timeSchema.nullable(),
});
export type KeyBulkResult = z.output<typeof keyBulkResultSchema>;

/** The `result` of a task of kind `probe-keys`. */
export const keyVerifyResultSchema = z.looseObject({
  alive: countSchema,
  rejected: countSchema,
  unproven: countSchema,
  skipped: countSchema,
  /** Keys that fared alike, with what the provider said. */
  groups: z.array(z.looseObject({ outcome: z.string(), text: z.string(), count: countSchema })).optional(),
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
  'masked',
]);
export type OddKind = z.output<typeof oddKindSchema>;

/** Why a piece of text cannot be a key. */
export const invalidKindSchema = z.enum(['long', 'unsendable', 'spaces', 'masked']);
export type InvalidKind = z.output<typeof invalidKindSchema>;

export const keyImportReportSchema = z.object({
  isPreview: z.boolean(),
  provider: z.string(),
  /** Keys that are new; in a preview, that would be. */
  added: countSchema,
  /** Repeats within the text. */
  duplicates: countSchema,
  /** Keys that the provider has already. */
  existing: countSchema,
  /** Keys among the new ones that other providers have too. */
  elsewhere: z.array(z.object({ provider: z.string(), count: countSchema })),
  /** What could be a key and does not look like one; `odd` names the first 100. They are among `added` unless skipped. */
  oddCount: countSchema,
  odd: z.array(z.object({ line: countSchema, hint: z.string(), kind: oddKindSchema })),
  /** How many of each kind. */
  oddKinds: z.partialRecord(oddKindSchema, countSchema),
  /** All that cannot be keys; `invalid` names the first 100. */
  invalidCount: countSchema,
  invalid: z.array(
    z.object({ line: countSchema, kind: invalidKindSchema, reason: z.string(), hint: z.string() }),
  ),
  /** The first 100 keys of the text, and what becomes of them. */
  sample: z.array(
    z.object({ line: countSchema, hint: z.string(), outcome: z.enum(['new', 'duplicate', 'existing']) }),
  ),
  /** The task that tests the keys of the text, of kind `probe-keys`; null if that was not asked for. */
  verification: z.string().nullable(),
});
export type KeyImportReport = z.output<typeof keyImportReportSchema>;

export const keyDeletionSchema = z.object({
  deletionId: z.string(),
  deleted: countSchema,
  undoUntil: timeSchema,
});

export const keyFailureSchema = z.object({
  id: idSchema,
  at: timeSchema,
  requestId: z.string(),
  requestLogId: z.string(),
  model: z.string().nullable(),
  endpoint: z.string(),
  status: z.number().int().nullable(),
  verdict: z.string(),
  message: z.string(),
  upstreamBody: z.string().nullable(),
});

export const KEY_FILE_TYPES = { txt: 'text/plain', json: 'application/json', csv: 'text/csv' } as const;

const exportOptions = {
  format: z.enum(['txt', 'json', 'csv']).default('txt'),
  /** With the keys themselves; otherwise only their hints. */
  secrets: queryBoolean.default(false),
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
    body: z.strictObject({
      /** Empty in a preview for a provider that does not exist yet. */
      provider: z.string().trim().toLowerCase().max(63, { error: 'must be the slug of a provider' }),
      text: z
        .string()
        .min(1, { error: 'must not be empty' })
        .max(16 * 2 ** 20, { error: 'must be 16 MB at most' }),
      preview: z.boolean().default(false),
      note: noteSchema.default(''),
      weight: z.number().min(1).max(1000).default(1),
      /** What becomes of pieces that do not look like keys. */
      odd: z.enum(['take', 'skip']).default('take'),
      /** Tests the keys of the text at their provider as soon as they are there. */
      verify: z.boolean().default(false),
    }),
    /** A text of 16 MB, with room for its escapes. */
    bodyBytesMax: 20 * 2 ** 20,
    /** Many keys are added by a task: then `report` is null, and the task's `result` in the end. */
    answer: z.object({ report: keyImportReportSchema.nullable(), task: taskItemSchema.nullable() }),
  }),
  bulk: endpoint('keys.bulk', {
    summary: 'Do something with many keys, as a task; one that is soon done is finished in the answer',
    body: z
      .strictObject({
        action: keyBulkActionSchema,
        ...selection,
        /** The provider to move to. */
        to: slugSchema.optional(),
      })
      .refine(hasOneSelection, oneSelection)
      .refine(({ action, to }) => (action === 'move') === (to !== undefined), {
        error: 'is the provider to move to, and needed for that only',
        path: ['to'],
      }),
    bodyBytesMax: SELECTION_BYTES_MAX,
    answer: z.object({ task: taskItemSchema }),
  }),
  undo: endpoint('keys.undo', {
    summary: 'Give deleted keys back, up to ten minutes later',
    body: z.strictObject({ deletionId: idSchema }),
    /** `lost`: keys whose provider is gone, or that were added anew meanwhile. */
    answer: z.object({ restored: countSchema, lost: countSchema }),
  }),
  export: endpoint('keys.export', {
    summary: 'The keys that pass a filter, as a file',
    query: z.strictObject({ ...exportOptions, ...filter }),
    contentTypes: Object.values(KEY_FILE_TYPES),
  }),
  exportSelected: endpoint('keys.exportSelected', {
    summary: 'The chosen keys, as a file',
    body: z.strictObject({ ...exportOptions, ...selection }).refine(hasOneSelection, oneSelection),
    bodyBytesMax: SELECTION_BYTES_MAX,
    contentTypes: Object.values(KEY_FILE_TYPES),
  }),
  read: endpoint('keys.read', {
    summary: 'One key',
    params: idParams,
    answer: keyItemSchema,
  }),
  update: endpoint('keys.update', {
    summary: 'Change a key',
    params: idParams,
    body: z.strictObject({
      /** The version that the change is based on; without it the last one wins. */
      version: countSchema.optional(),
      weight: z.number().min(1).max(1000).optional(),
      note: noteSchema.optional(),
      /** Pins it to one proxy; null lets it go. */
      egressId: idSchema.nullable().optional(),
      enabled: z.boolean().optional(),
      /** Moves it to this provider. */
      provider: slugSchema.optional(),
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
      /** What the provider said. */
      text: z.string(),
      effect: z.string(),
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
    query: z.strictObject({ range: rangeSchema.default('24h') }),
    answer: z.object({
      range: rangeSchema,
      bucketMs: countSchema,
      totals: usageTotalsSchema,
      series: z.array(usagePointSchema),
      models: z.array(z.object({ model: z.string(), totals: usageTotalsSchema })),
    }),
  }),
  failures: endpoint('keys.failures', {
    summary: 'Its last errors, the newest first',
    params: idParams,
    query: z.strictObject({ limit: queryInteger(1, 100).default(20) }),
    answer: z.object({ items: z.array(keyFailureSchema) }),
  }),
};
