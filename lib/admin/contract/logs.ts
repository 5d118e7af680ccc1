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

const upstreamIdSchema = z
  .string()
  .meta({ example: 'req_011CQ5x0d7f2' })
  .nullable()
  .describe("The provider's own id of its answer, for its support");

/** A row as it was written. */
export const requestLogRowSchema = z.object({
  id: idSchema,
  at: timeSchema,
  requestId: z.string().meta({ example: 'req_6f1c0a0e2b00000001' }),
  method: z.string().meta({ example: 'POST' }),
  endpoint: z.string().meta({ example: '/chat/completions' }),
  model: z.string().meta({ example: 'gpt-4o-mini' }).nullable().describe('The name that was sent last'),
  isStream: z.boolean(),
  provider: z.string().meta({ example: 'openai' }).nullable(),
  keyId: z.string().meta({ example: '01HZX3V9Q2K7' }).nullable(),
  keyHint: z.string().meta({ example: 'sk-abc...wxyz' }).nullable(),
  egressId: z.string().meta({ example: '01HZX3V9Q2K8' }).nullable(),
  token: z.string().meta({ example: 'sk-cl...9f2a' }).nullable().describe('Hint of the client token'),
  status: z.number().int(),
  outcome: z
    .string()
    .meta({ example: 'success' })
    .describe("`success`, the name of a verdict, or the code of an error of the gateway's own"),
  errorMessage: z.string().nullable(),
  attemptCount: countSchema,
  ttfbMs: z.number().nullable(),
  durationMs: z.number(),
  promptTokens: countSchema.nullable(),
  cachedTokens: countSchema.nullable(),
  completionTokens: countSchema.nullable(),
  reasoningTokens: countSchema.nullable(),
  costUsd: z
    .number()
    .min(0)
    .meta({ example: 0.00123 })
    .nullable()
    .describe('What it cost in US dollars, by the price that held then; null if that was not known'),
  requestBytes: countSchema,
  responseBytes: countSchema,
  upstreamId: upstreamIdSchema,
  modelAsked: z
    .string()
    .meta({ example: 'fast' })
    .nullable()
    .describe('The name that was asked for, if another one was sent'),
  route: z.string().meta({ example: 'fast' }).nullable().describe('The model route that was asked for'),
});
export const requestLogItemSchema = requestLogRowSchema
  .extend({ gone: goneSchema })
  .meta({ id: 'RequestLog' });
export type RequestLogItem = z.output<typeof requestLogItemSchema>;

export const errorLogRowSchema = z.object({
  id: idSchema,
  at: timeSchema,
  requestId: z.string().meta({ example: 'req_6f1c0a0e2b00000001' }),
  requestLogId: z.string().meta({ example: '01HZX3V9Q2K7' }).describe("The request's row in the request log"),
  provider: z.string().meta({ example: 'openai' }).nullable(),
  keyId: z.string().meta({ example: '01HZX3V9Q2K7' }).nullable(),
  keyHint: z.string().meta({ example: 'sk-abc...wxyz' }).nullable(),
  egressId: z.string().meta({ example: '01HZX3V9Q2K8' }).nullable(),
  model: z.string().meta({ example: 'gpt-4o-mini' }).nullable(),
  endpoint: z.string().meta({ example: '/chat/completions' }),
  status: z.number().int().nullable(),
  verdict: z.string().meta({ example: 'rate' }),
  message: z.string().meta({ example: 'Rate limit reached' }),
  upstreamId: upstreamIdSchema,
});
export const errorLogItemSchema = errorLogRowSchema.extend({ gone: goneSchema }).meta({ id: 'ErrorLog' });
export type ErrorLogItem = z.output<typeof errorLogItemSchema>;

