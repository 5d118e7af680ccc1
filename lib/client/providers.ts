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
  queryFn: ({ signal }) => asked(() => call('providers.list', { signal })),
  meta: follows(['providers', 'settings', 'traffic']),
  staleTime: 0,
});

export const createProvider = (body: ProviderDraft) => call('providers.create', { body });

export const checkAddress = (body: EndpointBody<Api['check']>) => call('providers.check', { body });

export const updateProvider = (id: string, body: ProviderChange) =>
  call('providers.update', { params: { id }, body });

export const deleteProvider = (id: string) => call('providers.delete', { params: { id } });

export const reorderProviders = (ids: string[]) => call('providers.reorder', { body: { ids } });

export const askModels = (id: string) => call('providers.models', { params: { id } });

/** What a provider says that it has. */
export const providerModelsQuery = (id: string) =>
  queryOptions({
    queryKey: ['provider-models', id],
    queryFn: () => askModels(id),
    staleTime: 60_000,
    retry: false,
  });

export const testProvider = (id: string) => call('providers.test', { params: { id } });
