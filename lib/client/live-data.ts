import type { KeyItem } from '../admin/contract/keys';
import type { LiveEvent, LiveEventName, LiveSnapshot } from '../admin/contract/live';
import type { TaskItem } from '../admin/contract/tasks';

/** Something that the stream has told, and when. */
export interface Told<T> {
  readonly at: number;
  readonly item: T;
}
type Tolds<T> = ReadonlyMap<string, Told<T>>;
export type LiveProxy = LiveSnapshot['proxies'][number];

/**
 * What the live stream has told so far. It is never written into what was asked for, but laid over it when that is
 * older.
 */
export interface LiveData extends LiveSnapshot {
  /** When the newest of each came. */
  readonly toldAt: Readonly<Record<'keys' | 'breakers' | 'rates' | 'jobs', number>>;
  readonly keyItems: Tolds<KeyItem>;
  readonly proxyStates: Tolds<LiveProxy>;
  readonly taskItems: Tolds<TaskItem>;
}

/**
 * So much may be told while a page is open; then lists are asked for anew, and what their answers know is forgotten.
 */
const KEYS_MAX = 5_000;
const TASKS_MAX = 100;
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

/**
 * `changed` laid over `items` by id; what is not among them yet comes at the end. The same array if nothing changes.
 */
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

/**
 * The data after an event that came at this time. A snapshot replaces everything that it tells of; what was told of
 * single keys and tasks before stays, because the answers on the page are older. Before the first one there is nothing
 * to change.
 */
export function applyLive<N extends LiveEventName>(
  data: LiveData | undefined,
  name: N,
  event: LiveEvent<N>,
  at: number,
): LiveData | undefined {
  if (name === 'snapshot') return fromSnapshot(data, event as LiveSnapshot, at);
  return data === undefined ? undefined : { ...data, ...changesOf(data, name, event, at) };
}

function fromSnapshot(before: LiveData | undefined, snapshot: LiveSnapshot, at: number): LiveData {
  return {
    ...snapshot,
    toldAt: { keys: at, breakers: at, rates: at, jobs: at },
    keyItems: before?.keyItems ?? new Map(),
    proxyStates: told(new Map(), snapshot.proxies, at),
    taskItems: told(before?.taskItems ?? new Map(), snapshot.tasks, at),
  };
}

function told<T extends { readonly id: string }>(known: Tolds<T>, items: readonly T[], at: number): Tolds<T> {
  return new Map([...known, ...items.map((item) => [item.id, { at, item }] as const)]);
}

function changesOf(data: LiveData, name: LiveEventName, event: LiveEvent, at: number): Partial<LiveData> {
  const toldNow = (what: keyof LiveData['toldAt']) => ({ toldAt: { ...data.toldAt, [what]: at } });
  switch (name) {
    case 'keys':
      return { ...keyChanges(data, event as LiveEvent<'keys'>, at), ...toldNow('keys') };
    case 'breakers': {
      const { providers } = event as LiveEvent<'breakers'>;
      return { providers: [...mergeById(data.providers, providers)], ...toldNow('breakers') };
    }
    case 'egress': {
      const { proxies } = event as LiveEvent<'egress'>;
      return {
        proxies: [...mergeById(data.proxies, proxies, true)],
        proxyStates: told(data.proxyStates, proxies, at),
      };
    }
    case 'traffic':
      return {};
    case 'rates':
      return { rates: event as LiveEvent<'rates'>, ...toldNow('rates') };
    case 'tasks': {
      const { tasks } = event as LiveEvent<'tasks'>;
      return { tasks: [...mergeTasks(data.tasks, tasks)], taskItems: told(data.taskItems, tasks, at) };
    }
    case 'jobs':
      return { jobs: (event as LiveEvent<'jobs'>).jobs, ...toldNow('jobs') };
    case 'settings':
      return { settingsRevision: (event as LiveEvent<'settings'>).revision };
    case 'snapshot':
      return {};
  }
}

function keyChanges(data: LiveData, event: LiveEvent<'keys'>, at: number): Partial<LiveData> {
  const counts = new Map(event.providers.map(({ slug, keys }) => [slug, keys]));
  const providers = data.providers.map((provider) => {
    const keys = counts.get(provider.slug);
    return keys === undefined ? provider : { ...provider, keys };
  });
  return { keys: event.counts, providers, keyItems: told(data.keyItems, event.changed, at) };
}

/**
 * Whether lists of keys have to be asked for anew: an event tells of more than it holds, or so much was told already.
 */
export function isMoreThanTold(data: LiveData | undefined, event: LiveEvent<'keys'>): boolean {
  if (event.more > 0 || event.removed.length > 0) return true;
  return (data?.keyItems.size ?? 0) + event.changed.length > KEYS_MAX;
}

/** Whether it is time to forget what was told of keys, or of tasks. */
export function isFull(data: LiveData): { readonly keys: boolean; readonly tasks: boolean } {
  return { keys: data.keyItems.size > KEYS_MAX, tasks: data.taskItems.size > TASKS_MAX };
}

/** When the oldest answers that may be shown were asked for; Infinity without any. */
export interface Oldest {
  readonly keys: number;
  readonly tasks: number;
}

/** Without what every answer that may be shown knows already, so that no figure goes back. */
export function forgetKnown(data: LiveData, oldest: Oldest): LiveData {
  return {
    ...data,
    keyItems: since(data.keyItems, oldest.keys),
    taskItems: since(data.taskItems, oldest.tasks),
  };
}

/** The same map if nothing is forgotten. */
function since<T>(tolds: Tolds<T>, askedAt: number): Tolds<T> {
  const kept = [...tolds].filter(([, { at }]) => at > askedAt);
  return kept.length === tolds.size ? tolds : new Map(kept);
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
