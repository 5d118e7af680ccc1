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

export const proxyStatusSchema = z
  .enum(['healthy', 'unchecked', 'failing', 'disabled_auto', 'disabled_manual'])
  .meta({
    id: 'ProxyStatus',
    description:
      'By tests and traffic, whichever told last. `failing`: in use, but its last test failed ' +
      'or its breaker is open. `unchecked`: nothing has gone through it, nor has a test been ' +
      'made',
  });
export type ProxyStatus = z.output<typeof proxyStatusSchema>;

export const proxyItemSchema = z
  .object({
    id: idSchema,
    address: z
      .string()
      .meta({ example: 'socks5://user:***@10.0.0.2:1080' })
      .describe(
        'With the user (with no password, a hint of it), never with the password: `socks5://user:***@host:1080`',
      ),
    scheme: z.string().meta({ example: 'socks5' }),
    host: z.string().meta({ example: '10.0.0.2' }),
    port: z.number().int(),
    hasPassword: z.boolean(),
    isShared: z.boolean().describe('For every provider that has no proxies of its own'),
    source: configSourceSchema,
    status: proxyStatusSchema,
    reason: z.string().nullable().describe('Why it is disabled'),
    breaker: breakerSchema,
    failures: countSchema.describe('Failed checks in a row'),
    latencyMs: z.number().nullable().describe('Of the last check'),
    lastCheckedAt: timeSchema.nullable(),
    lastStatus: z.number().int().nullable().describe('HTTP status that the test address answered with'),
    lastWorkedAt: timeSchema
      .nullable()
      .describe(
        'When something last came back through it, of traffic or of a test; null if nothing has ' +
          'since the start',
      ),
    failingSince: timeSchema
      .nullable()
      .describe('Since when it has not worked; null unless it has failed since it last did'),
    lastError: z
      .string()
      .nullable()
      .describe('Of the last check, or of traffic since then; null if it has worked after that'),
    boundKeys: countSchema.describe('Keys that go through it as things are'),
    inFlight: countSchema,
    requestCount: countSchema.describe(
      'Attempts through it at all instances that run, since the start of each, and those of them that ' +
        'failed by its own doing',
    ),
    errorCount: countSchema,
    note: z.string(),
    createdAt: timeSchema,
    version: countSchema,
  })
  .meta({ id: 'Proxy' });
export type ProxyItem = z.output<typeof proxyItemSchema>;

export const proxyTestSchema = z
  .object({
    ok: z.boolean(),
    latencyMs: z.number().nullable(),
    status: z.number().int().nullable(),
    error: z.string().nullable(),
    isUnclear: z
      .boolean()
      .describe(
        'It did not pass, and that may be the fault of what lies behind the proxy: it counts neither way',
      ),
    tried: z
      .array(
        z.object({
          address: z.string().meta({ example: 'socks5://user:***@10.0.0.2:1080' }),
          error: z.string().nullable(),
        }),
      )
      .describe('Where it was made, in order, until one passed'),
  })
  .meta({ id: 'ProxyTest' });

export const proxyImportReportSchema = z
  .object({
    added: z.array(proxyItemSchema),
    duplicates: countSchema.describe('Repeats within the text, and those that are there already'),
    invalid: z.array(
      z.object({
        line: countSchema,
        reason: z.string(),
        address: z.string().meta({ example: 'socks5://user:***@10.0.0.2:1080' }),
      }),
    ),
  })
  .meta({ id: 'ProxyImportReport' });

/** The `result` of a finished task of kind `proxies-bulk`. */
export const proxyBulkResultSchema = z.object({
  action: z.string().meta({ example: 'keys.import' }),
  matched: countSchema,
  changed: countSchema,
  skipped: countSchema,
  passed: countSchema
    .nullable()
    .describe(
      'Of a test. `unclear`: it did not pass, and that may be the fault of what lies behind the ' +
        'proxy, so it counts neither way',
    ),
  failed: countSchema.nullable(),
  unclear: countSchema.nullable(),
  testedAt: z.array(z.string()).describe('The hosts, with ports, that were asked for through the proxies'),
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
    summary: 'Proxies with their health',
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
    example: { text: 'socks5://user:word@10.0.0.2:1080' },
    body: z.strictObject({
      text: z
        .string()
        .min(1, { error: 'must not be empty' })
        .max(2 ** 20),
      isShared: z.boolean().default(true).describe('False: only for the providers whose own list names them'),
      note: noteSchema.default(''),
    }),
    answer: proxyImportReportSchema,
  }),
  testUnsaved: endpoint('proxies.testUnsaved', {
    summary: 'Test addresses without keeping them',
    example: { urls: ['http://10.0.0.3:3128'] },
    body: z.strictObject({ urls: z.array(z.string().trim().min(1).max(2000)).min(1).max(50) }),
    /** In the order of the request. */
    answer: z.object({
      items: z.array(
        proxyTestSchema.extend({ address: z.string().meta({ example: 'socks5://user:***@10.0.0.2:1080' }) }),
      ),
    }),
  }),
  bulk: endpoint('proxies.bulk', {
    summary:
      'Do something with many proxies, as a task; `delete-failed` deletes those that are failing or disabled_auto',
    example: { action: 'test', all: true },
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
