import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Asked } from './asked';
import { keyListKey, keysKey } from './keys';
import { forgetKnown, isFull, type LiveData } from './live-data';
import { tasksKey } from './tasks';

/**
 * What the stream has told, within its bounds on a page that is open for days: when there is too much of it, all that
 * the answers on the page know already is forgotten. No figure goes back: what an answer does not know stays.
 */
export function withinBounds(client: QueryClient, data: LiveData): LiveData {
  const full = isFull(data);
  if (!full.keys && !full.tasks) return data;
  return forgetKnown(data, {
    keys: full.keys ? oldestOf(client, [keyListKey, [...keysKey, 'one']]) : -Infinity,
    tasks: full.tasks ? oldestOf(client, [tasksKey]) : -Infinity,
  });
}

/** When the oldest answer was asked for that may still be shown. Those of views that were left are dropped. */
function oldestOf(client: QueryClient, keys: readonly QueryKey[]): number {
  for (const queryKey of keys) client.removeQueries({ queryKey, type: 'inactive' });
  const states = keys.flatMap((queryKey) => client.getQueryCache().findAll({ queryKey })).map((q) => q.state);
  // It is not known when a first answer was asked for, and another one may take its place.
  if (states.some(({ data, fetchStatus }) => data === undefined && fetchStatus !== 'idle')) return -Infinity;
  const times = states.map(({ data }) => (data as Partial<Asked<object>> | undefined)?.askedAt ?? Infinity);
  return Math.min(Infinity, ...times);
}
