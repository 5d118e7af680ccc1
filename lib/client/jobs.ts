import { queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

export const jobsKey = ['jobs'] as const;

export const jobsQuery = queryOptions({
  queryKey: jobsKey,
  queryFn: ({ signal }) => asked(() => call('jobs.list', { signal })),
  meta: follows(['settings']),
  staleTime: 0,
});

export const runJob = (name: string) => call('jobs.run', { params: { name } });
