import { queryOptions } from '@tanstack/react-query';
import { call } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

export const tokensKey = ['tokens'] as const;

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => asked(() => call('tokens.list', { query: {}, signal })),
  meta: follows(['tokens', 'settings', 'traffic']),
  staleTime: 0,
});

export const createToken = (name: string) => call('tokens.create', { body: { name } });

export const renameToken = (id: string, name: string) =>
  call('tokens.update', { params: { id }, body: { name } });

export const revokeToken = (id: string) => call('tokens.revoke', { params: { id } });
