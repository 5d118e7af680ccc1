import { z } from 'zod';
import { DIRECT_PROXY } from '../../balancer/egress/direct-proxy';
import { capacitySchema } from './capacity';
import { endpoint } from './endpoint';
import { breakerSchema, countSchema, queryInteger, slugSchema, timeSchema } from './values';

export const rangeSchema = z
  .enum([
    ...(['1h', '24h', '7d', '30d', 'today', 'yesterday'] as const),
    ...(['this_week', 'last_week', 'this_month', 'last_month'] as const),
  ])
  .meta({
    id: 'StatsRange',
    description: 'Up to now; or days by the clocks of `TIMEZONE`, where weeks begin on Monday',
  });
export type StatsRange = z.output<typeof rangeSchema>;

export const usageTotalsSchema = z
  .object({
    requests: countSchema.describe(
      "A request is a client's. It counts once, at the provider that it ended with",
    ),
    succeeded: countSchema.describe('Answered whole, with 2xx or 3xx'),
    rateLimited: countSchema.describe('Answered with 429'),
    clientErrors: countSchema.describe(
      "4xx but 429 and 499, or the same said within a 200: the client's doing",
    ),
    serverErrors: countSchema.describe('5xx'),
    broken: countSchema.describe(
      'Their answer began with 2xx or 3xx and did not come whole: it broke off, went silent, or ' +
        'was an error',
    ),
    failed: countSchema.describe(
      'All that was asked for and not given: rate-limited, server errors and broken ones',
    ),
    cancelled: countSchema.describe('The client went away (499)'),
    attempts: countSchema.describe(
      'An attempt is one dial of a provider with one key, for a request; it counts where it was ' +
        'made. A request may make none, or many',
    ),
    failedAttempts: countSchema.describe(
      "Attempts that brought no whole answer, but for those where that was the client's doing",
    ),
    rescued: countSchema
      .nullable()
      .describe(
        'Of `succeeded`: though an attempt failed, another provider could not be asked (but for one without keys), or ' +
          'after a wait for a key; null where some are from a time when that was not kept',
      ),
    successRate: z
      .number()
      .nullable()
      .describe(
        "`succeeded` of `succeeded + failed`, 0 to 1: what is the client's doing does not count; " +
          'null if there were none',
      ),
    promptTokens: countSchema,
    cachedTokens: countSchema,
    completionTokens: countSchema,
    costUsd: z
      .number()
      .min(0)
      .nullable()
      .describe(
        'What they cost in US dollars, without those whose price is not known; null if it is known of none, ' +
          'and some used tokens',
      ),
    unpriced: countSchema.describe('Requests that used tokens whose price is not known'),
    latencyP50Ms: z
      .number()
      .nullable()
      .describe(
        'Half, and 95 of 100, had ended within this time; estimated from a histogram, never ' +
          'beyond the longest. null without requests',
      ),
    latencyP95Ms: z.number().nullable(),
    latencyMaxMs: z
      .number()
      .nullable()
      .describe('The longest; null without requests, and where some are from a time when that was not kept'),
    latencyAverageMs: z.number().nullable(),
    ttfbAverageMs: z.number().nullable().describe('Until the first byte, on average'),
  })
  .meta({
    id: 'UsageTotals',
    description:
      'Sums over some requests, and over attempts. `requests` is always `succeeded + failed + ' +
      'clientErrors + cancelled`, and `failed` is `rateLimited + serverErrors + broken`',
  });
export type UsageTotals = z.output<typeof usageTotalsSchema>;

export const usagePointSchema = usageTotalsSchema
  .extend({ at: timeSchema })
  .meta({ id: 'UsagePoint', description: 'One bucket of a series. Empty ones are there too, with zeros' });
export type UsagePoint = z.output<typeof usagePointSchema>;

export const keyCountsSchema = z
  .object({
    total: countSchema,
    active: countSchema,
    cooling: countSchema,
    disabledAuto: countSchema,
    disabledManual: countSchema,
    inFlight: countSchema,
  })
  .meta({ id: 'KeyCounts' });
