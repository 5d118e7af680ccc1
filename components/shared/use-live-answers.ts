'use client';
import { useQuery, type QueryKey, type UseQueryOptions } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { StatsCompare } from '@/lib/admin/contract/stats';
import type { LiveData } from '@/lib/client/live-data';
import { jobsQuery } from '@/lib/client/jobs';
import { instancesQuery } from '@/lib/client/instances';
import { keyQuery } from '@/lib/client/keys';
import {
  withLiveInstances,
  withLiveJobs,
  withLiveKey,
  withLiveOverview,
  withLiveProviders,
  withLiveProxy,
} from '@/lib/client/live-merge';
import { providersQuery } from '@/lib/client/providers';
import type { RangeText } from '@/lib/client/ranges';
import { proxyQuery } from '@/lib/client/proxies';
import { overviewQuery } from '@/lib/client/stats';
import { useLive } from '../layout/live-provider';

/** An answer with what the live stream has told since it was asked for laid over it, while rendering. */
function useMerged<T, Key extends QueryKey, Merged>(
  options: UseQueryOptions<T, Error, T, Key>,
  merge: (answer: T, live: LiveData | undefined) => Merged,
) {
  const { data: answer, error, refetch } = useQuery(options);
  const live = useLive().data;
  const data = useMemo(() => (answer === undefined ? undefined : merge(answer, live)), [answer, live, merge]);
  return { data, error, refetch };
}

export const useOverview = (range: RangeText, compare: StatsCompare) =>
  useMerged(overviewQuery(range, compare), withLiveOverview);

export const useProviders = () => useMerged(providersQuery, withLiveProviders);

/** Not asked for while the id is empty. */
export const useKey = (id: string) => useMerged({ ...keyQuery(id), enabled: id !== '' }, withLiveKey);

/** Not asked for while the id is empty. */
export const useProxy = (id: string) => useMerged({ ...proxyQuery(id), enabled: id !== '' }, withLiveProxy);

export const useJobs = () => useMerged(jobsQuery, withLiveJobs);

export const useInstances = () => useMerged(instancesQuery, withLiveInstances);
