import type { QueryClient } from '@tanstack/react-query';
import type { KeyItem } from '../admin/contract/keys';
import type { LiveEvent, LiveEventName } from '../admin/contract/live';
import type { ProviderItem } from '../admin/contract/providers';
import type { ProxyItem } from '../admin/contract/proxies';
import type { Overview } from '../admin/contract/stats';
import type { TaskItem } from '../admin/contract/tasks';
import { jobsKey } from './jobs';
import { keyListKey, keyQuery, keysKey } from './keys';
import {
  applyLive,
  applyToKeyPage,
  dependsOnLiveState,
  mergeById,
  mergeTasks,
  type LiveData,
} from './live-data';
import { providersKey } from './providers';
import { proxiesKey } from './proxies';
import { settingsKey } from './settings';
import { statsKey } from './stats';
import { tasksKey } from './tasks';
import { tokensKey } from './tokens';

export const liveKey = ['live'] as const;

interface Items<T> {
  readonly items: readonly T[];
}

/** Puts what the stream tells into every list that shows it, and has asked for anew what it can only hint at. */
export class LiveCache {
  #hasSnapshot = false;

  constructor(
    private readonly client: QueryClient,
    /** Asks for these lists anew, not too often. */
    private readonly refetchSoon: (queryKey: readonly unknown[]) => void,
  ) {}

  take<N extends LiveEventName>(name: N, event: LiveEvent<N>): void {
    this.client.setQueryData<LiveData>(liveKey, (data) => applyLive(data, name, event));
    switch (name) {
      case 'snapshot':
        return this.#snapshot(event as LiveEvent<'snapshot'>);
      case 'keys':
        return this.#keys(event as LiveEvent<'keys'>);
      case 'breakers':
        return this.#breakers(event as LiveEvent<'breakers'>);
      case 'egress':
        return this.#egress(event as LiveEvent<'egress'>);
      case 'rates':
        return this.#overviews((overview) => ({ ...overview, rates: event as LiveEvent<'rates'> }));
      case 'tasks':
        return this.#update(tasksKey, (list: Items<TaskItem>) => ({
          ...list,
          items: mergeTasks(list.items, (event as LiveEvent<'tasks'>).tasks),
        }));
      case 'jobs':
        return this.#update(jobsKey, (list: object) => ({
          ...list,
          items: (event as LiveEvent<'jobs'>).jobs,
        }));
      case 'traffic':
        for (const key of [statsKey, tokensKey]) this.refetchSoon(key);
        return;
      case 'settings':
        for (const key of [settingsKey, providersKey, keysKey, proxiesKey, tokensKey, statsKey])
          this.refetchSoon(key);
    }
  }

  /** The first one comes with the page; after a later one nobody knows what was missed. */
  #snapshot(event: LiveEvent<'snapshot'>): void {
    if (this.#hasSnapshot) {
      void this.client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== liveKey[0] });
    }
    this.#hasSnapshot = true;
    this.#update(jobsKey, (list: object) => ({ ...list, items: event.jobs }));
  }

  #keys({ changed, more, removed, counts, providers }: LiveEvent<'keys'>): void {
    for (const query of this.client.getQueryCache().findAll({ queryKey: keyListKey })) {
      const view = query.queryKey[keyListKey.length] as Parameters<typeof dependsOnLiveState>[0];
      if (more > 0 || removed.length > 0 || dependsOnLiveState(view)) this.refetchSoon(query.queryKey);
    }
    this.#update(keyListKey, (page: Items<KeyItem>) => applyToKeyPage(page, changed));
    for (const key of changed) this.#update(keyQuery(key.id).queryKey, () => key);
    const bySlug = new Map(providers.map(({ slug, keys }) => [slug, keys]));
    const withCounts = <T extends { readonly slug: string }>(provider: T): T => {
      const keys = bySlug.get(provider.slug);
      return keys === undefined ? provider : { ...provider, keys };
    };
    this.#update(providersKey, (list: Items<ProviderItem>) => ({
      ...list,
      items: list.items.map(withCounts),
    }));
    this.#overviews((overview) => ({
      ...overview,
      keys: counts,
      isFirstRun: counts.total === 0,
      providers: overview.providers.map(withCounts),
    }));
  }

  #breakers({ providers }: LiveEvent<'breakers'>): void {
    this.refetchSoon([...statsKey, 'attention']);
    this.#update(providersKey, (list: Items<ProviderItem>) => ({
      ...list,
      items: mergeById(list.items, providers),
    }));
    this.#overviews((overview) => ({
      ...overview,
      providers: [...mergeById(overview.providers, providers)],
    }));
  }

  #egress({ proxies }: LiveEvent<'egress'>): void {
    this.refetchSoon([...statsKey, 'attention']);
    this.#update(proxiesKey, (list: Items<ProxyItem>) => ({
      ...list,
      items: mergeById(list.items, proxies),
    }));
  }

  #overviews(change: (overview: Overview) => Overview): void {
    this.#update([...statsKey, 'overview'], change);
  }

  /** Every query below this key that has data: all of them have to hold data of the same shape. */
  #update<T>(queryKey: readonly unknown[], change: (data: T) => T): void {
    for (const { queryKey: key, state } of this.client.getQueryCache().findAll({ queryKey })) {
      // It stays as old as its last answer: what an event tells is a part of it only (see polling.ts).
      const { dataUpdatedAt: updatedAt } = state;
      this.client.setQueryData<T>(key, (data) => (data === undefined ? undefined : change(data)), {
        updatedAt,
      });
    }
  }
}