export type KeyCounts = z.output<typeof keyCountsSchema>;

export const ratesSchema = z
  .object({
    requestsPerMinute: z.number(),
    tokensPerMinute: z.number().describe('Prompt and completion'),
    successRate: z.number().nullable().describe('Of the last minute, as in `usageTotalsSchema`'),
    latencyP50Ms: z.number().nullable(),
    latencyP95Ms: z.number().nullable(),
    inFlight: countSchema,
    waiting: countSchema.describe('Of those in flight: they wait for a key, and are at no provider yet'),
  })
  .meta({ id: 'Rates', description: 'Traffic of the last minute' });
export type Rates = z.output<typeof ratesSchema>;

export const providerOverviewSchema = z
  .object({
    id: z.string(),
    slug: z.string().meta({ example: 'openai' }),
    name: z.string(),
    isEnabled: z.boolean(),
    isDefault: z.boolean(),
    breaker: breakerSchema,
    keys: keyCountsSchema,
    totals: usageTotalsSchema,
  })
  .meta({ id: 'ProviderOverview' });

/** What it was asked for, and the whole buckets that hold it. */
export const spanShape = {
  range: rangeSchema.nullable().describe('null where `from` and `to` were asked for'),
  from: timeSchema.describe('The first millisecond that is counted: the beginning of a bucket'),
  to: timeSchema.describe('The millisecond after the last'),
};

export const compareSchema = z.enum(['before', 'week', 'none']).meta({
  id: 'StatsCompare',
  description:
    'What a range is compared with: as long a time right before it (of days, as many days; of `today`, yesterday up ' +
    'to the same time, and so on), the same time a week before, or nothing',
});
export type StatsCompare = z.output<typeof compareSchema>;

export const overviewSchema = z
  .object({
    ...spanShape,
    totals: usageTotalsSchema,
    before: usageTotalsSchema.describe('The totals of the time compared with; zeros if there is none'),
    compared: z
      .object({
        from: timeSchema,
        to: timeSchema,
        isCut: z
          .boolean()
          .describe('It begins before the first record of all: what was until then is not known'),
      })
      .nullable()
      .describe(
        'The time of `before`, in whole buckets as they are kept; null if nothing was asked for, or they make no ' +
          'time of about the same length',
      ),
    rates: ratesSchema,
    keys: keyCountsSchema,
    proxies: z.object({
      total: countSchema,
      healthy: countSchema,
      unchecked: countSchema,
      failing: countSchema,
      disabled: countSchema,
    }),
    providers: z.array(providerOverviewSchema),
    unrouted: usageTotalsSchema.describe(
      'Requests that were refused before they had a provider: a wrong token, an unknown ' +
        'provider or path, a gateway that is full',
    ),
    removed: usageTotalsSchema.describe(
      'Of providers that are there no more. With `providers` and `unrouted` it makes up `totals`',
    ),
    isFirstRun: z.boolean().describe('True while there is no key at all: show how to begin'),
  })
  .meta({ id: 'Overview' });
export type Overview = z.output<typeof overviewSchema>;

/** `high`: requests fail or soon will. `medium`: something is out, and others stand in for it. `low`: worth a look. */
export const severitySchema = z.enum(['high', 'medium', 'low']);

const attentionBase = {
  id: z.string().describe('The same for as long as the trouble lasts'),
  severity: severitySchema,
  since: timeSchema.nullable().describe('When it began, as far as is known'),
};

