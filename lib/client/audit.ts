import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from './request';

export const auditKey = ['audit'] as const;

export const auditQuery = infiniteQueryOptions({
  queryKey: auditKey,
  queryFn: ({ pageParam, signal }) =>
    call('audit.list', {
      query: { pageSize: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) },
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
});
