import { queryOptions } from '@tanstack/react-query';
import type { alertsApi } from '../admin/contract/alerts';
import type { EndpointBody } from '../admin/contract/endpoint';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

type Api = typeof alertsApi;
export type NewAlert = EndpointBody<Api['create']>;
export type AlertChange = EndpointBody<Api['update']>;

export const alertsKey = ['alerts'] as const;

export const alertsQuery = queryOptions({
  queryKey: alertsKey,
  queryFn: ({ signal }) => asked(() => call('alerts.list', { signal })),
  // Another instance may tell receivers of incidents.
  meta: follows(['settings'], undefined, 10_000),
  staleTime: 0,
});

export const createAlert = (body: NewAlert) => call('alerts.create', { body });

export const updateAlert = (id: string, body: AlertChange) => call('alerts.update', { params: { id }, body });

export const deleteAlert = (id: string) => call('alerts.delete', { params: { id } });

export const testAlert = (id: string) => call('alerts.test', { params: { id } });