export const attentionKeysSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('keys'),
    provider: z.string().meta({ example: 'openai' }),
    providerName: z.string().meta({ example: 'OpenAI' }),
    state: z
      .enum(['disabled', 'resting', 'failing', 'none_left'])
      .describe(
        '`disabled` by the program; `resting`; `failing`: failed in the last seconds, and still ' +
          'in use; `none_left`: no key can be used now, whatever for',
      ),
    status: z
      .number()
      .int()
      .nullable()
      .describe('Status of their last error; null if it was none, or differs'),
    count: countSchema,
    of: countSchema.describe('Of so many that no person has disabled'),
    disabled: countSchema.describe('Of `none_left`: by the program'),
    model: z
      .string()
      .meta({ example: 'gpt-4o-mini' })
      .nullable()
      .describe(
        'They rest for this model alone; null for all that they are asked for, and for several models',
      ),
    models: countSchema.describe('For so many models they rest; 0 for all that they are asked for'),
    nextBackAt: timeSchema.nullable().describe('When the first of them is back, if it is by itself'),
    reason: z.string().nullable().describe("The most frequent reason, in the provider's words"),
  })
  .meta({ id: 'AttentionKeys', description: 'Keys of one provider that are out alike' });

export const attentionWaitingSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('waiting'),
    provider: z.string().meta({ example: 'openai' }),
    providerName: z.string().meta({ example: 'OpenAI' }),
    count: countSchema,
  })
  .meta({
    id: 'AttentionWaiting',
    description:
      'Requests that have waited for more than a second for a key of the provider: all keys that could serve them ' +
      'rest or are at their limits',
  });

export const attentionProviderSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('provider'),
    provider: z.string().meta({ example: 'openai' }),
    providerName: z.string().meta({ example: 'OpenAI' }),
    answer: z
      .enum(['status', 'unreachable', 'silent', 'lost', 'empty', 'broke_off', 'keys_alike'])
      .describe(
        'What comes back. `status`: an error of that status. `unreachable`: no connection. `silent`: no answer ' +
          'in time. `lost`: the connection breaks before an answer; `broke_off`: within one. `empty`: nothing. ' +
          '`keys_alike`: it rejects key after key with that status',
      ),
    status: z.number().int().nullable(),
    detail: z.string().nullable().describe('In technical words'),
    helped: countSchema.describe(
      'Requests since then that another provider has answered, and the name of it if it is one only',
    ),
    helper: z.string().nullable(),
    failed: countSchema.describe('Requests since then that nobody has answered'),
  })
  .meta({
    id: 'AttentionProvider',
    description: 'A provider that is out: its breaker is not closed, or requests fail one after the other',
  });

export const attentionFailingSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('failing'),
    provider: z.string().meta({ example: 'openai' }),
    providerName: z.string().meta({ example: 'OpenAI' }),
    attempts: countSchema,
    failed: countSchema,
    /** How most of them failed, as for a provider that is out. */
    answer: z.enum(['status', 'unreachable', 'silent', 'lost', 'empty', 'broke_off']),
    status: z.number().int().nullable(),
    model: z
      .string()
      .meta({ example: 'gpt-4o-mini' })
      .nullable()
      .describe('The only model that failed; null if there were several, or none is known'),
  })
  .meta({
    id: 'AttentionFailing',
    description:
      'A provider that answers, but fails a fifth of the attempts of the last five minutes or more',
  });

export const attentionModelSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('model'),
    provider: z.string().meta({ example: 'openai' }),
    providerName: z.string().meta({ example: 'OpenAI' }),
    model: z.string().meta({ example: 'gpt-4o-mini' }).nullable().describe('null for several'),
    models: countSchema,
    status: z.number().int().nullable().describe('Of the last answer; null if it had none, or they differ'),
  })
  .meta({
    id: 'AttentionModel',
    description:
      'Models that their provider fails while it may answer others: it is not asked for them ' +
      'for a while',
  });

export const attentionProxySchema = z
  .object({
    ...attentionBase,
    kind: z.literal('proxy'),
    proxyId: z.string().meta({ example: '01HZX3V9Q2K8' }),
    address: z.string().meta({ example: 'socks5://user:***@10.0.0.2:1080' }),
    trouble: z
      .enum(['unreachable', 'breaking', 'refused'])
      .describe(
        '`unreachable`: no way through it. `breaking`: what goes through it breaks off. ' +
          '`refused`: a provider refuses its address',
      ),
    detail: z.string().nullable().describe('In technical words'),
    keys: countSchema.describe('Keys that go through it when it is well'),
    stranded: countSchema.describe('Those of them that have no other way'),
    through: z
      .string()
      .nullable()
      .describe('The address of the proxy that the others go through, if it is one only'),
  })
  .meta({ id: 'AttentionProxy', description: 'A proxy that is out' });

