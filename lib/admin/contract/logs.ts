import { z } from 'zod';
import { endpoint } from './endpoint';
import { PAGE_SIZE_MAX } from './page';
import { taskItemSchema } from './tasks';
import { countSchema, idParams, idSchema, queryInteger, queryTime, slugSchema, timeSchema } from './values';

export const LOG_FILE_TYPES = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const;
export type LogFileFormat = keyof typeof LOG_FILE_TYPES;

export const logKindSchema = z.enum(['requests', 'errors']);
export type LogKind = z.output<typeof logKindSchema>;

/** What a row names and what is there no more. */
export const goneSchema = z.array(z.enum(['provider', 'key', 'proxy']));
export type Gone = z.output<typeof goneSchema>;

/** A row as it was written. */
export const requestLogRowSchema = z.object({
  id: idSchema,
  at: timeSchema,
  requestId: z.string(),
  method: z.string(),
  endpoint: z.string(),
  model: z.string().nullable(),
  isStream: z.boolean(),
  provider: z.string().nullable(),
  keyId: z.string().nullable(),
  keyHint: z.string().nullable(),
  egressId: z.string().nullable(),
  /** Hint of the client token. */
  token: z.string().nullable(),
  status: z.number().int(),
  /** `success`, the name of a verdict, or the code of an error of the gateway's own. */
  outcome: z.string(),
  errorMessage: z.string().nullable(),
  attemptCount: countSchema,
  ttfbMs: z.number().nullable(),
  durationMs: z.number(),
  promptTokens: countSchema.nullable(),
  cachedTokens: countSchema.nullable(),
  completionTokens: countSchema.nullable(),
  reasoningTokens: countSchema.nullable(),
  requestBytes: countSchema,
  responseBytes: countSchema,
});
export const requestLogItemSchema = requestLogRowSchema.extend({ gone: goneSchema });
export type RequestLogItem = z.output<typeof requestLogItemSchema>;

export const errorLogRowSchema = z.object({
  id: idSchema,
  at: timeSchema,
  requestId: z.string(),
  /** The request's row in the request log. */
  requestLogId: z.string(),
  provider: z.string().nullable(),
  keyId: z.string().nullable(),
  keyHint: z.string().nullable(),
  egressId: z.string().nullable(),
  model: z.string().nullable(),
  endpoint: z.string(),
  status: z.number().int().nullable(),
  verdict: z.string(),
  message: z.string(),
});
export const errorLogItemSchema = errorLogRowSchema.extend({ gone: goneSchema });
export type ErrorLogItem = z.output<typeof errorLogItemSchema>;

