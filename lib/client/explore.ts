import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Explored, ExploreGroup, ExploreMetric, StatsCompare } from '../admin/contract/stats';
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

/** Whose figures are kept apart from all others, so that they are not asked for together. */
type Apart = 'key' | 'attempt' | 'token';
const APART: Partial<Record<ExploreGroup, Apart>> = {
  key: 'key',
  proxy: 'attempt',
  verdict: 'attempt',
  token: 'token',
};
type Filters = Pick<ExploreQuestion, 'keyId' | 'proxy' | 'verdict' | 'token'>;

/** What the filters are of; where they do not go together, the first counts. */
function filteredBy({ keyId, proxy, verdict, token }: Filters): Apart | undefined {
  if (keyId !== undefined) return 'key';
  if (proxy !== undefined || verdict !== undefined) return 'attempt';
  return token === undefined ? undefined : 'token';
}

/** Whether figures can be split up so beside the filters. */
export function canGroupBy(group: ExploreGroup, question: Filters): boolean {
  const [apart, filtered] = [APART[group], filteredBy(question)];
  return apart === undefined || filtered === undefined || apart === filtered;
}

/** Whose figures are asked for; undefined for those of all traffic. */
export function askedApart({ groupBy, ...filters }: Filters & Pick<ExploreQuestion, 'groupBy'>) {
  const asked = [filteredBy(filters), APART[groupBy]];
  return (['key', 'attempt', 'token'] as const).find((apart) => asked.includes(apart));
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
  const apart = askedApart({ groupBy: wanted, ...filters });
  const isOther = APART[wanted] !== undefined && APART[wanted] !== apart;
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

function ofOne(apart: Apart | undefined, { keyId, proxy, verdict, token }: Filters): Filters {
  if (apart === 'key') return keyId === undefined ? {} : { keyId };
  if (apart === 'token') return token === undefined ? {} : { token };
  return { ...(proxy !== undefined && { proxy }), ...(verdict !== undefined && { verdict }) };
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
