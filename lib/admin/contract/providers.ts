import { z } from 'zod';
import { SELECTION_POLICIES } from '../../balancer/policies/all';
import { PRESET_NAMES } from '../../config/presets';
import { endpoint } from './endpoint';
import { limitsSchema } from './limits';
import { listOf } from './page';
import { keyCountsSchema } from './stats';
import {
  breakerSchema,
  configSourceSchema,
  countSchema,
  doneSchema,
  idParams,
  idSchema,
  slugSchema,
  timeSchema,
} from './values';

export const selectionPolicySchema = z.enum(SELECTION_POLICIES).meta({ id: 'SelectionPolicy' });

export const providerEgressSchema = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('shared') }),
    z.strictObject({ mode: z.literal('direct') }),
    z.strictObject({ mode: z.literal('own'), proxyIds: z.array(idSchema).max(1000) }),
  ])
  .meta({
    id: 'ProviderEgress',
    description: 'Which way requests go out: the proxies shared by all, a list of its own, or none',
  });

const modelNameSchema = z.string().trim().min(1).max(191);
const modelNamesSchema = z
  .record(modelNameSchema, modelNameSchema)
  .refine((models) => Object.keys(models).length <= 100, { error: 'must be 100 models at most' })
  .meta({ example: { 'gpt-4o': 'my-deployment' } });

const fallbackItemSchema = z
  .union([z.string(), z.object({ provider: z.string(), models: z.record(z.string(), z.string()) })])
  .meta({
    id: 'Fallback',
    description: 'The slug of a provider; or with it what models are called there, by the name asked for',
  });

const fallbackSchema = z.union(
  [slugSchema, z.strictObject({ provider: slugSchema, models: modelNamesSchema })],
  { error: 'must be the slug of a provider, or an object of provider and models' },
);

export const providerItemSchema = z
  .object({
    id: idSchema,
    slug: z.string().meta({ example: 'openai' }),
    name: z.string(),
    baseUrl: z.string().meta({ example: 'https://api.openai.com/v1' }),
    isEnabled: z.boolean(),
    isDefault: z.boolean().describe('Serves `/v1`'),
    source: configSourceSchema,
    position: countSchema,
    breaker: breakerSchema,
    keys: keyCountsSchema,
    selectionPolicy: selectionPolicySchema
      .nullable()
      .describe(
        'null follows the setting of the same meaning, which is in `effective`. The same for the ' +
          'five below',
      ),
    timeoutSeconds: z.number().nullable(),
    firstTokenTimeoutSeconds: z
      .number()
      .nullable()
      .describe('From the dial to the first content of a stream; 0 is off'),
    maxFailures: countSchema.nullable(),
    maxRetries: countSchema.nullable(),
    testModel: z.string().meta({ example: 'gpt-4o-mini' }).nullable(),
    effective: z.object({
      selectionPolicy: selectionPolicySchema,
      timeoutSeconds: z.number(),
      firstTokenTimeoutSeconds: z.number(),
      maxFailures: countSchema,
      maxRetries: countSchema,
      testModel: z.string().meta({ example: 'gpt-4o-mini' }),
    }),
    customHeaders: z
      .record(z.string(), z.string())
      .describe(
        'The values of headers that look secret, or of all for those who are no admin, are SECRET_MASK; ' +
          'sent back, the mask keeps the value',
      ),
    auth: z
      .string()
      .meta({ example: 'bearer' })
      .describe(
        'How it takes its key: `bearer`, `x-api-key`, `api-key`, `x-goog-api-key`, `header:<name>` or ' +
          '`query:<name>`',
      ),
    query: z
      .record(z.string(), z.string())
      .describe(
        "Parameters that each request gets, in the place of the client's own of these names; masked as the " +
          'headers are',
      ),
    modelRequestKey: z.string().nullable().describe('SECRET_MASK if there is one, else null'),
    fallbacks: z
      .array(fallbackItemSchema)
      .describe(
        'The providers to try when this one cannot answer: slugs, or with models that are called otherwise there',
      ),
    egress: providerEgressSchema,
    limits: limitsSchema
      .nullable()
      .describe('What each of its keys may use where it has no limit of its own'),
    sdkUrls: z
      .array(z.string())
      .describe("Paths to put into an SDK as its base URL, behind this server's address"),
    createdAt: timeSchema,
    updatedAt: timeSchema,
    version: countSchema,
  })
  .meta({ id: 'Provider' });
