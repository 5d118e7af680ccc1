import { queryOptions } from '@tanstack/react-query';
import type { tokensApi } from '../admin/contract/tokens';
import { call } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

type Api = typeof tokensApi;

export const tokensKey = ['tokens'] as const;

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => asked(() => call<Api['list']>('GET', '/tokens', { signal })),
  meta: follows(['tokens', 'settings', 'traffic']),
  staleTime: 0,
});

export const createToken = (name: string) => call<Api['create']>('POST', '/tokens', { body: { name } });

export const renameToken = (id: string, name: string) =>
  call<Api['rename']>('PATCH', '/tokens/{id}', { params: { id }, body: { name } });

export const revokeToken = (id: string) => call<Api['revoke']>('DELETE', '/tokens/{id}', { params: { id } });
