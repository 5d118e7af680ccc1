import type { KeyItem } from '../admin/contract/keys';
import type { LiveEvent, LiveEventName, LiveSnapshot } from '../admin/contract/live';
import type { TaskItem } from '../admin/contract/tasks';

/** What the live stream has told so far. */
export type LiveData = LiveSnapshot;

const ENDED_TASKS_MAX = 20;

export const liveEventNames: readonly LiveEventName[] = [
  'snapshot',
  'keys',
  'breakers',
  'egress',
  'traffic',
  'rates',
  'tasks',
  'jobs',
  'settings',
];

/** `changed` laid over `items` by id; what is not among them yet comes at the end. The same array if nothing changes. */
export function mergeById<T extends { readonly id: string }>(
  items: readonly T[],
  changed: readonly (Partial<T> & { readonly id: string })[],
  addsNew = false,
): readonly T[] {
  if (changed.length === 0) return items;
  const news = new Map(changed.map((item) => [item.id, item]));
  const merged = items.map((item) => {
    const change = news.get(item.id);
    news.delete(item.id);
    return change === undefined ? item : { ...item, ...change };
  });
  const hasHit = news.size < changed.length;
  if (addsNew) merged.push(...([...news.values()] as T[]));
  return hasHit || (addsNew && news.size > 0) ? merged : items;
}

/** Running tasks and the last that ended, the newest first. */
export function mergeTasks(known: readonly TaskItem[], changed: readonly TaskItem[]): readonly TaskItem[] {
  const merged = [...mergeById(known, changed, true)].sort((a, b) => b.startedAt - a.startedAt);
  const isRunning = (task: TaskItem) => task.finishedAt === null;
  const ended = new Set(merged.filter((task) => !isRunning(task)).slice(0, ENDED_TASKS_MAX));
  return merged.filter((task) => isRunning(task) || ended.has(task));
}

/** The data after an event. A snapshot replaces everything; before the first one there is nothing to change. */
export function applyLive<N extends LiveEventName>(
  data: LiveData | undefined,
  name: N,
  event: LiveEvent<N>,
): LiveData | undefined {
  if (name === 'snapshot') return event as LiveSnapshot;
  return data === undefined ? undefined : { ...data, ...changesOf(data, name, event) };
}

function changesOf(data: LiveData, name: LiveEventName, event: LiveEvent): Partial<LiveData> {
  switch (name) {
    case 'keys':
      return keyCounts(data, event as LiveEvent<'keys'>);
    case 'breakers': {
      const { providers } = event as LiveEvent<'breakers'>;
      return { providers: [...mergeById(data.providers, providers)] };
    }
    case 'egress': {
      const { proxies } = event as LiveEvent<'egress'>;
      return { proxies: [...mergeById(data.proxies, proxies, true)] };
    }
    case 'rates':
      return { rates: event as LiveEvent<'rates'> };
    case 'tasks':
      return { tasks: [...mergeTasks(data.tasks, (event as LiveEvent<'tasks'>).tasks)] };
    case 'jobs':
      return { jobs: (event as LiveEvent<'jobs'>).jobs };
    case 'traffic':
      return {};
    case 'settings':
      return { settingsRevision: (event as LiveEvent<'settings'>).revision };
    case 'snapshot':
      return event as LiveSnapshot;
  }
}

function keyCounts(data: LiveData, event: LiveEvent<'keys'>): Partial<LiveData> {
  const counts = new Map(event.providers.map(({ slug, keys }) => [slug, keys]));
  const providers = data.providers.map((provider) => {
    const keys = counts.get(provider.slug);
    return keys === undefined ? provider : { ...provider, keys };
  });
  return { keys: event.counts, providers };
}

/** A page of keys after an event; the same object if no key of it has changed. */
export function applyToKeyPage<P extends { readonly items: readonly KeyItem[] }>(
  page: P,
  changed: readonly KeyItem[],
): P {
  const items = mergeById(page.items, changed);
  return items === page.items ? page : { ...page, items };
}

const LIVE_SORTS = new Set(['status', 'failures', 'cooldownUntil', 'inFlight', 'requestCount', 'errorCount']);
const LIVE_TIME_SORTS = new Set(['lastUsedAt', 'lastErrorAt']);

interface KeyView {
  readonly status?: string;
  readonly minFailures?: unknown;
  readonly errorStatus?: unknown;
  readonly model?: string;
  readonly sort?: string;
}

/** Whether a change of a key's live state can move it within the list, into it or out of it. */
export function dependsOnLiveState(view: KeyView): boolean {
  const filters = [view.status, view.minFailures, view.errorStatus, view.model];
  const isFiltered = filters.some((filter) => filter !== undefined && filter !== '');
  const sort = view.sort ?? '';
  return isFiltered || LIVE_SORTS.has(sort) || LIVE_TIME_SORTS.has(sort);
}