export const attentionProxiesSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('proxies'),
    count: countSchema,
    of: countSchema,
    keys: countSchema,
    stranded: countSchema,
  })
  .meta({ id: 'AttentionProxies', description: 'Many proxies that are out, told together' });

export const attentionAloneSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('alone'),
    reason: z.string().describe('In technical words'),
  })
  .meta({
    id: 'AttentionAlone',
    description: 'Redis is away: this instance goes on by itself, and learns of the others by the database',
  });

export const attentionBudgetSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('budget'),
    tokenId: z.string().meta({ example: '01HZX3V9Q2K9' }),
    name: z.string().meta({ example: 'my notebook' }),
    percent: countSchema.describe('Of the budget, in its current period'),
    unit: z.enum(['usd', 'tokens', 'requests']),
    spent: z.number().min(0),
    amount: z.number().min(0),
  })
  .meta({ id: 'AttentionBudget', description: 'A client token that has spent 80 % of its budget or more' });

export const attentionShortageSchema = z
  .object({
    ...attentionBase,
    kind: z.literal('shortage'),
    of: z.enum(['database', 'disk', 'memory', 'descriptors']),
  })
  .meta({
    id: 'AttentionShortage',
    description:
      'What this instance lacks itself: its database does not answer, or its disk, memory or files are full',
  });

export const attentionItemSchema = z
  .discriminatedUnion('kind', [
    attentionKeysSchema,
    attentionWaitingSchema,
    attentionProviderSchema,
    attentionFailingSchema,
    attentionModelSchema,
    attentionProxySchema,
    attentionProxiesSchema,
    attentionAloneSchema,
    attentionBudgetSchema,
    attentionShortageSchema,
  ])
  .meta({ id: 'AttentionItem', description: 'What somebody should look at' });
export type AttentionItem = z.output<typeof attentionItemSchema>;
export type AttentionOf<Kind extends AttentionItem['kind']> = Extract<AttentionItem, { kind: Kind }>;

const edgeSchema = z.string().max(40);
export const rangeQuery = {
  range: rangeSchema.default('24h').describe('Ignored beside `from`'),
  from: edgeSchema
    .meta({ example: '2026-11-03' })
    .optional()
    .describe(
      'A day or a time by the clocks of `TIMEZONE` (`2026-11-03`, `2026-11-03T14:00`), a time with its zone ' +
        '(`2026-11-03T14:00:00Z`), or milliseconds since the epoch. Goes down to the beginning of a bucket as it is ' +
        'kept: the answer has it',
    ),
  to: edgeSchema
    .meta({ example: '2026-11-09' })
    .optional()
    .describe('The same; a day is meant whole, a time is the end. Goes up. Default: now'),
};
const compareQuery = { compare: compareSchema.default('before') };
const scope = {
  provider: slugSchema.optional(),
  keyId: z.string().max(64).optional(),
  model: z.string().max(191).optional(),
  token: z.string().max(64).optional().describe('Id of a client token; not together with `keyId`'),
};
const topQuery = z.strictObject({
  ...rangeQuery,
  provider: scope.provider,
  limit: queryInteger(1, 500).default(50),
});

const breakdownOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({
    ...spanShape,
    items: z
      .array(z.object({ ...shape, totals: usageTotalsSchema }))
      .describe('By requests, the most first, and then by attempts'),
  });

/** Sums, and then figures that groups do not add up to. */
export const exploreMetricSchema = z
  .enum([
    ...([
      'requests',
      'failed',
      'attempts',
      'failedAttempts',
      'tokens',
      'promptTokens',
      'cachedTokens',
    ] as const),
    ...([
      'completionTokens',
      'costUsd',
      'successRate',
      'latencyP50Ms',
      'latencyP95Ms',
      'ttfbAverageMs',
    ] as const),
  ])
  .meta({ id: 'ExploreMetric' });
