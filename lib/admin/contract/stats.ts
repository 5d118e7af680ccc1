import { z } from 'zod';
import { endpoint } from './endpoint';
import { breakerSchema, countSchema, queryInteger, slugSchema, timeSchema } from './values';

export const rangeSchema = z.enum(['1h', '24h', '7d', '30d']);
export type StatsRange = z.output<typeof rangeSchema>;

/**
 * Sums over some requests, and over attempts. `requests` is always `succeeded + failed + clientErrors + cancelled`, and `failed` is
 * `rateLimited + serverErrors + broken`.
 */
export const usageTotalsSchema = z.object({
  /** A request is a client's. It counts once, at the provider that it ended with. */
  requests: countSchema,
  /** Answered whole, with 2xx or 3xx. */
  succeeded: countSchema,
  /** Answered with 429. */
  rateLimited: countSchema,
  /** 4xx but 429 and 499, or the same said within a 200: the client's doing. */
  clientErrors: countSchema,
  /** 5xx. */
  serverErrors: countSchema,
  /** Their answer began with 2xx or 3xx and did not come whole: it broke off, went silent, or was an error. */
  broken: countSchema,
  /** All that was asked for and not given: rate-limited, server errors and broken ones. */
  failed: countSchema,
  /** The client went away (499). */
  cancelled: countSchema,
  /** An attempt is one dial of a provider with one key, for a request; it counts where it was made. A request may make none, or many. */
  attempts: countSchema,
  /** Attempts that brought no whole answer, but for those where that was the client's doing. */
  failedAttempts: countSchema,
  /** `succeeded` of `succeeded + failed`, 0 to 1: what is the client's doing does not count; null if there were none. */
  successRate: z.number().nullable(),
  promptTokens: countSchema,
  cachedTokens: countSchema,
  completionTokens: countSchema,
  /** Half, and 95 of 100, had ended within this time; estimated from a histogram, never beyond the longest. null without requests. */
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  /** The longest; null without requests, and where some are from a time when that was not kept. */
  latencyMaxMs: z.number().nullable(),
  latencyAverageMs: z.number().nullable(),
  /** Until the first byte, on average. */
  ttfbAverageMs: z.number().nullable(),
});
export type UsageTotals = z.output<typeof usageTotalsSchema>;

/** One bucket of a series. Empty ones are there too, with zeros. */
export const usagePointSchema = usageTotalsSchema.extend({ at: timeSchema });
export type UsagePoint = z.output<typeof usagePointSchema>;

export const keyCountsSchema = z.object({
  total: countSchema,
  active: countSchema,
  cooling: countSchema,
  disabledAuto: countSchema,
  disabledManual: countSchema,
  inFlight: countSchema,
});
export type KeyCounts = z.output<typeof keyCountsSchema>;

/** Traffic of the last minute. */
export const ratesSchema = z.object({
  requestsPerMinute: z.number(),
  /** Prompt and completion. */
  tokensPerMinute: z.number(),
  /** Of the last minute, as in `usageTotalsSchema`. */
  successRate: z.number().nullable(),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  inFlight: countSchema,
});
export type Rates = z.output<typeof ratesSchema>;

export const providerOverviewSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  isEnabled: z.boolean(),
  isDefault: z.boolean(),
  breaker: breakerSchema,
  keys: keyCountsSchema,
  totals: usageTotalsSchema,
});

export const overviewSchema = z.object({
  range: rangeSchema,
  from: timeSchema,
  to: timeSchema,
  totals: usageTotalsSchema,
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
  /** Requests that were refused before they had a provider: a wrong token, an unknown provider or path, a gateway that is full. */
  unrouted: usageTotalsSchema,
  /** Of providers that are there no more. With `providers` and `unrouted` it makes up `totals`. */
  removed: usageTotalsSchema,
  /** True while there is no key at all: show how to begin. */
  isFirstRun: z.boolean(),
});
export type Overview = z.output<typeof overviewSchema>;

/** `high`: requests fail or soon will. `medium`: something is out, and others stand in for it. `low`: worth a look. */
export const severitySchema = z.enum(['high', 'medium', 'low']);

const attentionBase = {
  /** The same for as long as the trouble lasts. */
  id: z.string(),
  severity: severitySchema,
  /** When it began, as far as is known. */
  since: timeSchema.nullable(),
};

/** Keys of one provider that are out alike. */
export const attentionKeysSchema = z.object({
  ...attentionBase,
  kind: z.literal('keys'),
  provider: z.string(),
  providerName: z.string(),
  /**
   * `disabled` by the program; `resting`; `failing`: failed in the last seconds, and still in use; `none_left`: no key can
   * be used now, whatever for.
   */
  state: z.enum(['disabled', 'resting', 'failing', 'none_left']),
  /** Status of their last error; null if it was none, or differs. */
  status: z.number().int().nullable(),
  count: countSchema,
  /** Of so many that no person has disabled. */
  of: countSchema,
  /** Of `none_left`: by the program. */
  disabled: countSchema,
  /** They rest for this model alone; null for all that they are asked for, and for several models. */
  model: z.string().nullable(),
  /** For so many models they rest; 0 for all that they are asked for. */
  models: countSchema,
  /** When the first of them is back, if it is by itself. */
  nextBackAt: timeSchema.nullable(),
  /** The most frequent reason, in the provider's words. */
  reason: z.string().nullable(),
});

