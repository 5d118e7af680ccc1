import { updatePrices, waitForUpdate, type Provider } from '@pydantic/genai-prices';
import { z } from 'zod';

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
/** Without them it is no list of anybody's prices, but part of one. */
const KNOWN: readonly (readonly [provider: string, model: string])[] = [
  ['openai', 'gpt-4o'],
  ['anthropic', 'claude-sonnet-4-5'],
];

const name = z.string().min(1).max(NAME_MAX);
const pattern = z.string().max(NAME_MAX).refine(isHarmless);
const amount = z.number().min(0).max(PRICE_MAX);
const price = z.record(
  z.string().max(64),
  z.union([
    amount,
    z.object({ base: amount, tiers: z.array(z.object({ start: amount.max(1e9), price: amount })).max(20) }),
  ]),
);
const conditional = z.object({ constraint: z.record(z.string(), z.string()).optional(), prices: price });

/** How a name is recognised; the deeper, the fewer. */
function matchAt(depth: number): z.ZodType {
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

const listSchema = z
  .array(
    z.object({
      id: name,
      name,
      api_pattern: pattern,
      model_match: match.optional(),
      provider_match: match.optional(),
      fallback_model_providers: z.array(name).max(50).optional(),
      models: z
        .array(z.object({ id: name, match, prices: z.union([price, z.array(conditional).min(1).max(50)]) }))
        .max(MODELS_MAX),
    }),
  )
  .min(1)
  .max(PROVIDERS_MAX);

/** Reads a list; whatever it is, nothing is in use of it yet. */
export function readPriceList(text: string): ReadPriceList {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  const read = listSchema.safeParse(json);
  if (!read.success) {
    const at = (read.error.issues[0]?.path ?? []).join('.').slice(0, NAME_MAX) || '0';
    return { ok: false, why: `it is no list of prices: see ${at}` };
  }
  const providers = read.data as unknown as readonly Provider[];
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

/** From now on prices are looked up in this list. Throws if the catalogue's own package refuses it. */
export function usePriceList({ providers }: PriceList): void {
  updatePrices(({ setProviderData }) => setProviderData([...providers]));
}

function countOf(providers: readonly Provider[]): number {
  return providers.reduce((sum, { models }) => sum + models.length, 0);
}

/** One repetition within another may take for ever on a name that a client has made up. */
const NESTED = /\([^()]*[+*}][^()]*\)\s*[+*{]/;

function isHarmless(text: string): boolean {
  if (NESTED.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
