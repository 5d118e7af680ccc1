import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody, EndpointQuery } from '../admin/contract/endpoint';
import type { proxiesApi } from '../admin/contract/proxies';
import { call } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

type Api = typeof proxiesApi;
export type ProxyListQuery = EndpointQuery<Api['list']>;

export const proxiesKey = ['proxies'] as const;
export const proxyListKey = [...proxiesKey, 'list'] as const;

export const fetchProxies = (query: ProxyListQuery, signal: AbortSignal) =>
  call('proxies.list', { query, signal });

/** All of them, for choosing one. */
export const proxyChoicesQuery = queryOptions({
  queryKey: [...proxiesKey, 'choices'],
  queryFn: ({ signal }) => asked(() => fetchProxies({ pageSize: 500, sort: 'address' }, signal)),
  meta: follows(['proxies', 'settings']),
});

export const createProxies = (body: EndpointBody<Api['create']>) => call('proxies.create', { body });

export const bulkProxies = (body: EndpointBody<Api['bulk']>) => call('proxies.bulk', { body });

/** Those that fail now, in use or not. */
export async function countFailing(): Promise<number> {
  const { signal } = new AbortController();
  const [failing, disabled] = await Promise.all([
    fetchProxies({ status: 'failing', pageSize: 1 }, signal),
    fetchProxies({ status: 'disabled_auto', pageSize: 1 }, signal),
  ]);
  return failing.total + disabled.total;
}

export const testAddresses = (urls: string[]) => call('proxies.testUnsaved', { body: { urls } });

export const updateProxy = (id: string, body: EndpointBody<Api['update']>) =>
  call('proxies.update', { params: { id }, body });

export const deleteProxy = (id: string) => call('proxies.delete', { params: { id } });

export const testProxy = (id: string) => call('proxies.test', { params: { id } });

export const proxyQuery = (id: string) =>
  queryOptions({
    queryKey: ['proxy', id],
    queryFn: ({ signal }) => asked(() => call('proxies.read', { params: { id }, signal })),
    meta: follows(['proxies', 'settings', 'keys', 'proxy-states'], 2_000),
    staleTime: 0,
  });
