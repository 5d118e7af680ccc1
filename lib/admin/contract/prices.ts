import { z } from 'zod';
import { endpoint } from './endpoint';
import { countSchema, slugSchema, timeSchema } from './values';

const amountSchema = z.number().min(0);
const rateSchema = z
  .object({
    base: amountSchema,
    steps: z
      .array(z.object({ above: countSchema, rate: amountSchema }))
      .describe('What holds for all tokens of a request once its prompt is longer than `above`'),
  })
  .nullable()
  .meta({ id: 'PriceRate', description: 'US dollars for a million tokens; null: what it is a part of' });

export const priceSchema = z
  .object({
    source: z.enum(['own', 'catalogue']),
    provider: z
      .string()
      .meta({ example: 'OpenAI' })
      .nullable()
      .describe("The catalogue's name of the provider; of an own price what it is set for, null: all"),
    model: z
      .string()
      .meta({ example: 'gpt-4o' })
      .nullable()
      .describe("The catalogue's name of the model; of an own price what it is set for"),
    input: rateSchema,
    cachedInput: rateSchema,
    cacheWrite: rateSchema,
    cacheWrite1h: rateSchema,
    inputAudio: rateSchema,
    cachedAudio: rateSchema,
    inputImage: rateSchema,
    output: rateSchema,
    reasoning: rateSchema,
    outputAudio: rateSchema,
    outputImage: rateSchema,
    request: amountSchema.nullable().describe('For each request'),
    batch: amountSchema.nullable().describe('Share of the price; null: not known, or of an own price 1'),
    flex: amountSchema.nullable(),
    priority: amountSchema.nullable(),
  })
  .meta({ id: 'Price' });
export type PriceAnswer = z.output<typeof priceSchema>;

export const pricedModelSchema = z
  .object({
    provider: z.string().meta({ example: 'openai' }),
    model: z.string().meta({ example: 'gpt-4o-mini' }),
    requests: countSchema.describe('Of the last 30 days'),
    price: priceSchema.nullable().describe('null: unknown'),
  })
  .meta({ id: 'PricedModel' });
export type PricedModelItem = z.output<typeof pricedModelSchema>;

export const priceListSchema = z
  .object({
    source: z
      .enum(['package', 'fetched', 'file'])
      .describe('`package`: it came with the program. `file`: PRICES_FILE'),
    at: timeSchema.describe('When it was published, fetched or written'),
    models: countSchema.describe('Models that it has prices of'),
    problem: z.string().nullable().describe('Why the list that should be in use is not'),
  })
  .meta({ id: 'PriceList' });
export type PriceListAnswer = z.output<typeof priceListSchema>;

export const pricesApi = {
  list: endpoint('prices.list', {
    summary:
      'What models cost here, and who says so: those asked for in the last 30 days, or the one that is named',
    query: z.strictObject({
      provider: slugSchema.optional(),
      model: z.string().min(1).max(191).optional().describe('Together with `provider`: of this model alone'),
    }),
    answer: z.object({ list: priceListSchema, items: z.array(pricedModelSchema) }),
  }),
  update: endpoint('prices.update', {
    summary: 'Fetch the list prices anew, for all instances; a failure changes nothing',
    answer: priceListSchema,
  }),
};
