import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointAnswer } from '../admin/contract/endpoint';
import type { StatsCompare, statsApi } from '../admin/contract/stats';
import { call } from './request';
import { asked } from './asked';
import { follows, type Topic } from './live-follower';
import { courseOf, rangeQuery, type RangeText } from './ranges';

export const compares: readonly StatsCompare[] = ['before', 'week', 'none'];

/** What an address says, if it is one of ours. */
export function compareOf(text: string): StatsCompare {
  return compares.find((compare) => compare === text) ?? 'before';
}

export const statsKey = ['stats'] as const;
export const MODELS_SHOWN = 8;
export const TOKENS_SHOWN = 10;
const TOPICS: readonly Topic[] = ['traffic', 'providers', 'settings'];

/** Traffic changes nothing of a time that is over; where days are meant, another one becomes the last in time. */
export function rangeFollows(range: RangeText, zone: string, topics = TOPICS) {
  const course = courseOf(range, Date.now(), zone);
  if (course === 'live') return follows(topics);
  const others = topics.filter((topic) => topic !== 'traffic');
  return course === 'moving' ? follows(others) : follows(others, undefined, Infinity);
}

/** It tells of now as well, whatever the range. */
export const overviewQuery = (range: RangeText, compare: StatsCompare) =>
  queryOptions({
    queryKey: [...statsKey, 'overview', range, compare],
    queryFn: ({ signal }) =>
      asked(() => call('stats.overview', { query: { ...rangeQuery(range), compare }, signal })),
    placeholderData: keepPreviousData,
    meta: follows(TOPICS),
    staleTime: 0,
  });

export const timeseriesQuery = (range: RangeText, compare: StatsCompare, zone: string) =>
  queryOptions({
    queryKey: [...statsKey, 'timeseries', range, compare],
    queryFn: ({ signal }) =>
      asked(() => call('stats.timeseries', { query: { ...rangeQuery(range), compare }, signal })),
    placeholderData: keepPreviousData,
    meta: rangeFollows(range, zone),
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

export const modelUsageQuery = (range: RangeText, zone: string) =>
  queryOptions({
    queryKey: [...statsKey, 'models', range],
    queryFn: ({ signal }) =>
      asked(() => call('stats.models', { query: { ...rangeQuery(range), limit: MODELS_SHOWN }, signal })),
    placeholderData: keepPreviousData,
    meta: rangeFollows(range, zone),
    staleTime: 0,
  });

export const tokenUsageQuery = (range: RangeText, zone: string) =>
  queryOptions({
    queryKey: [...statsKey, 'tokens', range],
    queryFn: ({ signal }) =>
      asked(() => call('stats.tokens', { query: { ...rangeQuery(range), limit: TOKENS_SHOWN }, signal })),
    placeholderData: keepPreviousData,
    meta: rangeFollows(range, zone, [...TOPICS, 'tokens']),
    staleTime: 0,
  });

export type TokenUsage = EndpointAnswer<typeof statsApi.tokens>['items'][number];