/** One attempt of a request: which key, why it and not others, what came back, how long it took. */
export const attemptSchema = z.object({
  provider: z.string(),
  keyId: z.string(),
  keyHint: z.string(),
  egressId: z.string().nullable(),
  egressHint: z.string().nullable(),
  policy: z.string(),
  /** Keys of the pool, and those of them that were not disabled. */
  keys: countSchema,
  candidates: countSchema,
  /** Keys that were looked at before and passed over. */
  skipped: z.array(
    z.object({
      keyId: z.string(),
      hint: z.string(),
      reason: z.string(),
      until: timeSchema.nullable(),
      gone: goneSchema,
    }),
  ),
  skippedMore: countSchema,
  startMs: z.number(),
  durationMs: z.number(),
  verdict: z.string(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  /** What the key suffered, in words. */
  effect: z.string().nullable(),
  backoffMs: z.number().nullable(),
  gone: goneSchema,
});

/** The whole story of a request. */
export const logStorySchema = z.object({
  request: requestLogItemSchema.nullable(),
  attempts: z.array(attemptSchema),
  skippedProviders: z.array(
    z.object({ provider: z.string(), reason: z.string(), retryAfterMs: z.number().nullable() }),
  ),
  errors: z.array(
    errorLogItemSchema.extend({ upstreamBody: z.string().nullable(), requestBody: z.string().nullable() }),
  ),
});
export type LogStory = z.output<typeof logStorySchema>;

const statusFilter = z
  .string()
  .regex(/^([1-5]xx|[1-5]\d\d)$/, { error: 'must be a status such as 429, or a class such as 5xx' });

export const resultSchema = z.enum([
  'succeeded',
  'failed',
  'rateLimited',
  'serverErrors',
  'broken',
  'clientErrors',
  'cancelled',
]);
export type LogResult = z.output<typeof resultSchema>;

const filter = {
  from: queryTime.optional(),
  to: queryTime.optional(),
  provider: slugSchema.optional(),
  keyId: idSchema.optional(),
  model: z.string().trim().min(1).max(191).optional(),
  /**
   * What statistics count it as: `succeeded`, `rateLimited`, `serverErrors`, `broken`, `clientErrors`, `cancelled`, and `failed`, which is
   * rate-limited, server errors and broken ones together. Request log only.
   */
  result: resultSchema.optional(),
  /** A status or a class: `429`, `5xx`. Of requests `2xx` has only those that were answered whole; the others are `broken`. */
  status: statusFilter.optional(),
  /** Of a request its outcome, of an error its verdict; `failure` is every outcome but `success`. */
  outcome: z.string().trim().min(1).max(64).optional(),
  /** Part of a request id, model, path, hint or message, in any case; on SQLite that holds for the letters A to Z only. */
  text: z.string().trim().max(500).optional(),
  /** Hint of a client token. Request log only. */
  token: z.string().trim().min(1).max(64).optional(),
};

export const logFilterSchema = z.strictObject(filter);
export type LogFilter = z.output<typeof logFilterSchema>;

const listQuery = z.strictObject({
  page: queryInteger(1, 1_000_000).default(1),
  pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
  /** `nextCursor` of the page before; better than `page`, which shifts as new rows come and reaches back 10,000 rows only. */
  cursor: idSchema.optional(),
  /** How long to search at most, in milliseconds. A page that is not full by then says how far it looked. */
  searchMs: queryInteger(1, 10_000).default(1_500),
  ...filter,
});

const logPageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: countSchema,
    /** True: there are more than `total`, or that is not known. Never counted are rows that pass a filter, and more than 10,000. */
    isTotalApproximate: z.boolean(),
    page: countSchema,
    pageSize: countSchema,
    /** null at the end. */
    nextCursor: z.string().nullable(),
    /** False: the time was up before the page was full or the log at its end. Ask with `nextCursor` to search on. */
    isComplete: z.boolean(),
    /** If not complete: rows of requests that began after this were looked at. */
    searchedTo: timeSchema.nullable(),
  });

export const logsApi = {
  requests: endpoint('logs.requests', {
    summary: 'Requests, the newest first',
    query: listQuery,
    answer: logPageOf(requestLogItemSchema),
  }),
  errors: endpoint('logs.errors', {
    summary: 'Failed attempts and requests, the newest first',
    query: listQuery,
    answer: logPageOf(errorLogItemSchema),
  }),
  read: endpoint('logs.read', {
    summary: 'The story of a request, by the id of its row or of one of its errors',
    params: idParams,
    answer: logStorySchema,
  }),
  delete: endpoint('logs.delete', {
    summary: 'Delete chosen rows, those that pass a filter, or all, as a task',
    body: z
      .strictObject({
        kind: logKindSchema,
        ids: z.array(idSchema).min(1).max(10_000).optional(),
        filter: logFilterSchema.optional(),
        all: z.literal(true).optional(),
      })
      .refine(({ ids, filter, all }) => [ids, filter, all].filter((one) => one !== undefined).length === 1, {
        error: 'give ids, a filter or all',
        path: ['ids'],
      }),
    answer: z.object({ task: taskItemSchema }),
  }),
  export: endpoint('logs.export', {
    summary: 'Rows that pass a filter, as a file',
    query: z.strictObject({
      kind: logKindSchema.default('requests'),
      format: z.enum(['csv', 'jsonl']).default('csv'),
      ...filter,
    }),
    contentTypes: Object.values(LOG_FILE_TYPES),
  }),
};
