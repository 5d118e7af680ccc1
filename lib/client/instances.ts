import { queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

export const instancesQuery = queryOptions({
  queryKey: ['instances'] as const,
  queryFn: ({ signal }) => asked(() => call('instances.list', { signal })),
  meta: follows(['settings', 'traffic'], 2_000),
  staleTime: 0,
});
