import { queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

export const pricesKey = ['prices'] as const;

export const pricesQuery = queryOptions({
  queryKey: pricesKey,
  queryFn: ({ signal }) => asked(() => call('prices.list', { query: {}, signal })),
  meta: follows(['settings', 'providers']),
  staleTime: 0,
});

export const updatePrices = () => call('prices.update', {});

/** An own price, as MODEL_PRICES has it. */
export interface OwnPriceEntry {
  readonly provider?: string;
  readonly model: string;
  readonly [field: string]: string | number | undefined;
}

/** What stands in the setting; nothing of what is no entry. */
export function ownPricesIn(value: unknown): readonly OwnPriceEntry[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (entry): entry is OwnPriceEntry =>
      typeof entry === 'object' && entry !== null && typeof (entry as { model?: unknown }).model === 'string',
  );
}

const isOf = (entry: OwnPriceEntry, provider: string, model: string) =>
  entry.provider === provider && entry.model === model;

/** The list with this price of a model at a provider, before all others so that it holds. */
export function withOwnPrice(all: readonly OwnPriceEntry[], price: OwnPriceEntry): OwnPriceEntry[] {
  return [price, ...withoutOwnPrice(all, price.provider ?? '', price.model)];
}

export function withoutOwnPrice(
  all: readonly OwnPriceEntry[],
  provider: string,
  model: string,
): OwnPriceEntry[] {
  return all.filter((entry) => !isOf(entry, provider, model));
}

/** The entry that was set for just this model at this provider; patterns are none of those. */
export function ownPriceOf(
  all: readonly OwnPriceEntry[],
  provider: string,
  model: string,
): OwnPriceEntry | undefined {
  return all.find((entry) => isOf(entry, provider, model));
}