export const attemptSchema = z
  .object({
    provider: z.string().meta({ example: 'openai' }),
    model: z
      .string()
      .meta({ example: 'llama-3.3-70b' })
      .nullable()
      .describe('What it was sent as, if that is not the name asked for'),
    keyId: z.string().meta({ example: '01HZX3V9Q2K7' }),
    keyHint: z.string().meta({ example: 'sk-abc...wxyz' }),
    egressId: z.string().meta({ example: '01HZX3V9Q2K8' }).nullable(),
    egressHint: z.string().nullable(),
    policy: z.string().meta({ example: 'headroom' }),
    ownerOf: z
      .string()
      .meta({ example: 'file-abc123' })
      .nullable()
      .describe('The object because of which it had to be this key'),
    keys: countSchema.describe('Keys of the pool, and those of them that were not disabled'),
    candidates: countSchema,
    skipped: z
      .array(
        z.object({
          keyId: z.string().meta({ example: '01HZX3V9Q2K7' }),
          hint: z.string().meta({ example: 'sk-abc...wxyz' }),
          reason: z.string(),
          until: timeSchema.nullable(),
          gone: goneSchema,
        }),
      )
      .describe('Keys that were looked at before and passed over'),
    skippedMore: countSchema,
    startMs: z.number(),
    durationMs: z.number(),
    verdict: z.string().meta({ example: 'rate' }),
    status: z.number().int().nullable(),
    upstreamId: upstreamIdSchema,
    error: z.string().nullable(),
    effect: z
      .string()
      .meta({ example: 'rests for 20 s' })
      .nullable()
      .describe('What the key suffered, in words'),
    backoffMs: z.number().nullable(),
    isHedge: z
      .boolean()
      .describe('Sent beside another attempt, which had not been answered for HEDGE_SECONDS'),
    gone: goneSchema,
  })
  .meta({
    id: 'Attempt',
    description:
      'One attempt of a request: which key, why it and not others, what came back, how long it took',
  });

export const logStorySchema = z
  .object({
    request: requestLogItemSchema.nullable(),
    attempts: z.array(attemptSchema),
    skippedProviders: z.array(
      z.object({
        provider: z.string().meta({ example: 'openai' }),
        model: z.string().nullable().describe('What the model is called there, if that is another name'),
        reason: z.string(),
        retryAfterMs: z.number().nullable(),
      }),
    ),
    waits: z
      .array(
        z.object({
          provider: z.string().meta({ example: 'openai' }),
          reason: z.string().meta({ example: 'all_cooling' }),
          startMs: z.number(),
          durationMs: z.number(),
          end: z.enum(['served', 'shortage', 'left']),
        }),
      )
      .describe('When it waited for a key, for what to be over, and whether it got one'),
    socket: z
      .object({ framesSent: z.int(), framesReceived: z.int() })
      .nullable()
      .describe('Of a WebSocket: the messages that its client has sent and received'),
    errors: z.array(
      errorLogItemSchema.extend({
        upstreamBody: z.string().nullable(),
        requestBody: z.string().nullable().describe('If it was recorded; null for viewers'),
        isBodyHidden: z.boolean().describe('A request body was recorded, and a viewer does not get it'),
      }),
    ),
  })
  .meta({ id: 'LogStory', description: 'The whole story of a request' });
export type LogStory = z.output<typeof logStorySchema>;

const statusFilter = z
  .string()
  .meta({ example: '5xx' })
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

/** A month: no request takes longer. */
const DURATION_MS_MAX = 31 * 86_400_000;

const filter = {
  from: queryTime.optional(),
  to: queryTime.optional(),
  provider: slugSchema.optional(),
  keyId: idSchema.optional(),
  model: z.string().trim().min(1).max(191).optional().describe('The name asked for, or the one sent'),
  result: resultSchema
    .optional()
    .describe(
      'What statistics count it as: `succeeded`, `rateLimited`, `serverErrors`, `broken`, ' +
        '`clientErrors`, `cancelled`, and `failed`, which is rate-limited, server errors and ' +
        'broken ones together. Request log only',
    ),
  status: statusFilter
    .optional()
    .describe(
      'A status or a class: `429`, `5xx`. Of requests `2xx` has only those that were answered whole; ' +
        'the others are `broken`',
    ),
  outcome: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .optional()
    .describe('Of a request its outcome, of an error its verdict; `failure` is every outcome but `success`'),
  text: z
    .string()
    .trim()
    .max(500)
    .optional()
    .describe(
      'Part of a request id, ours or the provider’s, a model, path, hint or message, in any case; on SQLite that holds ' +
        'for the letters A to Z only. The whole id of a request in the log finds that request and nothing else, at once',
    ),
  token: z.string().trim().min(1).max(64).optional().describe('Hint of a client token. Request log only'),
  durationMsMin: queryInteger(0, DURATION_MS_MAX)
    .optional()
    .describe('Requests that took so long or longer, in milliseconds. Request log only'),
  durationMsMax: queryInteger(0, DURATION_MS_MAX)
    .optional()
    .describe('Requests that took so long or less, in milliseconds. Request log only'),
};

