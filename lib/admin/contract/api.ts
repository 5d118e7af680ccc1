import type { EndpointName, ResourceNames } from './addresses';
import { alertsApi } from './alerts';
import { auditApi } from './audit';
import type { Endpoint } from './endpoint';
import { incidentsApi } from './incidents';
import { installationApi } from './installation';
import { instancesApi } from './instances';
import { jobsApi } from './jobs';
import { keysApi } from './keys';
import { liveApi } from './live';
import { logsApi } from './logs';
import { openapiApi } from './openapi';
import { pricesApi } from './prices';
import { providersApi } from './providers';
import { proxiesApi } from './proxies';
import { routesApi } from './routes';
import { sessionApi } from './session';
import { settingsApi } from './settings';
import { statsApi } from './stats';
import { tasksApi } from './tasks';
import { tokensApi } from './tokens';
import { viewsApi } from './views';

/** Each endpoint of the addresses under its own name, no more and no fewer. */
type Complete = {
  readonly [R in keyof ResourceNames]: {
    readonly [V in ResourceNames[R]]: Endpoint & { readonly name: `${R}.${V}` };
  };
};

const api = {
  providers: providersApi,
  keys: keysApi,
  proxies: proxiesApi,
  routes: routesApi,
  settings: settingsApi,
  tokens: tokensApi,
  installation: installationApi,
  logs: logsApi,
  prices: pricesApi,
  alerts: alertsApi,
  incidents: incidentsApi,
  views: viewsApi,
  stats: statsApi,
  live: liveApi,
  instances: instancesApi,
  jobs: jobsApi,
  tasks: tasksApi,
  audit: auditApi,
  session: sessionApi,
  openapi: openapiApi,
} satisfies Complete;

/** The whole admin API, by resource. */
export const ADMIN_API: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = api;

/** All endpoints of it. */
export const ENDPOINTS: readonly Endpoint[] = Object.values(ADMIN_API).flatMap((resource) =>
  Object.values(resource),
);

type Api = typeof api;

/** The exact type of an endpoint. */
export type EndpointNamed<N extends EndpointName> =
  N extends `${infer R extends keyof ResourceNames}.${infer V}`
    ? V extends keyof Api[R]
      ? Api[R][V]
      : never
    : never;
