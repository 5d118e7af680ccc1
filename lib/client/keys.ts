import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody, EndpointQuery } from '../admin/contract/endpoint';
import type { keysApi } from '../admin/contract/keys';
import type { StatsRange } from '../admin/contract/stats';
import { call, download } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

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
    ? call<Api['search']>('POST', '/keys/search', { body: query, signal })
    : call<Api['list']>('GET', '/keys', { query, signal });
}

export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keysKey, 'one', id],
    queryFn: ({ signal }) => asked(() => call<Api['read']>('GET', '/keys/{id}', { params: { id }, signal })),
    meta: follows(['keys', 'settings']),
    staleTime: 0,
  });

export const keyUsageQuery = (id: string, range: StatsRange) =>
  queryOptions({
    queryKey: [...keysKey, 'usage', id, range],
    queryFn: ({ signal }) =>
      asked(() =>
        call<Api['usage']>('GET', '/keys/{id}/usage', { params: { id }, query: { range }, signal }),
      ),
    meta: follows(['traffic']),
    staleTime: 0,
  });

export const keyFailuresQuery = (id: string) =>
  queryOptions({
    queryKey: [...keysKey, 'failures', id],
    queryFn: ({ signal }) =>
      asked(() =>
        call<Api['failures']>('GET', '/keys/{id}/failures', { params: { id }, query: { limit: 20 }, signal }),
      ),
    meta: follows(['traffic']),
    staleTime: 0,
  });

export const importKeys = (body: KeyImportBody) => call<Api['import']>('POST', '/keys/import', { body });

export const bulkKeys = (body: KeyBulkBody) => call<Api['bulk']>('POST', '/keys/bulk', { body });

export const undoDeletion = (deletionId: string) =>
  call<Api['undo']>('POST', '/keys/undo', { body: { deletionId } });

export const updateKey = (id: string, body: KeyChange) =>
  call<Api['update']>('PATCH', '/keys/{id}', { params: { id }, body });

export const deleteKey = (id: string) => call<Api['delete']>('DELETE', '/keys/{id}', { params: { id } });

export const verifyKey = (id: string) => call<Api['verify']>('POST', '/keys/{id}/verify', { params: { id } });

export const resetKey = (id: string) => call<Api['reset']>('POST', '/keys/{id}/reset', { params: { id } });

export const revealKey = (id: string) => call<Api['reveal']>('POST', '/keys/{id}/reveal', { params: { id } });

export const exportKeys = (body: EndpointBody<Api['exportSelected']>) =>
  download<Api['exportSelected']>('POST', '/keys/export', { body });
