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