export type ProviderItem = z.output<typeof providerItemSchema>;

const fields = {
  name: z.string().trim().min(1, { error: 'must not be empty' }).max(100),
  baseUrl: z
    .string()
    .trim()
    .min(1, { error: 'must be an address such as https://api.openai.com/v1' })
    .max(2000),
  isEnabled: z.boolean(),
  selectionPolicy: selectionPolicySchema.nullable(),
  timeoutSeconds: z.number().min(0.01).max(86_400).nullable(),
  firstTokenTimeoutSeconds: z.number().min(0).max(86_400).nullable(),
  maxFailures: z.number().int().min(1).max(1000).nullable(),
  maxRetries: z.number().int().min(0).max(100).nullable(),
  testModel: z.string().trim().min(1).max(191).nullable(),
  customHeaders: z.record(z.string(), z.string().max(8192)),
  auth: z.string().trim().min(1).max(120),
  query: z.record(z.string(), z.string().max(2000)),
  modelRequestKey: z.string().trim().max(4096).nullable(),
  fallbacks: z.array(fallbackSchema).max(100),
  egress: providerEgressSchema,
  limits: limitsSchema.nullable(),
};

export const providerModelsSchema = z
  .object({
    models: z
      .array(z.object({ id: z.string(), ownedBy: z.string().nullable(), isFiltered: z.boolean() }))
      .describe('`isFiltered`: FILTERED_MODELS keeps it from being listed and served'),
  })
  .meta({ id: 'ProviderModels' });

export const modelsOutcomeSchema = z
  .enum(['models', 'no_list', 'key_refused', 'trouble', 'not_an_api', 'unreachable'])
  .meta({
    id: 'ModelsOutcome',
    description:
      'What came of asking an address for its models. `no_list`: it answers, and has no such ' +
      'list, which is none of its duties; `key_refused`: it wants a key, or another one; ' +
      '`trouble`: it is overloaded or broken for now; `not_an_api`: a page for people, or a ' +
      'redirect; `unreachable`: no answer at all',
  });
export type ModelsOutcome = z.output<typeof modelsOutcomeSchema>;

export const addressCheckSchema = z
  .object({
    baseUrl: z
      .string()
      .meta({ example: 'https://api.openai.com/v1' })
      .describe('The address that was meant: with its scheme, and without the path of an endpoint'),
    outcome: modelsOutcomeSchema,
    status: z.number().int().nullable().describe('null if there was no answer'),
    message: z
      .string()
      .meta({ example: 'Rate limit reached' })
      .describe('What went wrong, in words; empty if nothing did'),
    models: z
      .array(z.string())
      .nullable()
      .describe('Without those that FILTERED_MODELS keeps from being served; null if there is no list'),
    suggestion: z
      .string()
      .nullable()
      .describe('An address close to it that answers as an API does; null if there is none'),
  })
  .meta({ id: 'AddressCheck' });
export type AddressCheck = z.output<typeof addressCheckSchema>;

