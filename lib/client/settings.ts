import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody } from '../admin/contract/endpoint';
import type { settingsApi } from '../admin/contract/settings';
import { call } from './request';

type Api = typeof settingsApi;
export type SettingValues = EndpointBody<Api['update']>['values'];

export const settingsKey = ['settings'] as const;

export const settingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => call<Api['read']>('GET', '/settings', { signal }),
});

export const updateSettings = (revision: number, values: SettingValues) =>
  call<Api['update']>('PATCH', '/settings', { body: { revision, values } });