export type ExploreMetric = z.output<typeof exploreMetricSchema>;
export const exploreGroupSchema = z
  .enum(['none', 'provider', 'model', 'token', 'key', 'status', 'proxy', 'verdict'])
  .meta({ id: 'ExploreGroup' });
export type ExploreGroup = z.output<typeof exploreGroupSchema>;

const exploreQuery = {
  ...rangeQuery,
  ...scope,
  proxy: z
    .string()
    .max(32)
    .optional()
    .describe(
      `Id of a proxy; \`${DIRECT_PROXY}\`: connections without one. Not together with keys or client tokens`,
    ),
  verdict: z
    .string()
    .max(64)
    .optional()
    .describe('As the logs have it: `success`, `rate_limited`. Not together with keys or client tokens'),
  groupBy: exploreGroupSchema
    .default('none')
    .describe(
      '`key` not together with `token`, nor `token` with `keyId`, and neither with proxies or verdicts. `status`: how ' +
        'requests ended. `proxy` and `verdict`: a request counts at the proxy and with the verdict that it ended ' +
        'with, each of its attempts at its own; one that was refused before any attempt has its error code as ' +
        'verdict and no proxy',
    ),
  limit: queryInteger(1, 200).default(100).describe('Groups; of keys at most 50'),
};

const groupNames = {
  name: z
    .string()
    .meta({ example: 'OpenAI' })
    .nullable()
    .describe('Of a provider or a client token; null if it has none, or is there no more'),
  hint: z
    .string()
    .meta({ example: 'sk-abc...wxyz' })
    .nullable()
    .describe(
      'Of a key or a client token, and the address of a proxy without its password; null for others, and for one that ' +
        'is there no more',
    ),
};

export const exploredGroupSchema = z
  .object({
    id: z
      .string()
      .meta({ example: 'gpt-4o-mini' })
      .describe(
        'A slug, a model, the id of a token, a key or a proxy, a verdict; of `status` what the totals call it, as ' +
          '`succeeded`',
      ),
    ...groupNames,
    provider: z.string().meta({ example: 'openai' }).nullable().describe('Of a key; null for others'),
    totals: usageTotalsSchema,
  })
  .meta({ id: 'ExploredGroup' });
export type ExploredGroup = z.output<typeof exploredGroupSchema>;

const valuesSchema = z
  .array(z.number().nullable())
  .describe('Of the metric, one for each bucket; null where it is not known, or there is none');

const startsSchema = z
  .array(timeSchema)
  .optional()
  .describe(
    'When each bucket begins, if they are days, which may have 23 or 25 hours; else they are as long as each other',
  );

export const exploredSchema = z
  .object({
    ...spanShape,
    bucketMs: countSchema,
    starts: startsSchema,
    totals: usageTotalsSchema.describe('The whole: `groups` and `others` make it up'),
    groups: z.array(exploredGroupSchema).describe('By requests, the most first, and then by attempts'),
    others: usageTotalsSchema.describe(
      'What is in none of `groups`: of those beyond the limit, and what has no such thing, as a request without a ' +
        'model. By proxy or verdict also what an earlier version has counted, which did not keep them',
    ),
    isWhole: z.boolean().describe('Whether `groups` are all there are'),
    value: z
      .number()
      .nullable()
      .describe('The metric of the whole; null where it is not known, or there is none'),
    values: valuesSchema,
    isSum: z.boolean().describe('Whether values of groups add up to that of the whole'),
    former: z
      .object({
        from: timeSchema,
        to: timeSchema,
        bucketMs: countSchema,
        starts: startsSchema,
        value: z
          .number()
          .nullable()
          .describe('null also for a cost where the price of some requests is not known'),
        values: valuesSchema,
      })
      .nullable()
      .describe(
        'The metric of the whole in the time compared with, whose buckets may be longer; null if there is none, or it ' +
          'begins before the first record',
      ),
    series: z
      .array(z.object({ id: z.string(), values: valuesSchema }))
      .describe(
        'Of at most six groups: those with the most of the metric; if it is no sum, with the most requests',
      ),
    filter: z
      .object({
        provider: groupNames.name,
        token: z.object(groupNames),
        key: z.object(groupNames),
        proxy: z.object(groupNames),
      })
      .describe('What that is called which the figures are of'),
  })
  .meta({ id: 'Explored' });
