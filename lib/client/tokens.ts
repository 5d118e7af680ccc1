import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointAnswer, EndpointBody, EndpointQuery } from '../admin/contract/endpoint';
import type { tokensApi } from '../admin/contract/tokens';
import { call, download } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

type Api = typeof tokensApi;
export type TokenListQuery = EndpointQuery<Api['list']>;
export type NewToken = EndpointBody<Api['create']>;
export type TokenChange = EndpointBody<Api['update']>;

export const tokensKey = ['tokens'] as const;

/** Those of the settings and the newest. */
export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => asked(() => call('tokens.list', { query: { order: 'desc' }, signal })),
  meta: follows(['tokens', 'settings', 'traffic']),
  staleTime: 0,
});

/** One page of those that pass. */
export const tokenListQuery = (query: TokenListQuery) =>
  queryOptions({
    queryKey: [...tokensKey, 'list', query],
    queryFn: ({ signal }) => asked(() => call('tokens.list', { query, signal })),
    // What is used of limits comes back with nothing happening.
    meta: follows(['tokens', 'settings', 'traffic'], undefined, 10_000),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const tokenQuery = (id: string) =>
  queryOptions({
    queryKey: [...tokensKey, 'one', id],
    queryFn: ({ signal }) => call('tokens.read', { params: { id }, signal }),
    staleTime: 0,
  });

export const createToken = (body: NewToken) => call('tokens.create', { body });

export const updateToken = (id: string, body: TokenChange) => call('tokens.update', { params: { id }, body });

export const exportTokens = (secrets: boolean) => download('tokens.export', { query: { secrets } });

export type TokenImportBody = EndpointBody<Api['import']>;
export type TokenPreviewBody = EndpointBody<Api['previewImport']>;
export type TokenPreview = EndpointAnswer<Api['previewImport']>;
export type TokenImportReport = EndpointAnswer<Api['import']>;

export const importTokens = (body: TokenImportBody) => call('tokens.import', { body });

export const previewTokenImport = (body: TokenPreviewBody, signal: AbortSignal) =>
  call('tokens.previewImport', { body, signal });

export const resetSpent = (id: string) => call('tokens.resetSpent', { params: { id } });

export const revokeToken = (id: string) => call('tokens.revoke', { params: { id } });
