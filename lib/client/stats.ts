import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointAnswer } from '../admin/contract/endpoint';
import type { StatsRange, statsApi } from '../admin/contract/stats';
import { call } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

export const ranges: readonly StatsRange[] = ['1h', '24h', '7d', '30d'];

/** What an address says, if it is one of ours. */
export function rangeOf(text: string): StatsRange {
  return ranges.find((range) => range === text) ?? '24h';
}

export const statsKey = ['stats'] as const;
export const MODELS_SHOWN = 8;
export const TOKENS_SHOWN = 10;
const statsMeta = follows(['traffic', 'providers', 'settings']);

export const overviewQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'overview', range],
    queryFn: ({ signal }) => asked(() => call('stats.overview', { query: { range }, signal })),
    placeholderData: keepPreviousData,
    meta: statsMeta,
    staleTime: 0,
  });

export const timeseriesQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'timeseries', range],
    queryFn: ({ signal }) => asked(() => call('stats.timeseries', { query: { range }, signal })),
    placeholderData: keepPreviousData,
    meta: statsMeta,
    staleTime: 0,
  });

export const attentionQuery = queryOptions({
  queryKey: [...statsKey, 'attention'],
  queryFn: ({ signal }) => asked(() => call('stats.attention', { signal })),
  // It looks at each key; and what was wrong may end with nothing happening.
  meta: follows(['traffic', 'key-states', 'proxy-states', 'providers', 'proxies', 'settings'], 2_000, 5_000),
  staleTime: 0,
});

export const capacityQuery = queryOptions({
  queryKey: [...statsKey, 'capacity'],
  queryFn: ({ signal }) => asked(() => call('stats.capacity', { query: {}, signal })),
  // It looks at each key; and what was used comes back with nothing happening.
  meta: follows(['traffic', 'keys', 'key-states', 'providers', 'settings'], 2_000, 10_000),
  staleTime: 0,
});

/** Names to choose from. */
export const usedModelsQuery = queryOptions({
  queryKey: [...statsKey, 'models', 'used'],
  queryFn: ({ signal }) => call('stats.models', { query: { range: '30d', limit: 50 }, signal }),
  staleTime: 60_000,
});

export const modelUsageQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'models', range],
    queryFn: ({ signal }) =>
      asked(() => call('stats.models', { query: { range, limit: MODELS_SHOWN }, signal })),
    placeholderData: keepPreviousData,
    meta: statsMeta,
    staleTime: 0,
  });

export const tokenUsageQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'tokens', range],
    queryFn: ({ signal }) =>
      asked(() => call('stats.tokens', { query: { range, limit: TOKENS_SHOWN }, signal })),
    placeholderData: keepPreviousData,
    meta: follows(['traffic', 'providers', 'settings', 'tokens']),
    staleTime: 0,
  });

export type TokenUsage = EndpointAnswer<typeof statsApi.tokens>['items'][number];
