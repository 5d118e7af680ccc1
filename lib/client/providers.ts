import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody } from '../admin/contract/endpoint';
import type { providersApi } from '../admin/contract/providers';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

type Api = typeof providersApi;
export type ProviderDraft = EndpointBody<Api['create']>;
export type ProviderChange = EndpointBody<Api['update']>;

export const providersKey = ['providers'] as const;

export const providersQuery = queryOptions({
  queryKey: providersKey,
  queryFn: ({ signal }) => asked(() => call<Api['list']>('GET', '/providers', { signal })),
  meta: follows(['providers', 'settings', 'traffic']),
  staleTime: 0,
});

export const createProvider = (body: ProviderDraft) => call<Api['create']>('POST', '/providers', { body });

export const checkAddress = (body: EndpointBody<Api['check']>) =>
  call<Api['check']>('POST', '/providers/check', { body });

export const updateProvider = (id: string, body: ProviderChange) =>
  call<Api['update']>('PATCH', '/providers/{id}', { params: { id }, body });

export const deleteProvider = (id: string) =>
  call<Api['delete']>('DELETE', '/providers/{id}', { params: { id } });

export const reorderProviders = (ids: string[]) =>
  call<Api['reorder']>('POST', '/providers/reorder', { body: { ids } });

export const askModels = (id: string) =>
  call<Api['models']>('POST', '/providers/{id}/models', { params: { id } });

export const testProvider = (id: string) =>
  call<Api['test']>('POST', '/providers/{id}/test', { params: { id } });
