import { z } from 'zod';
import type { OwnPrice } from '../../pricing/price-book';
import { parseJson, withoutOuterQuotes } from '../raw-text';
import type { ValueType } from '../value-type';
import { jsonNumberSchema } from './number';
import { withoutUnset } from './unset';

const PRICES_MAX = 1_000;
const PATTERN_MAX = 191;
/** USD for a million tokens, or for a request. */
const amount = jsonNumberSchema(false, { min: 0, max: 1_000_000 }).optional();
/** Of the usual price. */
const share = jsonNumberSchema(false, { min: 0, max: 100 }).optional();
const pattern = z
  .string({ error: 'must be a name, in which * is any text' })
  .trim()
  .min(1, { error: 'must be a name, in which * is any text' })
  .max(PATTERN_MAX, { error: `must be ${PATTERN_MAX} characters at most` });

/** What an entry calls a rate, and the program's word for it. */
const RATES = {
  input: 'input',
  cached_input: 'cachedInput',
  cache_write: 'cacheWrite',
  cache_write_1h: 'cacheWrite1h',
  input_audio: 'inputAudio',
  cached_audio: 'cachedAudio',
  input_image: 'inputImage',
  output: 'output',
  reasoning: 'reasoning',
  output_audio: 'outputAudio',
  output_image: 'outputImage',
  request: 'request',
  batch: 'batch',
  flex: 'flex',
  priority: 'priority',
} as const satisfies Record<string, keyof OwnPrice>;
type RateName = keyof typeof RATES;
const rateNames = Object.keys(RATES) as readonly RateName[];
/** Those that say what something costs by themselves. */
const priceNames = rateNames.filter((name) => !['batch', 'flex', 'priority'].includes(name));
const FIELDS = ['provider', 'model', ...rateNames];

const entrySchema = z.preprocess(
  withoutUnset,
  z
    .strictObject(
      {
        provider: pattern.optional(),
        model: pattern,
        input: amount,
        cached_input: amount,
        cache_write: amount,
        cache_write_1h: amount,
        input_audio: amount,
        cached_audio: amount,
        input_image: amount,
        output: amount,
        reasoning: amount,
        output_audio: amount,
        output_image: amount,
        request: amount,
        batch: share,
        flex: share,
        priority: share,
      } satisfies Record<RateName | 'provider' | 'model', z.ZodType>,
      { error: 'must be an object such as {"model":"my-*","input":0.5,"output":1.5}' },
    )
    .refine((entry) => priceNames.some((name) => entry[name] !== undefined), {
      error: `must have a price: one of ${priceNames.join(', ')}`,
    }),
);
type Entry = z.output<typeof entrySchema>;

const listSchema = z
  .array(entrySchema, { error: 'must be a JSON list such as [{"model":"my-*","input":0.5,"output":1.5}]' })
  .max(PRICES_MAX, { error: `must be ${PRICES_MAX} prices at most` });

/** A JSON list of prices of models, in USD for a million tokens. */
export const prices: ValueType<readonly OwnPrice[]> = {
  schema: z.codec(z.string(), z.custom<readonly OwnPrice[]>(), {
    decode: (raw, context) => {
      const json = parseJson(withoutOuterQuotes(raw));
      const read = listSchema.safeParse(json.ok ? json.value : raw);
      if (read.success) return read.data.map(fromEntry);
      for (const issue of read.error.issues)
        context.issues.push({ code: 'custom', input: raw, path: [...issue.path], message: messageOf(issue) });
      return z.NEVER;
    },
    encode: (own) => JSON.stringify(own.map(toEntry)),
  }),
  input: { kind: 'json' },
};

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `has a field that is not known; allowed are ${FIELDS.join(', ')}`;
}

function fromEntry({ provider, model, ...rates }: Entry): OwnPrice {
  const own: Record<string, number> = {};
  for (const name of rateNames) if (rates[name] !== undefined) own[RATES[name]] = rates[name];
  return { ...(provider !== undefined && { provider }), model, ...own };
}

function toEntry(price: OwnPrice): object {
  const { provider, model } = price;
  const rates = rateNames.map((name) => [name, price[RATES[name]]] as const);
  const set = rates.filter(([, rate]) => rate !== undefined);
  return { ...(provider !== undefined && { provider }), model, ...Object.fromEntries(set) };
}
