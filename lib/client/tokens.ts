import { queryOptions } from '@tanstack/react-query';
import type { tokensApi } from '../admin/contract/tokens';
import { call } from './request';
import { every } from './polling';

type Api = typeof tokensApi;

export const tokensKey = ['tokens'] as const;

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => call<Api['list']>('GET', '/tokens', { signal }),
  refetchInterval: every(15_000),
});

export const createToken = (name: string) => call<Api['create']>('POST', '/tokens', { body: { name } });

export const renameToken = (id: string, name: string) =>
  call<Api['rename']>('PATCH', '/tokens/{id}', { params: { id }, body: { name } });

export const revokeToken = (id: string) => call<Api['revoke']>('DELETE', '/tokens/{id}', { params: { id } });
