import { queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

/** Who comes and goes is told at once; figures go on. */
const KEPT_MS = 15_000;

export const instancesQuery = queryOptions({
  queryKey: ['instances'] as const,
  queryFn: ({ signal }) => asked(() => call('instances.list', { signal })),
  meta: follows(['settings', 'traffic'], 2_000, KEPT_MS),
  staleTime: 0,
});
