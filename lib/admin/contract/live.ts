import { z } from 'zod';
import { endpoint } from './endpoint';
import { instanceItemSchema } from './instances';
import { jobItemSchema } from './jobs';
import { keyItemSchema } from './keys';
import { proxyItemSchema } from './proxies';
import { keyCountsSchema, ratesSchema } from './stats';
import { taskItemSchema } from './tasks';
import { breakerSchema, countSchema, timeSchema } from './values';

/** What changes, each apart from the others: `keys` is which there are, `key-states` how they are. */
export const liveTopicSchema = z.enum([
  'traffic',
  'settings',
  'providers',
  'keys',
  'key-states',
  'proxies',
  'proxy-states',
  'tokens',
  'views',
]);
export type LiveTopic = z.output<typeof liveTopicSchema>;

/** Keys that one `keys` event holds at most. */
export const LIVE_KEYS_MAX = 200;

const liveProviderSchema = z.object({
  id: z.string(),
  slug: z.string().meta({ example: 'openai' }),
  name: z.string(),
  isEnabled: z.boolean(),
  breaker: breakerSchema,
  keys: keyCountsSchema,
});
const liveProxySchema = proxyItemSchema.pick({
  id: true,
  status: true,
  reason: true,
  breaker: true,
  failures: true,
  latencyMs: true,
  lastCheckedAt: true,
  lastStatus: true,
  lastWorkedAt: true,
  failingSince: true,
  lastError: true,
  inFlight: true,
  requestCount: true,
  errorCount: true,
});

const liveRatesSchema = ratesSchema.extend({
  ofAll: z
    .boolean()
    .describe(
      'What is under way is that of all instances. Otherwise others may use the same database, and nothing is ' +
        'heard of them',
    ),
  instances: z
    .array(instanceItemSchema.pick({ id: true, inFlight: true, waiting: true, requestsPerMinute: true }))
    .describe('Each for itself'),
});

/**
 * Events of `GET /live` by name; each one's data is JSON of this shape. The first is always `snapshot`, and another one
 * comes whenever events were left out (a slow reader, or a `Last-Event-ID` that is too old): take it for the whole
 * truth.
 */
export const liveEvents = {
  snapshot: z.object({
    at: timeSchema,
    providers: z.array(liveProviderSchema),
    keys: keyCountsSchema,
    proxies: z.array(liveProxySchema),
    rates: liveRatesSchema,
    tasks: z.array(taskItemSchema).describe('Tasks that run'),
    jobs: z.array(jobItemSchema),
    settingsRevision: countSchema,
    quietMs: countSchema
      .nullable()
      .describe('Since when no request has finished, in milliseconds; null if none has since the start'),
    quietMsByTopic: z
      .record(liveTopicSchema, countSchema)
      .describe(
        'For how long each has been as it is now, in milliseconds; since the start where nothing ' +
          'has changed',
      ),
  }),
  keys: z
    .object({
      changed: z.array(keyItemSchema),
      more: countSchema,
      /** Ids of keys that are gone. */
      removed: z.array(z.string()),
      counts: keyCountsSchema,
      providers: z.array(z.object({ slug: z.string().meta({ example: 'openai' }), keys: keyCountsSchema })),
    })
    .describe(
      'Keys whose live state has changed, at most every 500 ms; `more` is how many were left ' +
        'out, so that a list has to be asked for anew',
    ),
  breakers: z.object({
    providers: z.array(liveProviderSchema.pick({ id: true, slug: true, breaker: true })),
  }),
  egress: z.object({ proxies: z.array(liveProxySchema) }),
  traffic: z
    .object({ requests: countSchema })
    .describe(
      'Requests have finished: statistics, logs and counts are others now. `requests` counts those of this ' +
        'instance since its start. At most every 500 ms',
    ),
  rates: liveRatesSchema.describe('Every second'),
  tasks: z.object({ tasks: z.array(taskItemSchema) }),
  jobs: z.object({ jobs: z.array(jobItemSchema) }),
  settings: z
    .object({
      revision: countSchema,
      resources: z.array(z.enum(['settings', 'providers', 'keys', 'proxies', 'tokens', 'views'])),
    })
    .describe('Somebody has changed these: ask anew for what is shown of them'),
};
export type LiveEventName = keyof typeof liveEvents;
export type LiveEvent<Name extends LiveEventName = LiveEventName> = z.output<(typeof liveEvents)[Name]>;
export type LiveSnapshot = LiveEvent<'snapshot'>;

export const liveApi = {
  follow: endpoint('live.follow', {
    summary: 'What is happening, as server-sent events: a snapshot, then changes',
    contentTypes: ['text/event-stream'],
  }),
};
