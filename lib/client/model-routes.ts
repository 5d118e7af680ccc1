import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody } from '../admin/contract/endpoint';
import type { routesApi } from '../admin/contract/routes';
import { asked } from './asked';
import { follows } from './live-follower';
import { call } from './request';

export type RouteDrafts = EndpointBody<(typeof routesApi)['replace']>['routes'];

export const routesKey = ['model-routes'] as const;

export const routesQuery = queryOptions({
  queryKey: routesKey,
  queryFn: ({ signal }) => asked(() => call('routes.list', { signal })),
  meta: follows(['settings', 'providers', 'keys', 'key-states', 'traffic']),
  staleTime: 0,
});

/** All routes, in this order. */
export const replaceRoutes = (revision: number, routes: RouteDrafts) =>
  call('routes.replace', { body: { revision, routes } });
