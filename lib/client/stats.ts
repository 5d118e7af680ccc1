import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { StatsRange, statsApi } from '../admin/contract/stats';
import { call } from './request';
import { every } from './polling';

type Api = typeof statsApi;

export const statsKey = ['stats'] as const;

export const overviewQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'overview', range],
    queryFn: ({ signal }) => call<Api['overview']>('GET', '/stats/overview', { query: { range }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: every(5_000),
  });

export const timeseriesQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'timeseries', range],
    queryFn: ({ signal }) =>
      call<Api['timeseries']>('GET', '/stats/timeseries', { query: { range }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: every(refreshMs(range)),
  });

export const attentionQuery = queryOptions({
  queryKey: [...statsKey, 'attention'],
  queryFn: ({ signal }) => call<Api['attention']>('GET', '/stats/attention', { signal }),
  refetchInterval: every(2_000),
});

export const modelUsageQuery = (range: StatsRange) =>
  queryOptions({
    queryKey: [...statsKey, 'models', range],
    queryFn: ({ signal }) =>
      call<Api['models']>('GET', '/stats/models', { query: { range, limit: 8 }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: every(refreshMs(range)),
  });

/** The figures of one page are of one moment; those of a long range cost more and change little. */
function refreshMs(range: StatsRange): number {
  return range === '1h' || range === '24h' ? 5_000 : 30_000;
}
