import { z } from 'zod';
import { endpoint } from './endpoint';
import { pageOf, pageQuery } from './page';
import { taskItemSchema } from './tasks';
import {
  breakerSchema,
  configSourceSchema,
  countSchema,
  doneSchema,
  idParams,
  idSchema,
  noteSchema,
  timeSchema,
} from './values';

/**
 * By tests and traffic, whichever told last. `failing`: in use, but its last test failed or its breaker is open. `unchecked`:
 * nothing has gone through it, nor has a test been made.
 */
export const proxyStatusSchema = z.enum([
  'healthy',
  'unchecked',
  'failing',
  'disabled_auto',
  'disabled_manual',
]);
export type ProxyStatus = z.output<typeof proxyStatusSchema>;

export const proxyItemSchema = z.object({
  id: idSchema,
  /** With the user, never with the password: `socks5://user:***@host:1080`. */
  address: z.string(),
  scheme: z.string(),
  host: z.string(),
  port: z.number().int(),
  hasPassword: z.boolean(),
  /** For every provider that has no proxies of its own. */
  isShared: z.boolean(),
  source: configSourceSchema,
  status: proxyStatusSchema,
  /** Why it is disabled. */
  reason: z.string().nullable(),
  breaker: breakerSchema,
  /** Failed checks in a row. */
  failures: countSchema,
  /** Of the last check. */
  latencyMs: z.number().nullable(),
  lastCheckedAt: timeSchema.nullable(),
  /** HTTP status that the test address answered with. */
  lastStatus: z.number().int().nullable(),
  /** When something last came back through it, of traffic or of a test; null if nothing has since the start. */
  lastWorkedAt: timeSchema.nullable(),
  /** Since when it has not worked; null unless it has failed since it last did. */
  failingSince: timeSchema.nullable(),
  /** Of the last check, or of traffic since then; null if it has worked after that. */
  lastError: z.string().nullable(),
  /** Keys that go through it as things are. */
  boundKeys: countSchema,
  inFlight: countSchema,
  /** Attempts through it since the start, and those of them that failed by its own doing. */
  requestCount: countSchema,
  errorCount: countSchema,
  note: z.string(),
  createdAt: timeSchema,
  version: countSchema,
});
export type ProxyItem = z.output<typeof proxyItemSchema>;

export const proxyTestSchema = z.object({
  ok: z.boolean(),
  latencyMs: z.number().nullable(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  /** It did not pass, and that may be the fault of what lies behind the proxy: it counts neither way. */
  isUnclear: z.boolean(),
  /** Where it was made, in order, until one passed. */
  tried: z.array(z.object({ address: z.string(), error: z.string().nullable() })),
});

export const proxyImportReportSchema = z.object({
  added: z.array(proxyItemSchema),
  /** Repeats within the text, and those that are there already. */
  duplicates: countSchema,
  invalid: z.array(z.object({ line: countSchema, reason: z.string(), address: z.string() })),
});

/** The `result` of a finished task of kind `proxies-bulk`. */
export const proxyBulkResultSchema = z.object({
  action: z.string(),
  matched: countSchema,
  changed: countSchema,
  skipped: countSchema,
  /** Of a test. `unclear`: it did not pass, and that may be the fault of what lies behind the proxy, so it counts neither way. */
  passed: countSchema.nullable(),
  failed: countSchema.nullable(),
  unclear: countSchema.nullable(),
  /** The hosts, with ports, that were asked for through the proxies. */
  testedAt: z.array(z.string()),
});
export type ProxyBulkResult = z.output<typeof proxyBulkResultSchema>;

const sorts = [
  'createdAt',
  'address',
  'status',
  'latencyMs',
  'failures',
  'boundKeys',
  'lastCheckedAt',
] as const;

export const proxiesApi = {
  list: endpoint('proxies.list', {
    summary: 'Egress proxies with their health',
    query: z.strictObject({
      ...pageQuery('asc'),
      sort: z.enum(sorts).default('createdAt'),
      status: z.enum([...proxyStatusSchema.options, 'disabled']).optional(),
      search: z.string().trim().max(500).optional(),
    }),
    answer: pageOf(proxyItemSchema),
  }),
  create: endpoint('proxies.create', {
    summary: 'Add proxies from a text, one a line or separated by commas or spaces',
    body: z.strictObject({
      text: z
        .string()
        .min(1, { error: 'must not be empty' })
        .max(2 ** 20),
      /** False: only for the providers whose own list names them. */
      isShared: z.boolean().default(true),
      note: noteSchema.default(''),
    }),
    /** A text of a million characters, with room for its escapes. */
    bodyBytesMax: 4 * 2 ** 20,
    answer: proxyImportReportSchema,
  }),
  testUnsaved: endpoint('proxies.testUnsaved', {
    summary: 'Test addresses without keeping them',
    body: z.strictObject({ urls: z.array(z.string().trim().min(1).max(2000)).min(1).max(50) }),
    /** In the order of the request. */
    answer: z.object({ items: z.array(proxyTestSchema.extend({ address: z.string() })) }),
  }),
  bulk: endpoint('proxies.bulk', {
    summary:
      'Do something with many proxies, as a task; `delete-failed` deletes those that are failing or disabled_auto',
    body: z
      .strictObject({
        action: z.enum(['test', 'enable', 'disable', 'delete', 'delete-failed']),
        ids: z.array(idSchema).min(1).max(10_000).optional(),
        all: z.literal(true).optional(),
      })
      .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), {
        error: 'give either ids or all',
        path: ['ids'],
      }),
    answer: z.object({ task: taskItemSchema }),
  }),
  read: endpoint('proxies.read', {
    summary: 'One proxy',
    params: idParams,
    answer: proxyItemSchema,
  }),
  update: endpoint('proxies.update', {
    summary: 'Change a proxy; what is left out stays',
    params: idParams,
    body: z.strictObject({
      version: countSchema.optional(),
      note: noteSchema.optional(),
      isShared: z.boolean().optional(),
      enabled: z.boolean().optional(),
    }),
    answer: proxyItemSchema,
  }),
  delete: endpoint('proxies.delete', {
    summary: 'Delete a proxy; its keys go through others',
    params: idParams,
    answer: doneSchema,
  }),
  test: endpoint('proxies.test', {
    summary: 'Test a proxy and note how it went',
    params: idParams,
    answer: proxyTestSchema.extend({ proxy: proxyItemSchema }),
  }),
};
