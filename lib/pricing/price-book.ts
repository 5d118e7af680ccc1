import type { CataloguePrice, PricedModel } from './catalogue';
import { TEXT_MAX } from './safe-pattern';
import { costOf, costWithoutTokens, withoutTokenRates, type BilledTokens, type Rates } from './rates';

/** A price that a person has set; `provider` and `model` may hold `*` for anything. */
export interface OwnPrice extends Rates {
  /** Slug. All providers if undefined. */
  readonly provider?: string | undefined;
  readonly model: string;
}

/** What a model costs, and who says so. */
export interface Price {
  readonly rates: Rates;
  readonly source: 'own' | Omit<CataloguePrice, 'rates'>;
  /** The entry that an own price comes from. */
  readonly entry?: Pick<OwnPrice, 'provider' | 'model'> | undefined;
}

export interface PriceSources {
  /** The first that fits holds. */
  readonly own: () => readonly OwnPrice[];
  readonly catalogue: (asked: PricedModel, at: Date) => CataloguePrice | undefined;
  readonly baseUrlOf: (provider: string) => string | undefined;
}

/** Prices change with the settings, and some with the time of day. */
const FRESH_MS = 60_000;
/** Clients may ask for anything. */
const MODELS_MAX = 2_000;

/** What requests cost. Looks a price up once a minute for each model of a provider. */
export class PriceBook {
  #prices = new Map<string, Price | undefined>();
  #since = -Infinity;

  constructor(private readonly sources: PriceSources) {}

  /** What is known was set otherwise. */
  forget(): void {
    this.#since = -Infinity;
  }

  /** In billionths of a US dollar; undefined if the price is not known. `at`: since 1970. */
  costOf(provider: string, model: string, tokens: BilledTokens, at: number): number | undefined {
    const price = this.priceOf(provider, model, at);
    return price && costOf(tokens, price.rates);
  }

  /** The same for an answer that tells no tokens: of images or sound that are paid by the piece. */
  costOfRequest(provider: string, model: string, at: number): number | undefined {
    const price = this.priceOf(provider, model, at);
    return price && costWithoutTokens(price.rates);
  }

  priceOf(provider: string, model: string, at: number): Price | undefined {
    if (Math.abs(at - this.#since) > FRESH_MS || this.#prices.size >= MODELS_MAX) {
      this.#prices = new Map();
      this.#since = at;
    }
    // Names that clients have made up are not kept at any length.
    if (model.length > TEXT_MAX) return this.#find(provider, model, at);
    const name = `${provider} ${model}`;
    const known = this.#prices.get(name);
    if (known !== undefined || this.#prices.has(name)) return known;
    const price = this.#find(provider, model, at);
    this.#prices.set(name, price);
    return price;
  }

  #find(provider: string, model: string, at: number): Price | undefined {
    const own = this.sources
      .own()
      .find((price) => fits(price.provider ?? '*', provider) && fits(price.model, model));
    // Who sets a price knows it: what it does not name costs what it names.
    if (own !== undefined) {
      const rest = own.request !== undefined && withoutTokenRates(own) ? { input: 0, output: 0 } : {};
      return { rates: { otherTiers: 1, ...own, ...rest }, source: 'own', entry: own };
    }
    const baseUrl = this.sources.baseUrlOf(provider);
    const listed = this.sources.catalogue({ provider, baseUrl, model }, new Date(at));
    if (listed === undefined) return undefined;
    const { rates, ...source } = listed;
    return { rates, source };
  }
}

/** `*` is any text. Goes through pattern and text once each, whatever they are. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return lower.length - last.length >= from && lower.endsWith(last);
}
