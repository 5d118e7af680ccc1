import type { PriceAnswer, PricedModelItem } from '@/lib/admin/contract/prices';
import type { OwnPriceEntry } from '@/lib/client/prices';

/** What most models are paid by; all other fields of an entry stay as they are. */
export const PRICE_FIELDS = ['input', 'cached_input', 'output'] as const;
export type PriceField = (typeof PRICE_FIELDS)[number];
/** As people type them; an empty one is no rate. */
export type PriceTexts = Readonly<Record<PriceField, string>>;

export const AMOUNT_MAX = 1_000_000;

/** What the setting calls rates, and what the API does. */
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
} as const satisfies Record<string, keyof PriceAnswer>;
const SHARES = ['batch', 'flex', 'priority'] as const;
const NO_PRICES: ReadonlySet<string> = new Set(['provider', 'model', ...SHARES]);

/** An own price before it is changed. */
export interface PriceDraft {
  /** Where it stands among the own prices; undefined if the catalogue, or nobody, has the price. */
  readonly place: number | undefined;
  /** It is set for more than this model at this provider. */
  readonly isPattern: boolean;
  /** All that holds now, as the setting has it. */
  readonly entry: OwnPriceEntry;
  readonly texts: PriceTexts;
  /** The catalogue asks more for long prompts, which an own price cannot. */
  readonly losesSteps: boolean;
}

/** Begins with the own price that holds, wherever and for whatever it was set, or else with all that the list says. */
export function draftOf(
  { provider, model, price }: PricedModelItem,
  all: readonly OwnPriceEntry[],
): PriceDraft {
  const place = price?.source === 'own' ? placeOf(price, all) : -1;
  const own = all[place];
  const entry = own ?? { provider, model, ...(price !== null && listedRates(price)) };
  const losesSteps = own === undefined && price !== null && hasSteps(price);
  const isPattern = own !== undefined && !(own.provider === provider && own.model === model);
  return { place: own && place, isPattern, entry, texts: textsOf(entry), losesSteps };
}

function textsOf({ input = '', cached_input: cached = '', output = '' }: OwnPriceEntry): PriceTexts {
  return { input: String(input), cached_input: String(cached), output: String(output) };
}

function placeOf({ provider, model }: PriceAnswer, all: readonly OwnPriceEntry[]): number {
  return all.findIndex((entry) => (entry.provider ?? null) === provider && entry.model === model);
}

function listedRates(price: PriceAnswer): Record<string, number> {
  const rates = Object.entries(RATES).map(([field, name]) => [field, price[name]?.base ?? null] as const);
  const flat = (['request', ...SHARES] as const).map((field) => [field, price[field]] as const);
  const told = [...rates, ...flat].flatMap(([field, value]) =>
    value === null ? [] : [[field, value] as const],
  );
  return Object.fromEntries(told);
}

function hasSteps(price: PriceAnswer): boolean {
  return Object.values(RATES).some((name) => (price[name]?.steps.length ?? 0) > 0);
}

/** What the form does not show, as the setting has it. */
export function keptFields({ entry }: PriceDraft): readonly (readonly [field: string, value: number])[] {
  return Object.entries(entry).flatMap(([field, value]) =>
    typeof value === 'number' && !PRICE_FIELDS.some((shown) => shown === field)
      ? [[field, value] as const]
      : [],
  );
}

/** Undefined if it is no amount. Empty: null. */
export function amountIn(text: string): number | null | undefined {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  const value = Number(plain);
  return value >= 0 && value <= AMOUNT_MAX ? value : undefined;
}

/** The price with what was typed; undefined while it is none. */
function changedEntry({ entry }: PriceDraft, texts: PriceTexts): OwnPriceEntry | undefined {
  const changed: Record<string, string | number | undefined> = { ...entry };
  for (const field of PRICE_FIELDS) {
    const value = amountIn(texts[field]);
    if (value === undefined) return undefined;
    if (value === null) delete changed[field];
    else changed[field] = value;
  }
  const hasPrice = Object.keys(changed).some(
    (field) => !NO_PRICES.has(field) && changed[field] !== undefined,
  );
  return hasPrice ? { ...changed, model: entry.model } : undefined;
}

/**
 * The own prices with this one changed in its place; a new one stands before all others so that it holds. `alone`: one
 * for this model alone beside the pattern that holds now. Undefined while it is no price.
 */
export function pricesWith(
  all: readonly OwnPriceEntry[],
  draft: PriceDraft,
  texts: PriceTexts,
  alone?: Pick<PricedModelItem, 'provider' | 'model'>,
): readonly OwnPriceEntry[] | undefined {
  const entry = changedEntry(draft, texts);
  if (entry === undefined) return undefined;
  if (alone !== undefined) return [{ ...entry, provider: alone.provider, model: alone.model }, ...all];
  return draft.place === undefined ? [entry, ...all] : all.with(draft.place, entry);
}
