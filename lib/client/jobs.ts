import { queryOptions } from '@tanstack/react-query';
import type { jobsApi } from '../admin/contract/jobs';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

type Api = typeof jobsApi;

export const jobsKey = ['jobs'] as const;

export const jobsQuery = queryOptions({
  queryKey: jobsKey,
  queryFn: ({ signal }) => asked(() => call<Api['list']>('GET', '/jobs', { signal })),
  meta: follows(['settings']),
  staleTime: 0,
});

export const runJob = (name: string) => call<Api['run']>('POST', '/jobs/{name}/run', { params: { name } });
