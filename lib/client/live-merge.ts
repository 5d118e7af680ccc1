import type { InstanceItem } from '../admin/contract/instances';
import type { JobItem } from '../admin/contract/jobs';
import type { KeyItem } from '../admin/contract/keys';
import type { ProviderItem } from '../admin/contract/providers';
import type { ProxyItem } from '../admin/contract/proxies';
import type { Overview } from '../admin/contract/stats';
import type { TaskItem } from '../admin/contract/tasks';
import type { Asked } from './asked';
import { mergeById, mergeTasks, type LiveData, type Told } from './live-data';

interface Items<T> {
  readonly items: readonly T[];
}
type Named = Pick<Overview['providers'][number], 'id' | 'slug' | 'keys' | 'breaker'>;

/** By the item of an answer: it is another object only when there is other news, so that it is not drawn again. */
const laid = new WeakMap<object, { readonly news: object; readonly item: object }>();

function withNews<T extends object>(item: T, news: Partial<T>): T {
  const known = laid.get(item);
  if (known?.news === news) return known.item as T;
  const merged = { ...item, ...news };
  laid.set(item, { news, item: merged });
  return merged;
}

/** What was told after `askedAt`, laid over the items of an answer; the same array if that is nothing. */
function laidOver<T extends { readonly id: string }>(
  items: readonly T[],
  told: ReadonlyMap<string, Told<Partial<T>>>,
  askedAt: number,
): readonly T[] {
  if (!items.some(({ id }) => (told.get(id)?.at ?? -Infinity) > askedAt)) return items;
  return items.map((item) => {
    const news = told.get(item.id);
    return news !== undefined && news.at > askedAt ? withNews(item, news.item) : item;
  });
}

function withItems<P extends Items<unknown>>(page: P, items: P['items']): P {
  return items === page.items ? page : { ...page, items };
}

export function withLiveKeys<P extends Asked<Items<KeyItem>>>(page: P, live: LiveData | undefined): P {
  return live === undefined ? page : withItems(page, laidOver(page.items, live.keyItems, page.askedAt));
}

export function withLiveKey(key: Asked<KeyItem>, live: LiveData | undefined): Asked<KeyItem> {
  return live === undefined ? key : (laidOver([key], live.keyItems, key.askedAt)[0] ?? key);
}

export function withLiveProxies<P extends Asked<Items<ProxyItem>>>(page: P, live: LiveData | undefined): P {
  return live === undefined ? page : withItems(page, laidOver(page.items, live.proxyStates, page.askedAt));
}

export function withLiveProxy(proxy: Asked<ProxyItem>, live: LiveData | undefined): Asked<ProxyItem> {
  return live === undefined ? proxy : (laidOver([proxy], live.proxyStates, proxy.askedAt)[0] ?? proxy);
}

/** The counts of keys and the breakers, as far as they are newer. */
function laidOverProviders<T extends Named>(providers: readonly T[], live: LiveData, askedAt: number): T[] {
  const isKeysNews = live.toldAt.keys > askedAt;
  const isBreakerNews = live.toldAt.breakers > askedAt;
  const news = new Map(live.providers.map((provider) => [provider.id, provider]));
  return providers.map((provider) => {
    const told = news.get(provider.id);
    if (told === undefined) return provider;
    return {
      ...provider,
      ...(isKeysNews && { keys: told.keys }),
      ...(isBreakerNews && { breaker: told.breaker }),
    };
  });
}

export function withLiveProviders<P extends Asked<Items<ProviderItem>>>(
  list: P,
  live: LiveData | undefined,
): P {
  return live === undefined
    ? list
    : withItems(list, laidOverProviders(list.items, live, list.askedAt) as unknown as P['items']);
}

export function withLiveOverview(overview: Asked<Overview>, live: LiveData | undefined): Asked<Overview> {
  if (live === undefined) return overview;
  const { askedAt } = overview;
  return {
    ...overview,
    ...(live.toldAt.rates > askedAt && { rates: live.rates }),
    ...(live.toldAt.keys > askedAt && { keys: live.keys, isFirstRun: live.keys.total === 0 }),
    providers: laidOverProviders(overview.providers, live, askedAt),
  };
}

/** Tasks of the stream that the answer could not know yet come with it as well. */
export function withLiveTasks(
  list: Asked<Items<TaskItem>> | undefined,
  live: LiveData | undefined,
): readonly TaskItem[] {
  const askedAt = list?.askedAt ?? -Infinity;
  const told = [...(live?.taskItems.values() ?? [])].filter(({ at }) => at > askedAt);
  return mergeTasks(
    list?.items ?? [],
    told.map(({ item }) => item),
  );
}

export function withLiveJobs(list: Asked<Items<JobItem>>, live: LiveData | undefined): readonly JobItem[] {
  return live !== undefined && live.toldAt.jobs > list.askedAt ? live.jobs : list.items;
}

/** The figures of each, as far as they are newer. */
export function withLiveInstances<P extends Asked<Items<InstanceItem>>>(
  list: P,
  live: LiveData | undefined,
): P {
  if (live === undefined || live.toldAt.rates <= list.askedAt) return list;
  return { ...list, items: mergeById(list.items, live.rates.instances) };
}
