import {
  calcPrice,
  findProvider,
  REMOTE_DATA_JSON_URL,
  type ModelPrice,
  type PriceCalculation,
  type PriceOptions,
} from '@pydantic/genai-prices';
import type { Rate, Rates, UnknownPart } from './rates';
import { TEXT_MAX } from './safe-pattern';

/** Where the catalogue is kept up to date. */
export const REMOTE_LIST_URL = REMOTE_DATA_JSON_URL;

/** Where a model is asked for. */
export interface PricedModel {
  /** The provider's slug, */
  readonly provider: string;
  readonly baseUrl: string | undefined;
  readonly model: string;
}

/** A price of the catalogue, and whose it is. */
export interface CataloguePrice {
  readonly rates: Rates;
  /** As the catalogue calls them. */
  readonly provider: string;
  readonly model: string;
}

/** OpenAI's own models go by their names at whoever resells them. */
const OPENAI: PriceOptions = { providerId: 'openai' };
const NOTHING = { input_tokens: 0, output_tokens: 0 };

/**
 * The list price of a model, from the catalogue of `@pydantic/genai-prices`: at the provider that the address, or else
 * the slug, belongs to; that of the model's maker if the catalogue knows neither. Undefined if it has none: it is
 * unknown, and not nothing.
 */
export function cataloguePrice(asked: PricedModel, at: Date): CataloguePrice | undefined {
  if (asked.model.length > TEXT_MAX) return undefined;
  for (const options of waysTo(asked)) {
    for (const name of namesOf(asked.model)) {
      const found = calcPrice(NOTHING, name, { ...options, timestamp: at });
      if (found === null) continue;
      const rates = ratesOf(found.model_price, found.provider.id) ?? ratesOfFree(found);
      return rates && priceOf(found, rates);
    }
  }
  return undefined;
}

/** The catalogue has no prices for what costs nothing. */
function ratesOfFree({ model, model_price: price }: PriceCalculation): Rates | undefined {
  const isFree = model.id.endsWith(':free') && Object.keys(price).length === 0;
  return isFree ? { input: 0, output: 0 } : undefined;
}

function priceOf({ provider, model }: PriceCalculation, rates: Rates): CataloguePrice {
  return { rates, provider: provider.name, model: model.id };
}

/** Another one's price is no guess at a provider whose prices are known. */
function waysTo({ baseUrl, provider: slug }: PricedModel): readonly PriceOptions[] {
  const byAddress = baseUrl && findProvider({ providerApiUrl: baseUrl.slice(0, TEXT_MAX) });
  const provider = byAddress || findProvider({ providerId: slug });
  return provider === undefined ? [{}, OPENAI] : [{ provider }];
}

/** Relays write the maker before the name. */
function namesOf(model: string): readonly string[] {
  const short = model.slice(model.lastIndexOf('/') + 1);
  return short === model ? [model] : [model, short];
}

/** Undefined where nothing is said for tokens, as of a model that is paid by the minute. */
function ratesOf(price: ModelPrice, provider: string): Rates | undefined {
  const { input_mtok, output_mtok, requests_kcount } = price;
  if (input_mtok === undefined && output_mtok === undefined) return undefined;
  return {
    input: rateOf(input_mtok),
    cachedInput: rateOf(price.cache_read_mtok),
    cacheWrite: rateOf(price.cache_write_5m_mtok ?? price.cache_write_mtok),
    cacheWrite1h: rateOf(price.cache_write_1h_mtok),
    inputAudio: rateOf(price.input_audio_mtok),
    cachedAudio: rateOf(price.cache_audio_read_mtok),
    inputImage: rateOf(price.input_image_mtok),
    output: rateOf(output_mtok),
    reasoning: rateOf(price.output_reasoning_mtok),
    outputAudio: rateOf(price.output_audio_mtok),
    outputImage: rateOf(price.output_image_mtok),
    request: typeof requests_kcount === 'number' ? requests_kcount / 1000 : undefined,
    ...TIERS[provider],
    unknown: unknownOf(provider, price),
  };
}

/**
 * What the catalogue does not have, by its names of providers: the share of the usual price that other ways of serving
 * cost. As their price pages say in November 2026; anything else is not known.
 */
const TIERS: Readonly<Record<string, Pick<Rates, 'batch' | 'flex'>>> = {
  openai: { batch: 0.5, flex: 0.5 },
  azure: { batch: 0.5, flex: 0.5 },
  anthropic: { batch: 0.5 },
  groq: { batch: 0.5, flex: 1 },
};

/** Google's list names sound where it costs something else than text; elsewhere sound without a rate is a gap. */
function unknownOf(provider: string, price: ModelPrice): readonly UnknownPart[] {
  const hasAudio = price.input_audio_mtok !== undefined || price.output_audio_mtok !== undefined;
  const unknown: UnknownPart[] = hasAudio || provider === 'google' ? [] : ['audio'];
  return price.cache_write_1h_mtok === undefined ? [...unknown, 'cacheWrite1h'] : unknown;
}

function rateOf(price: ModelPrice[string]): Rate | undefined {
  if (price === undefined || typeof price === 'number') return price;
  const steps = price.tiers.map(({ start, price: rate }) => ({ above: start, rate }));
  return { base: price.base, steps: steps.toSorted((a, b) => a.above - b.above) };
}
