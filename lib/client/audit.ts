import { infiniteQueryOptions } from '@tanstack/react-query';
import type { auditApi } from '../admin/contract/audit';
import { call } from './request';

type Api = typeof auditApi;

export const auditKey = ['audit'] as const;

export const auditQuery = infiniteQueryOptions({
  queryKey: auditKey,
  queryFn: ({ pageParam, signal }) =>
    call<Api['list']>('GET', '/audit', {
      query: { pageSize: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) },
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
});