export type Explored = z.output<typeof exploredSchema>;

export const statsApi = {
  overview: endpoint('stats.overview', {
    summary: 'How things are, now and over a range',
    query: z.strictObject({ ...rangeQuery, ...compareQuery }),
    answer: overviewSchema,
  }),
  timeseries: endpoint('stats.timeseries', {
    summary:
      'Traffic over time: by the minute for 1h, 15 minutes for 24h, the hour for 7d, 6 hours for 30d, and so on up to ' +
      'days',
    query: z.strictObject({ ...rangeQuery, ...compareQuery, ...scope }),
    answer: z.object({
      ...spanShape,
      bucketMs: countSchema,
      points: z.array(usagePointSchema),
      former: z
        .object({
          from: timeSchema,
          to: timeSchema,
          bucketMs: countSchema,
          points: z.array(usagePointSchema),
        })
        .nullable()
        .describe(
          'The time compared with, whose buckets may be longer; null if there is none, or it begins before the first ' +
            'record',
        ),
    }),
  }),
  attention: endpoint('stats.attention', {
    summary: 'What is out or failing now: groups of keys, providers, models and proxies, the worst first',
    answer: z.object({ items: z.array(attentionItemSchema) }),
  }),
  providers: endpoint('stats.providers', {
    summary: 'Traffic by provider',
    query: topQuery,
    answer: breakdownOf({ provider: z.string().meta({ example: 'openai' }) }),
  }),
  keys: endpoint('stats.keys', {
    summary: 'Traffic by key',
    query: topQuery,
    /** `hint` is null for a key that is there no more. */
    answer: breakdownOf({
      keyId: z.string().meta({ example: '01HZX3V9Q2K7' }),
      provider: z.string().meta({ example: 'openai' }),
      hint: z.string().meta({ example: 'sk-abc...wxyz' }).nullable(),
    }),
  }),
  models: endpoint('stats.models', {
    summary: 'Traffic by model',
    query: topQuery,
    answer: breakdownOf({ model: z.string().meta({ example: 'gpt-4o-mini' }) }),
  }),
  tokens: endpoint('stats.tokens', {
    summary: 'Traffic by client token; what was refused before a token let it in is not in it',
    query: topQuery,
    answer: breakdownOf({
      token: z.string().meta({ example: '01HZX3V9Q2K9' }).describe('The id, as in the list of tokens'),
      name: z
        .string()
        .meta({ example: 'my notebook' })
        .nullable()
        .describe('Empty for a token of the settings; null, as `hint`, for one that is there no more'),
      hint: z.string().meta({ example: 'sk-cl...9f2a' }).nullable(),
    }),
  }),
  explore: endpoint('stats.explore', {
    summary: 'Traffic over time and by group: the busiest groups, what is not in them, and the whole',
    query: z.strictObject({
      ...exploreQuery,
      ...compareQuery,
      metric: exploreMetricSchema.default('requests'),
    }),
    answer: exploredSchema,
  }),
  exportExplored: endpoint('stats.exportExplored', {
    summary: 'The same figures of the groups as a CSV file',
    query: z.strictObject(exploreQuery),
    contentTypes: ['text/csv'],
  }),
  capacity: endpoint('stats.capacity', {
    summary:
      'What is left of the limits of all keys, now and today, by provider and by model, as far as it is known',
    query: z.strictObject({
      provider: scope.provider,
      model: scope.model.describe('Only of this model'),
    }),
    answer: capacitySchema,
  }),
};
