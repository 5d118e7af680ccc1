import { updatePrices, waitForUpdate, type Provider } from '@pydantic/genai-prices';
import { z } from 'zod';
import { waysOf } from './safe-pattern';

/** A list in the format of the catalogue that is fit for use. */
export interface PriceList {
  readonly providers: readonly Provider[];
  readonly models: number;
}

export type ReadPriceList =
  { readonly ok: true; readonly list: PriceList } | { readonly ok: false; readonly why: string };

/** The list that comes with the program: the version of its package, and the day on which that was published. */
export const PACKAGED = { version: '0.1.8', publishedAt: Date.UTC(2026, 8, 23) } as const;

/** A list is some hundreds of kilobytes; more than this is none. */
export const LIST_BYTES_MAX = 8 * 2 ** 20;
const PROVIDERS_MAX = 500;
const MODELS_MAX = 10_000;
const PRICE_MAX = 1_000_000;
const NAME_MAX = 300;
const DEPTH_MAX = 5;
const PATTERN_MAX = 200;
/** Of all patterns of a list: a name that a client has made up meets each of them. */
const WAYS_MAX = 2 ** 16;
const PROMPT_MAX = 1e9;
/** Without them it is no list of anybody's prices, but part of one. */
const KNOWN: readonly (readonly [provider: string, model: string])[] = [
  ['openai', 'gpt-4o'],
  ['anthropic', 'claude-sonnet-4-5'],
];

const name = z.string().min(1).max(NAME_MAX);
const address = z
  .string()
  .max(PATTERN_MAX)
  .refine((text) => waysToAddress(text) <= WAYS_MAX);
const pattern = z
  .string()
  .max(PATTERN_MAX)
  .refine((text) => waysToName(text) <= WAYS_MAX);
const amount = z.number().min(0).max(PRICE_MAX);
const price = z.record(
  z.string().max(64),
  z.union([
    amount,
    z.object({
      base: amount,
      tiers: z.array(z.object({ start: z.number().min(0).max(PROMPT_MAX), price: amount })).max(20),
    }),
  ]),
);
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3])(?::[0-5]\d){1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/);
const UNKNOWN = 'unknown';
/** When a price holds. A kind that is not known here makes the price one that nobody knows. */
const constraint = z
  .union([
    z.strictObject({ type: z.literal('start_date').optional(), start_date: z.iso.date() }),
    z.strictObject({
      type: z.literal('time_of_date').optional(),
      start_time: timeOfDay,
      end_time: timeOfDay,
    }),
    z.literal(UNKNOWN),
  ])
  .optional()
  .catch(UNKNOWN);
const conditional = z.object({ constraint, prices: price });

/** How a name is recognised; the deeper, the fewer. */
function matchAt(depth: number): z.ZodType<Match> {
  const simple = z.union([
    z.strictObject({ equals: name }),
    z.strictObject({ starts_with: name }),
    z.strictObject({ ends_with: name }),
    z.strictObject({ contains: name }),
    z.strictObject({ regex: pattern }),
  ]);
  if (depth === 0) return simple;
  const parts = z.array(matchAt(depth - 1)).max(200);
  return z.union([simple, z.strictObject({ or: parts }), z.strictObject({ and: parts })]);
}
const match = matchAt(DEPTH_MAX);
/** A kind that is not known here, or that may take for ever, matches nothing. */
const optionalMatch = match.optional().catch(undefined);

interface Match {
  readonly equals?: string | undefined;
  readonly starts_with?: string | undefined;
  readonly ends_with?: string | undefined;
  readonly contains?: string | undefined;
  readonly regex?: string | undefined;
  readonly or?: readonly Match[] | undefined;
  readonly and?: readonly Match[] | undefined;
}

const BOM = /^\uFEFF/;

const pricesSchema = z.union([price, z.array(conditional).min(1).max(50)]);

const listSchema = z
  .array(
    z.object({
      id: name,
      name,
      api_pattern: address,
      model_match: optionalMatch,
      provider_match: optionalMatch,
      fallback_model_providers: z.array(name).max(50).optional(),
      models: z
        .array(
          z.object({
            id: name,
            match: optionalMatch,
            prices: pricesSchema,
          }),
        )
        .max(MODELS_MAX),
    }),
  )
  .min(1)
  .max(PROVIDERS_MAX);

/** Reads a list; whatever it is, nothing is in use of it yet. Models that cannot be recognised safely are left out. */
export function readPriceList(text: string): ReadPriceList {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(BOM, ''));
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  const read = listSchema.safeParse(json);
  if (!read.success) {
    const at = (read.error.issues[0]?.path ?? []).join('.').slice(0, NAME_MAX) || '0';
    return { ok: false, why: `it is no list of prices: see ${at}` };
  }
  const providers = recognisable(read.data);
  for (const [provider, model] of KNOWN) {
    const isThere = providers.some(
      ({ id, models }) => id === provider && models.some(({ id: of }) => of === model),
    );
    if (!isThere) return { ok: false, why: `it has no price for ${model}` };
  }
  return { ok: true, list: { providers, models: countOf(providers) } };
}

const packaged = waitForUpdate();

/** The list that comes with the program. */
export async function packagedList(): Promise<PriceList> {
  const providers = (await packaged) ?? [];
  return { providers, models: countOf(providers) };
}

/** From now on prices are looked up in this list. Throws if it cannot be used; then nothing has changed. */
export function usePriceList({ providers }: PriceList): void {
  try {
    updatePrices(({ setProviderData }) => setProviderData([...providers]));
  } catch (cause) {
    throw new Error('it cannot be used by this version', { cause });
  }
}

function countOf(providers: readonly Provider[]): number {
  return providers.reduce((sum, { models }) => sum + models.length, 0);
}

/** What is matched as long as all patterns together do not take too long. */
function recognisable(providers: z.output<typeof listSchema>): readonly Provider[] {
  let ways = providers.reduce((sum, { api_pattern: one }) => sum + waysToAddress(one), 0);
  const fits = (one: Match | undefined): one is Match => {
    const more = one === undefined ? 0 : waysIn(one);
    if (one === undefined || ways + more > WAYS_MAX) return false;
    ways += more;
    return true;
  };
  const left = providers.map(({ model_match: ofModel, provider_match: ofProvider, ...provider }) => ({
    ...provider,
    ...(fits(ofModel) && { model_match: ofModel }),
    ...(fits(ofProvider) && { provider_match: ofProvider }),
    models: provider.models.filter(({ match: ofName, prices }) => isKnown(prices) && fits(ofName)),
  }));
  return left as unknown as readonly Provider[];
}

function isKnown(prices: z.output<typeof pricesSchema>): boolean {
  return !Array.isArray(prices) || prices.every(({ constraint: when }) => when !== UNKNOWN);
}

function waysIn({ regex, or = [], and = [] }: Match): number {
  const own = regex === undefined ? 0 : waysToName(regex);
  return [...or, ...and].reduce((sum, part) => sum + waysIn(part), own);
}

function waysToName(text: string): number {
  return waysOf(text) ?? Infinity;
}

/** The catalogue's package looks at the begin of addresses only. */
function waysToAddress(text: string): number {
  return waysOf(`^(?:${text})`) ?? Infinity;
}