/** A provider that is out: its breaker is not closed, or requests fail one after the other. */
export const attentionProviderSchema = z.object({
  ...attentionBase,
  kind: z.literal('provider'),
  provider: z.string(),
  providerName: z.string(),
  /**
   * What comes back. `status`: an error of that status. `unreachable`: no connection. `silent`: no answer in time. `lost`: the
   * connection breaks before an answer; `broke_off`: within one. `empty`: nothing. `keys_alike`: it rejects key after key
   * with that status.
   */
  answer: z.enum(['status', 'unreachable', 'silent', 'lost', 'empty', 'broke_off', 'keys_alike']),
  status: z.number().int().nullable(),
  /** In technical words. */
  detail: z.string().nullable(),
  /** Requests since then that another provider has answered, and the name of it if it is one only. */
  helped: countSchema,
  helper: z.string().nullable(),
  /** Requests since then that nobody has answered. */
  failed: countSchema,
});

/** A provider that answers, but fails a fifth of the attempts of the last five minutes or more. */
export const attentionFailingSchema = z.object({
  ...attentionBase,
  kind: z.literal('failing'),
  provider: z.string(),
  providerName: z.string(),
  attempts: countSchema,
  failed: countSchema,
  /** How most of them failed, as for a provider that is out. */
  answer: z.enum(['status', 'unreachable', 'silent', 'lost', 'empty', 'broke_off']),
  status: z.number().int().nullable(),
  /** The only model that failed; null if there were several, or none is known. */
  model: z.string().nullable(),
});

/** Models that their provider fails while it may answer others: it is not asked for them for a while. */
export const attentionModelSchema = z.object({
  ...attentionBase,
  kind: z.literal('model'),
  provider: z.string(),
  providerName: z.string(),
  /** null for several. */
  model: z.string().nullable(),
  models: countSchema,
  /** Of the last answer; null if it had none, or they differ. */
  status: z.number().int().nullable(),
});

/** A proxy that is out. */
export const attentionProxySchema = z.object({
  ...attentionBase,
  kind: z.literal('proxy'),
  proxyId: z.string(),
  address: z.string(),
  /** `unreachable`: no way through it. `breaking`: what goes through it breaks off. `refused`: a provider refuses its address. */
  trouble: z.enum(['unreachable', 'breaking', 'refused']),
  /** In technical words. */
  detail: z.string().nullable(),
  /** Keys that go through it when it is well. */
  keys: countSchema,
  /** Those of them that have no other way. */
  stranded: countSchema,
  /** The address of the proxy that the others go through, if it is one only. */
  through: z.string().nullable(),
});

/** Many proxies that are out, told together. */
export const attentionProxiesSchema = z.object({
  ...attentionBase,
  kind: z.literal('proxies'),
  count: countSchema,
  of: countSchema,
  keys: countSchema,
  stranded: countSchema,
});

/** What somebody should look at. */
export const attentionItemSchema = z.discriminatedUnion('kind', [
  attentionKeysSchema,
  attentionProviderSchema,
  attentionFailingSchema,
  attentionModelSchema,
  attentionProxySchema,
  attentionProxiesSchema,
]);
export type AttentionItem = z.output<typeof attentionItemSchema>;
export type AttentionOf<Kind extends AttentionItem['kind']> = Extract<AttentionItem, { kind: Kind }>;

const rangeQuery = { range: rangeSchema.default('24h') };
const scope = {
  provider: slugSchema.optional(),
  keyId: z.string().max(64).optional(),
  model: z.string().max(191).optional(),
};
const topQuery = z.strictObject({
  ...rangeQuery,
  provider: scope.provider,
  limit: queryInteger(1, 500).default(50),
});

const breakdownOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({
    range: rangeSchema,
    /** By requests, the most first, and then by attempts. */
    items: z.array(z.object({ ...shape, totals: usageTotalsSchema })),
  });

export const statsApi = {
  overview: endpoint('stats.overview', {
    summary: 'How things are, now and over a range',
    query: z.strictObject(rangeQuery),
    answer: overviewSchema,
  }),
  timeseries: endpoint('stats.timeseries', {
    summary: 'Traffic over time: by the minute for 1h, 15 minutes for 24h, the hour for 7d, 6 hours for 30d',
    query: z.strictObject({ ...rangeQuery, ...scope }),
    answer: z.object({ range: rangeSchema, bucketMs: countSchema, points: z.array(usagePointSchema) }),
  }),
  attention: endpoint('stats.attention', {
    summary: 'What is out or failing now: groups of keys, providers, models and proxies, the worst first',
    answer: z.object({ items: z.array(attentionItemSchema) }),
  }),
  providers: endpoint('stats.providers', {
    summary: 'Traffic by provider',
    query: topQuery,
    answer: breakdownOf({ provider: z.string() }),
  }),
  keys: endpoint('stats.keys', {
    summary: 'Traffic by key',
    query: topQuery,
    /** `hint` is null for a key that is there no more. */
    answer: breakdownOf({ keyId: z.string(), provider: z.string(), hint: z.string().nullable() }),
  }),
  models: endpoint('stats.models', {
    summary: 'Traffic by model',
    query: topQuery,
    answer: breakdownOf({ model: z.string() }),
  }),
};
