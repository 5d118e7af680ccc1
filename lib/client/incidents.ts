import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointCall } from '../admin/contract/endpoint';
import type { incidentsApi, IncidentKind } from '../admin/contract/incidents';
import { asked } from './asked';
import { follows } from './live-follower';
import { call, urlOf } from './request';

/** All there are, in the order of a list of choices; or this does not compile. */
const kinds: Readonly<Record<IncidentKind, true>> = {
  provider: true,
  failing: true,
  model: true,
  keys: true,
  waiting: true,
  proxy: true,
  proxies: true,
  budget: true,
  shortage: true,
  alone: true,
};
export const incidentKinds = Object.keys(kinds) as readonly IncidentKind[];

export type IncidentFilter = NonNullable<EndpointCall<typeof incidentsApi.export>['query']>;
export const INCIDENTS_PAGE_SIZE = 100;

/** What the page asks for, and what a document that has the answer in it was made of. */
export const incidentsQuestion = (filter: IncidentFilter, page: number) => ({
  query: { ...filter, page, pageSize: INCIDENTS_PAGE_SIZE },
});

export const incidentsQuery = (filter: IncidentFilter, page: number) =>
  queryOptions({
    queryKey: ['incidents', filter, page],
    queryFn: ({ signal }) =>
      asked(() => call('incidents.list', { ...incidentsQuestion(filter, page), signal })),
    placeholderData: keepPreviousData,
    // What is out begins with traffic, and may end with nothing happening.
    meta: follows(
      ['traffic', 'key-states', 'proxy-states', 'providers', 'proxies', 'settings'],
      2_000,
      5_000,
    ),
    staleTime: 0,
  });

export const incidentsExportUrl = (filter: IncidentFilter) => urlOf('incidents.export', { query: filter });
