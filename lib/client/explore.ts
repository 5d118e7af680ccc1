import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Explored, ExploreGroup, ExploreMetric, StatsCompare } from '../admin/contract/stats';
import { asked } from './asked';
import { rangeOf, rangeQuery, type RangeQuery, type RangeText } from './ranges';
import { call, urlOf } from './request';
import { compareOf, rangeFollows, statsKey } from './stats';

export const exploreMetrics: readonly ExploreMetric[] = [
  ...(['requests', 'failed', 'successRate', 'attempts', 'failedAttempts', 'tokens', 'promptTokens'] as const),
  ...(['cachedTokens', 'completionTokens', 'costUsd', 'latencyP50Ms', 'latencyP95Ms'] as const),
  'ttfbAverageMs',
];
export const exploreGroups: readonly ExploreGroup[] = [
  ...(['none', 'model', 'provider', 'token', 'key', 'status'] as const),
];

/** What the address of the page says. */
export const exploreDefaults = {
  range: '24h',
  compare: 'before',
  metric: 'requests',
  group: 'model',
  provider: '',
  model: '',
  token: '',
  key: '',
  sort: '',
};
export type ExploreView = typeof exploreDefaults;

/** What the server is asked. */
export interface ExploreQuestion {
  readonly range?: RangeQuery['range'];
  readonly from?: string;
  readonly to?: string;
  /** As long a time before, unless it says otherwise. */
  readonly compare?: StatsCompare;
  readonly metric: ExploreMetric;
  readonly groupBy: ExploreGroup;
  readonly provider?: string;
  readonly model?: string;
  readonly token?: string;
  readonly keyId?: string;
}

/** An address may say anything. What is kept apart, by key and by token, is not asked for together: the key wins. */
export function exploreQuestion(view: ExploreView): ExploreQuestion {
  const { provider, model, token, key } = view;
  const wanted = exploreGroups.find((group) => group === view.group) ?? 'model';
  const groupBy = wanted === 'token' && key !== '' ? 'none' : wanted;
  const isByKey = key !== '' || groupBy === 'key';
  return {
    ...rangeQuery(rangeOf(view.range)),
    ...(compareOf(view.compare) !== 'before' && { compare: compareOf(view.compare) }),
    metric: exploreMetrics.find((metric) => metric === view.metric) ?? 'requests',
    groupBy,
    ...(provider !== '' && { provider }),
    ...(model !== '' && { model }),
    ...(token !== '' && !isByKey && { token }),
    ...(key !== '' && { keyId: key }),
  };
}

/** What was found, with what was asked: while another answer is on its way, this one stays what it is. */
export type Found = Explored & { readonly question: ExploreQuestion };

export const exploreQuery = (question: ExploreQuestion, range: RangeText, zone: string) =>
  queryOptions({
    queryKey: [...statsKey, 'explore', question],
    queryFn: ({ signal }) =>
      asked(async (): Promise<Found> => ({
        ...(await call('stats.explore', { query: question, signal })),
        question,
      })),
    placeholderData: keepPreviousData,
    meta: rangeFollows(range, zone, ['traffic', 'providers', 'settings', 'tokens', 'keys']),
    staleTime: 0,
  });

/** Client tokens to choose from: those that were used. */
export const usedTokensQuery = queryOptions({
  queryKey: [...statsKey, 'tokens', 'used'],
  queryFn: ({ signal }) => call('stats.tokens', { query: { range: '30d', limit: 50 }, signal }),
  staleTime: 60_000,
});

export function exploreCsvUrl({ metric: _, compare: __, ...question }: ExploreQuestion): string {
  return urlOf('stats.exportExplored', { query: question });
}
