import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody } from '../admin/contract/endpoint';
import type { settingsApi } from '../admin/contract/settings';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

type Api = typeof settingsApi;
export type SettingValues = EndpointBody<Api['update']>['values'];

export const settingsKey = ['settings'] as const;

export const settingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => asked(() => call('settings.read', { signal })),
  meta: follows(['settings']),
});

export const updateSettings = (revision: number, values: SettingValues) =>
  call('settings.update', { body: { revision, values } });
