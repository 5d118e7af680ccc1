import type { ExploredGroup, ExploreGroup, UsageTotals } from '@/lib/admin/contract/stats';
import { APART_OF_GROUP } from '../../lib/config/kept-apart';
import { exploreDefaults, type ExploreView, type Found } from '../../lib/client/explore';
import { rollingRanges } from '../../lib/client/ranges';
import { writeUrlState } from '../../lib/client/url-state';

export type Grouping = Exclude<ExploreGroup, 'none'>;
/** What has a page of its own. */
export type Scope = Exclude<Grouping, 'status'>;

/** By what the page of one of them is split up at first. */
const GROUP_WITHIN: Readonly<Record<Scope, Scope>> = {
  provider: 'model',
  model: 'provider',
  token: 'model',
  key: 'model',
  proxy: 'verdict',
  verdict: 'provider',
};

/** The page with this much changed. It names its group, so that it wins over how the page was left. */
export function exploreHref(view: Partial<ExploreView>): string {
  const whole = { ...exploreDefaults, ...view };
  const search = writeUrlState(new URLSearchParams(), exploreDefaults, whole);
  search.set('group', whole.group);
  return `/explore?${search.toString()}`;
}

/** The page of one group. */
export function hrefOfOne(view: ExploreView, group: Scope, id: string): string {
  const own = APART_OF_GROUP[group];
  const apart =
    own === undefined ? [] : Object.keys(APART_OF_GROUP).filter((name) => APART_OF_GROUP[name] !== own);
  const without = Object.fromEntries(apart.map((other) => [other, '']));
  return exploreHref({ ...view, ...without, sort: '', [group]: id, group: GROUP_WITHIN[group] });
}

/** The page of all that it is one of. */
export function hrefOfAll(view: ExploreView, group: Scope): string {
  return exploreHref({ ...view, [group]: '', group });
}

/** What the figures are of, in the order in which it is said. */
export function scopesOf({ question, filter }: Found): readonly (Pick<
  ExploredGroup,
  'id' | 'name' | 'hint'
> & {
  readonly group: Scope;
})[] {
  const { model, provider, token, keyId, proxy, verdict } = question;
  return [
    ...(model === undefined ? [] : [{ group: 'model', id: model, name: null, hint: null } as const]),
    ...(token === undefined ? [] : [{ group: 'token', id: token, ...filter.token } as const]),
    ...(proxy === undefined ? [] : [{ group: 'proxy', id: proxy, ...filter.proxy } as const]),
    ...(verdict === undefined ? [] : [{ group: 'verdict', id: verdict, name: null, hint: null } as const]),
    ...(keyId === undefined ? [] : [{ group: 'key', id: keyId, ...filter.key } as const]),
    ...(provider === undefined
      ? []
      : [{ group: 'provider', id: provider, name: filter.provider, hint: null } as const]),
  ];
}

/**
 * Their requests in the logs, which know tokens by their hints and cannot be filtered by proxy; of all of them or of
 * those that ended one way. Of days or a free range only those of that time.
 */
export function logsHref(found: Found, result?: string): string {
  const { question, filter } = found;
  const { provider, model, keyId, token, verdict } = question;
  const hint = token === undefined ? undefined : filter.token.hint;
  const search = new URLSearchParams({
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(keyId !== undefined && { keyId }),
    ...(typeof hint === 'string' && { token: hint }),
    ...(verdict !== undefined && { outcome: verdict }),
    ...(result !== undefined && { result }),
    ...(!rollingRanges.some((range) => range === question.range) && {
      from: minuteText(found.from),
      to: minuteText(found.to - MINUTE_MS),
    }),
  });
  return search.size === 0 ? '/logs' : `/logs?${search.toString()}`;
}

const MINUTE_MS = 60_000;

/** As the address of the logs has it, where the last minute is in it. */
const minuteText = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

export interface FigureColumn {
  readonly name:
    | 'requests'
    | 'failed'
    | 'success'
    | 'attempts'
    | 'prompt'
    | 'cached'
    | 'completion'
    | 'cost'
    | 'p50'
    | 'p95'
    | 'ttfb';
  readonly valueOf: (totals: UsageTotals) => number | null;
}

/** The figures of the table, by which it can be sorted. */
export const figureColumns: readonly FigureColumn[] = [
  { name: 'requests', valueOf: (totals) => totals.requests },
  { name: 'failed', valueOf: (totals) => totals.failed },
  { name: 'success', valueOf: (totals) => totals.successRate },
  { name: 'attempts', valueOf: (totals) => totals.attempts },
  { name: 'prompt', valueOf: (totals) => totals.promptTokens },
  { name: 'cached', valueOf: (totals) => totals.cachedTokens },
  { name: 'completion', valueOf: (totals) => totals.completionTokens },
  { name: 'cost', valueOf: (totals) => totals.costUsd },
  { name: 'p50', valueOf: (totals) => totals.latencyP50Ms },
  { name: 'p95', valueOf: (totals) => totals.latencyP95Ms },
  { name: 'ttfb', valueOf: (totals) => totals.ttfbAverageMs },
];

export interface Sorting {
  readonly by: FigureColumn['name'];
  readonly order: 'asc' | 'desc';
}

/** `cost.asc`; the most requests first if the address says nothing that is one. */
export function sortingOf(text: string): Sorting {
  const [name, order] = text.split('.');
  const column = figureColumns.find((one) => one.name === name);
  if (column === undefined) return { by: 'requests', order: 'desc' };
  return { by: column.name, order: order === 'asc' ? 'asc' : 'desc' };
}

export function sortText({ by, order }: Sorting): string {
  return by === 'requests' && order === 'desc' ? '' : `${by}.${order}`;
}

/** What is not known comes last, either way. Equal ones stay in their order. */
export function sortedGroups(
  groups: readonly ExploredGroup[],
  { by, order }: Sorting,
): readonly ExploredGroup[] {
  const valueOf = figureColumns.find(({ name }) => name === by)?.valueOf ?? (() => null);
  const sign = order === 'asc' ? 1 : -1;
  return groups.toSorted((a, b) => {
    const [left, right] = [valueOf(a.totals), valueOf(b.totals)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
