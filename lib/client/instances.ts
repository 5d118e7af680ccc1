import { queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

const FRESH_MS = 2_000;

export const instancesQuery = queryOptions({
  queryKey: ['instances'] as const,
  queryFn: ({ signal }) => asked(() => call('instances.list', { signal })),
  meta: follows(['settings'], FRESH_MS, FRESH_MS),
  staleTime: 0,
});
