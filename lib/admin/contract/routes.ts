import { z } from 'zod';
import { endpoint } from './endpoint';
import { settingItemSchema } from './settings';
import { countSchema, slugSchema } from './values';

const nameSchema = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(191)
  .meta({ example: 'fast' });
const reasonsSchema = z.array(z.enum(['unavailable', 'context_length', 'content_policy']));

export const routeTargetSchema = z
  .object({
    provider: z.string().meta({ example: 'groq' }),
    model: z
      .string()
      .meta({ example: 'llama-3.3-70b' })
      .nullable()
      .describe('As it is called there; null is the name that was asked'),
    weight: z.number(),
    tier: countSchema,
    state: z
      .enum(['ready', 'resting', 'no_keys', 'disabled', 'filtered', 'unknown'])
      .describe(
        'What it could do for a request now: `resting`: its provider, the model there or all its keys are given a ' +
          'rest, or are at their limits; `filtered`: FILTERED_MODELS has the model; `unknown`: there is no such provider',
      ),
    freeKeys: countSchema.describe('Keys that could serve the model now, and those that are not disabled'),
    keys: countSchema,
    freeInMs: z
      .number()
      .nullable()
      .describe('Of one that rests: when it may serve again, as far as that is known'),
  })
  .meta({ id: 'RouteTarget' });
export type RouteTargetItem = z.output<typeof routeTargetSchema>;

export const routeItemSchema = z
  .object({
    name: z.string().meta({ example: 'fast' }),
    on: reasonsSchema.describe('What leads from one target to the next'),
    firstTokenTimeout: z
      .number()
      .nullable()
      .describe("Seconds, in the place of the provider's own; 0 is off, null is the provider's"),
    targets: z.array(routeTargetSchema),
  })
  .meta({ id: 'ModelRoute' });
export type RouteItem = z.output<typeof routeItemSchema>;

export const routesAnswerSchema = z
  .object({
    revision: countSchema.describe('That of the settings; send it with a change'),
    source: settingItemSchema.shape.source.describe('Who set MODEL_ROUTES; `default` if nobody did'),
    problem: settingItemSchema.shape.problem,
    items: z.array(routeItemSchema),
  })
  .meta({ id: 'ModelRoutes' });
export type RoutesAnswer = z.output<typeof routesAnswerSchema>;

const ROUTES_MAX = 1_000;

const draftSchema = z.strictObject({
  name: nameSchema,
  on: reasonsSchema.optional(),
  firstTokenTimeout: z.number().nullable().optional(),
  targets: z
    .array(
      z.strictObject({
        provider: slugSchema,
        model: z.string().trim().max(191).nullable().optional(),
        weight: z.number().optional(),
        tier: countSchema.optional(),
      }),
    )
    .max(100),
});

export const routesApi = {
  list: endpoint('routes.list', {
    summary: 'Model routes, and what each target can do now',
    answer: routesAnswerSchema,
  }),
  replace: endpoint('routes.replace', {
    summary: 'Put these model routes in the place of all: the setting MODEL_ROUTES',
    example: {
      revision: 3,
      routes: [{ name: 'fast', targets: [{ provider: 'groq', model: 'llama-3.3-70b' }] }],
    },
    body: z.strictObject({ revision: countSchema.optional(), routes: z.array(draftSchema).max(ROUTES_MAX) }),
    answer: routesAnswerSchema,
  }),
};