export const logFilterSchema = z.strictObject(filter).meta({ id: 'LogFilter' });
export type LogFilter = z.output<typeof logFilterSchema>;

const listQuery = z.strictObject({
  page: queryInteger(1, 1_000_000).default(1),
  pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
  cursor: idSchema
    .optional()
    .describe(
      '`nextCursor` of the page before; better than `page`, which shifts as new rows come and ' +
        'reaches back 10,000 rows only',
    ),
  searchMs: queryInteger(1, 10_000)
    .default(200)
    .describe(
      'How long to search at most, in milliseconds. A page that is not full by then says how ' +
        'far it looked',
    ),
  ...filter,
});

const logPageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: countSchema,
    isTotalApproximate: z
      .boolean()
      .describe(
        'True: there are more than `total`, or that is not known. Never counted are rows that ' +
          'pass a filter, and more than 10,000',
      ),
    page: countSchema,
    pageSize: countSchema,
    nextCursor: z.string().nullable().describe('null at the end'),
    isComplete: z
      .boolean()
      .describe(
        'False: the time was up before the page was full or the log at its end. Ask with ' +
          '`nextCursor` to search on',
      ),
    searchedTo: timeSchema
      .nullable()
      .describe('If not complete: rows of requests that began after this were looked at'),
  });

const histogramQuery = z.strictObject({
  ...filter,
  from: filter.from.describe('Without it the bars cover 24 hours, up to `to` or to now'),
  cursor: idSchema
    .optional()
    .describe('`nextCursor` of the count before: only older rows are counted, to be added to those'),
  searchMs: queryInteger(1, 10_000)
    .default(200)
    .describe('How long to count at most, in milliseconds, the newest rows first'),
});

export const logBarSchema = z
  .object({
    at: timeSchema.describe('When it begins'),
    succeeded: countSchema,
    failed: countSchema.describe(
      'Of requests what `result=failed` lists; of errors those that are not the client’s own doing',
    ),
    other: countSchema.describe("Neither: the client's own doing, or a client that left"),
  })
  .meta({ id: 'LogBar' });
export type LogBarItem = z.output<typeof logBarSchema>;

export const logHistogramSchema = z
  .object({
    from: timeSchema.describe('The first millisecond that is counted'),
    to: timeSchema.describe('The last one'),
    barMs: countSchema.describe('What a bar covers, in milliseconds: a minute or more'),
    bars: z
      .array(logBarSchema)
      .describe('In order of time, 61 at most, those without rows too. The first may begin before `from`'),
    total: countSchema.describe('Rows that were counted, which are those that the list has of this time'),
    isComplete: z.boolean().describe('False: the time was up before all were counted'),
    countedTo: timeSchema.nullable().describe('If not complete: what is older may have more than is said'),
    nextCursor: z.string().nullable().describe('If not complete: ask with it to count on'),
    tookMs: countSchema.describe(
      'How long counting took, in milliseconds: whoever asks again and again may pace by it',
    ),
  })
  .meta({
    id: 'LogHistogram',
    description: 'How many rows of a log there are, by time and by how they ended',
  });
export type LogHistogramAnswer = z.output<typeof logHistogramSchema>;

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
  requestsHistogram: endpoint('logs.requestsHistogram', {
    summary: 'How many requests pass a filter, by time and result',
    query: histogramQuery,
    answer: logHistogramSchema,
  }),
  errorsHistogram: endpoint('logs.errorsHistogram', {
    summary: 'How many failed attempts and requests pass a filter, by time',
    query: histogramQuery,
    answer: logHistogramSchema,
  }),
  read: endpoint('logs.read', {
    summary: 'The story of a request, by the id of its row or of one of its errors',
    params: idParams,
    answer: logStorySchema,
  }),
  delete: endpoint('logs.delete', {
    summary: 'Delete chosen rows, those that pass a filter, or all, as a task',
    example: { kind: 'errors', filter: { status: '5xx' } },
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
