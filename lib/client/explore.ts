import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Explored, ExploreGroup, ExploreMetric, StatsCompare } from '../admin/contract/stats';
import {
  APART_OF_FILTER,
  APART_OF_GROUP,
  apartAsked,
  type Apart,
  type ApartFilter,
} from '../config/kept-apart';
import { DIRECT_PROXY } from '../balancer/egress/direct-proxy';
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
  ...(['none', 'model', 'provider', 'token', 'key', 'proxy', 'status', 'verdict'] as const),
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
  proxy: '',
  verdict: '',
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
  readonly proxy?: string;
  readonly verdict?: string;
}

type Filters = Pick<ExploreQuestion, ApartFilter>;

/** Whether figures can be split up so beside the filters. */
export function canGroupBy(group: ExploreGroup, { keyId, proxy, verdict, token }: Filters): boolean {
  const [apart, filtered] = [APART_OF_GROUP[group], apartAsked({ keyId, proxy, verdict, token })];
  return apart === undefined || filtered === undefined || apart === filtered;
}

/** An address may say anything. Of what is kept apart, keys win, and then proxies and verdicts. */
export function exploreQuestion(view: ExploreView): ExploreQuestion {
  const { provider, model, token, key, proxy, verdict } = view;
  const wanted = exploreGroups.find((group) => group === view.group) ?? 'model';
  const filters: Filters = {
    ...(token !== '' && { token }),
    ...(key !== '' && { keyId: key }),
    ...(proxy !== '' && { proxy }),
    ...(verdict !== '' && { verdict }),
  };
  const apart = apartAsked({ groupBy: wanted, ...filters });
  const isOther = ![undefined, apart].includes(APART_OF_GROUP[wanted]);
  return {
    ...rangeQuery(rangeOf(view.range)),
    ...(compareOf(view.compare) !== 'before' && { compare: compareOf(view.compare) }),
    metric: exploreMetrics.find((metric) => metric === view.metric) ?? 'requests',
    groupBy: isOther ? 'none' : wanted,
    ...(provider !== '' && { provider }),
    ...(model !== '' && { model }),
    ...ofOne(apart, filters),
  };
}

function ofOne(apart: Apart | undefined, filters: Filters): Filters {
  return Object.fromEntries(
    Object.entries(filters).filter(([name]) => APART_OF_FILTER[name as ApartFilter] === apart),
  );
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
    meta: rangeFollows(range, zone, ['traffic', 'providers', 'settings', 'tokens', 'keys', 'proxies']),
    staleTime: 0,
  });

/** Client tokens to choose from: those that were used. */
export const usedTokensQuery = queryOptions({
  queryKey: [...statsKey, 'tokens', 'used'],
  queryFn: ({ signal }) => call('stats.tokens', { query: { range: '30d', limit: 50 }, signal }),
  staleTime: 60_000,
});

/** Whether this is no proxy, but connections without one. */
export function isDirectProxy(id: string): boolean {
  return id === DIRECT_PROXY;
}

export function exploreCsvUrl({ metric: _, compare: __, ...question }: ExploreQuestion): string {
  return urlOf('stats.exportExplored', { query: question });
}