export const providersApi = {
  list: endpoint('providers.list', {
    summary: 'All providers, in their order',
    answer: listOf(providerItemSchema),
  }),
  create: endpoint('providers.create', {
    summary: 'Add a provider',
    example: { name: 'OpenAI', baseUrl: 'https://api.openai.com/v1' },
    body: z.strictObject({
      slug: slugSchema.optional().describe('Made from the name unless given'),
      name: fields.name,
      preset: z
        .string()
        .max(100)
        .optional()
        .meta({ example: 'groq' })
        .describe(
          `Fills in \`baseUrl\`, \`auth\` and \`testModel\` where they are not given: ${PRESET_NAMES.join(', ')}`,
        ),
      baseUrl: fields.baseUrl.optional().describe('Needed unless the preset has one'),
      isEnabled: fields.isEnabled.default(true),
      selectionPolicy: fields.selectionPolicy.default(null),
      timeoutSeconds: fields.timeoutSeconds.default(null),
      firstTokenTimeoutSeconds: fields.firstTokenTimeoutSeconds.default(null),
      maxFailures: fields.maxFailures.default(null),
      maxRetries: fields.maxRetries.default(null),
      testModel: fields.testModel.default(null),
      customHeaders: fields.customHeaders.default({}),
      auth: fields.auth.optional().describe('`bearer` unless given, or what the preset has'),
      query: fields.query.optional(),
      modelRequestKey: fields.modelRequestKey.default(null),
      fallbacks: fields.fallbacks.default([]),
      egress: fields.egress.default({ mode: 'shared' }),
      limits: fields.limits.optional(),
    }),
    answer: providerItemSchema,
  }),
  reorder: endpoint('providers.reorder', {
    summary: 'Put the providers in this order; those that are not named come after',
    body: z.strictObject({ ids: z.array(idSchema).min(1).max(10_000) }),
    answer: listOf(providerItemSchema),
  }),
  check: endpoint('providers.check', {
    summary:
      'Ask an address for its models before anything is saved; with the first key of `text`, if it has one',
    example: { baseUrl: 'https://api.openai.com/v1', text: 'sk-first' },
    body: z.strictObject({
      baseUrl: fields.baseUrl,
      auth: fields.auth.optional().describe('How the address takes a key; `bearer` unless given'),
      query: fields.query.optional(),
      text: z
        .string()
        .max(2 ** 19, { error: 'must be 512 KB at most' })
        .default(''),
    }),
    answer: addressCheckSchema,
  }),
  read: endpoint('providers.read', {
    summary: 'One provider',
    params: idParams,
    answer: providerItemSchema,
  }),
  update: endpoint('providers.update', {
    summary: 'Change a provider; what is left out stays',
    params: idParams,
    example: { version: 3, timeoutSeconds: 60, fallbacks: ['azure'] },
    body: z.strictObject({
      version: countSchema.describe(
        'The version that the change is based on: another one is answered with 409 `conflict`',
      ),
      slug: slugSchema.optional(),
      name: fields.name.optional(),
      baseUrl: fields.baseUrl.optional(),
      isEnabled: fields.isEnabled.optional(),
      selectionPolicy: fields.selectionPolicy.optional(),
      timeoutSeconds: fields.timeoutSeconds.optional(),
      firstTokenTimeoutSeconds: fields.firstTokenTimeoutSeconds.optional(),
      maxFailures: fields.maxFailures.optional(),
      maxRetries: fields.maxRetries.optional(),
      testModel: fields.testModel.optional(),
      customHeaders: fields.customHeaders.optional(),
      auth: fields.auth.optional(),
      query: fields.query.optional(),
      modelRequestKey: fields.modelRequestKey.optional(),
      fallbacks: fields.fallbacks.optional(),
      egress: fields.egress.optional(),
      limits: fields.limits.optional(),
    }),
    answer: providerItemSchema,
  }),
  delete: endpoint('providers.delete', {
    summary: 'Delete a provider with all its keys, for good',
    params: idParams,
    answer: doneSchema,
  }),
  models: endpoint('providers.models', {
    summary: 'Ask the provider which models it has',
    params: idParams,
    answer: providerModelsSchema,
    asksProvider: true,
  }),
  test: endpoint('providers.test', {
    summary: 'Ask the provider for its models, and tell how that went',
    params: idParams,
    answer: z.object({
      ok: z.boolean(),
      outcome: modelsOutcomeSchema,
      status: z.number().int().nullable().describe('null if there was no answer'),
      latencyMs: z.number(),
      message: z.string().meta({ example: 'Rate limit reached' }).describe('What came back, in words'),
      modelCount: countSchema.nullable(),
      key: z.string().nullable().describe('Hint of the key that was used'),
    }),
  }),
};
