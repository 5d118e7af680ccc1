import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody, EndpointQuery } from '../admin/contract/endpoint';
import type { keysApi } from '../admin/contract/keys';
import { call, download } from './request';
import { asked } from './asked';
import { follows } from './live-follower';
import { rangeQuery, type RangeText } from './ranges';
import { rangeFollows } from './stats';

type Api = typeof keysApi;
export type KeyListQuery = EndpointQuery<Api['list']>;
export type KeyBulkBody = EndpointBody<Api['bulk']>;
export type KeyImportBody = EndpointBody<Api['import']>;
export type KeyChange = EndpointBody<Api['update']>;

export const keysKey = ['keys'] as const;
export const keyListKey = [...keysKey, 'list'] as const;

const HINT_LENGTH_MAX = 20;

/** A whole key is searched for in a body: it has no place in an address, which ends up in logs and in histories. */
export function isWholeKey(search: string): boolean {
  return search.length > HINT_LENGTH_MAX;
}

export function fetchKeys(query: KeyListQuery, signal: AbortSignal) {
  return isWholeKey(query.search ?? '')
    ? call('keys.search', { body: query, signal })
    : call('keys.list', { query, signal });
}

export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keysKey, 'one', id],
    queryFn: ({ signal }) => asked(() => call('keys.read', { params: { id }, signal })),
    // Other keys of its account use what it has left; and that comes back with nothing happening.
    meta: follows(['keys', 'settings', 'traffic'], undefined, 10_000),
    staleTime: 0,
  });

/** The tags that there are, those of most keys first. */
export const keyTagsQuery = queryOptions({
  queryKey: [...keysKey, 'tags'],
  queryFn: ({ signal }) => asked(() => call('keys.tags', { query: {}, signal })),
  meta: follows(['keys', 'providers'], 2_000),
});

export const keyUsageQuery = (id: string, range: RangeText, zone: string) =>
  queryOptions({
    queryKey: [...keysKey, 'usage', id, range],
    queryFn: ({ signal }) =>
      asked(() => call('keys.usage', { params: { id }, query: rangeQuery(range), signal })),
    meta: rangeFollows(range, zone, ['traffic', 'settings']),
    staleTime: 0,
  });

export const keyFailuresQuery = (id: string) =>
  queryOptions({
    queryKey: [...keysKey, 'failures', id],
    queryFn: ({ signal }) =>
      asked(() => call('keys.failures', { params: { id }, query: { limit: 20 }, signal })),
    meta: follows(['traffic']),
    staleTime: 0,
  });

export const importKeys = (body: KeyImportBody) => call('keys.import', { body });

export const bulkKeys = (body: KeyBulkBody) => call('keys.bulk', { body });

export const undoDeletion = (deletionId: string) => call('keys.undo', { body: { deletionId } });

export const updateKey = (id: string, body: KeyChange) => call('keys.update', { params: { id }, body });

export const deleteKey = (id: string) => call('keys.delete', { params: { id } });

export const verifyKey = (id: string) => call('keys.verify', { params: { id } });

export const resetKey = (id: string) => call('keys.reset', { params: { id } });

export const revealKey = (id: string) => call('keys.reveal', { params: { id } });

export const exportKeys = (body: EndpointBody<Api['exportSelected']>) =>
  download('keys.exportSelected', { body });
