/**
 * Every endpoint of the admin API by its name: its method, and its path below `ADMIN_BASE`, with `{id}` for a
 * parameter. They stand here and nowhere else. The server finds an endpoint by them, the browser asks by them, and the
 * API's description tells them. Browsers load this file, so it imports nothing.
 */
export const ADDRESSES = {
  'providers.list': 'GET /providers',
  'providers.create': 'POST /providers',
  'providers.reorder': 'POST /providers/reorder',
  'providers.check': 'POST /providers/check',
  'providers.read': 'GET /providers/{id}',
  'providers.update': 'PATCH /providers/{id}',
  'providers.delete': 'DELETE /providers/{id}',
  'providers.models': 'POST /providers/{id}/models',
  'providers.test': 'POST /providers/{id}/test',
  'keys.list': 'GET /keys',
  'keys.search': 'POST /keys/search',
  'keys.import': 'POST /keys/import',
  'keys.bulk': 'POST /keys/bulk',
  'keys.undo': 'POST /keys/undo',
  'keys.export': 'GET /keys/export',
  'keys.exportSelected': 'POST /keys/export',
  'keys.tags': 'GET /keys/tags',
  'keys.read': 'GET /keys/{id}',
  'keys.update': 'PATCH /keys/{id}',
  'keys.delete': 'DELETE /keys/{id}',
  'keys.verify': 'POST /keys/{id}/verify',
  'keys.reset': 'POST /keys/{id}/reset',
  'keys.reveal': 'POST /keys/{id}/reveal',
  'keys.usage': 'GET /keys/{id}/usage',
  'keys.failures': 'GET /keys/{id}/failures',
  'proxies.list': 'GET /proxies',
  'proxies.create': 'POST /proxies',
  'proxies.testUnsaved': 'POST /proxies/test',
  'proxies.bulk': 'POST /proxies/bulk',
  'proxies.read': 'GET /proxies/{id}',
  'proxies.update': 'PATCH /proxies/{id}',
  'proxies.delete': 'DELETE /proxies/{id}',
  'proxies.test': 'POST /proxies/{id}/test',
  'routes.list': 'GET /routes',
  'routes.replace': 'POST /routes',
  'settings.read': 'GET /settings',
  'settings.update': 'PATCH /settings',
  'settings.reset': 'POST /settings/reset',
  'tokens.list': 'GET /tokens',
  'tokens.create': 'POST /tokens',
  'tokens.export': 'GET /tokens/export',
  'tokens.import': 'POST /tokens/import',
  'tokens.previewImport': 'POST /tokens/import/preview',
  'tokens.read': 'GET /tokens/{id}',
  'tokens.update': 'PATCH /tokens/{id}',
  'tokens.resetSpent': 'POST /tokens/{id}/reset-spent',
  'tokens.revoke': 'DELETE /tokens/{id}',
  'installation.move-in': 'POST /installation/move-in',
  'logs.requests': 'GET /logs/requests',
  'logs.errors': 'GET /logs/errors',
  'logs.requestsHistogram': 'GET /logs/requests/histogram',
  'logs.errorsHistogram': 'GET /logs/errors/histogram',
  'logs.read': 'GET /logs/{id}',
  'logs.delete': 'POST /logs/delete',
  'logs.export': 'GET /logs/export',
  'prices.list': 'GET /prices',
  'prices.update': 'POST /prices/update',
  'alerts.list': 'GET /alerts',
  'alerts.create': 'POST /alerts',
  'alerts.update': 'PATCH /alerts/{id}',
  'alerts.delete': 'DELETE /alerts/{id}',
  'alerts.test': 'POST /alerts/{id}/test',
  'incidents.list': 'GET /incidents',
  'incidents.export': 'GET /incidents/export',
  'views.list': 'GET /views',
  'views.create': 'POST /views',
  'views.update': 'PATCH /views/{id}',
  'views.delete': 'DELETE /views/{id}',
  'stats.overview': 'GET /stats/overview',
  'stats.timeseries': 'GET /stats/timeseries',
  'stats.attention': 'GET /stats/attention',
  'stats.providers': 'GET /stats/providers',
  'stats.keys': 'GET /stats/keys',
  'stats.models': 'GET /stats/models',
  'stats.tokens': 'GET /stats/tokens',
  'stats.explore': 'GET /stats/explore',
  'stats.exportExplored': 'GET /stats/explore/export',
  'stats.capacity': 'GET /stats/capacity',
  'live.follow': 'GET /live',
  'instances.list': 'GET /instances',
  'jobs.list': 'GET /jobs',
  'jobs.run': 'POST /jobs/{name}/run',
  'tasks.list': 'GET /tasks',
  'tasks.read': 'GET /tasks/{id}',
  'tasks.cancel': 'POST /tasks/{id}/cancel',
  'audit.list': 'GET /audit',
  'session.read': 'GET /session',
  'openapi.read': 'GET /openapi.json',
} as const;

export const ADMIN_BASE = '/api/admin';
/** A page to read about all of it. */
export const ADMIN_DOCS = `${ADMIN_BASE}/docs`;

/** `resource.verb`; the operation id in the API's description too. */
export type EndpointName = keyof typeof ADDRESSES;
export type EndpointMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The names of the endpoints by resource: `{ keys: 'list' | 'search' ... }`. */
export type ResourceNames = {
  readonly [
    N in EndpointName as N extends `${infer R}.${string}` ? R : never
  ]: N extends `${string}.${infer V}` ? V : never;
};

/** Where an endpoint is, as types know it. */
export type AddressOf<N extends EndpointName> =
  (typeof ADDRESSES)[N] extends `${infer M extends EndpointMethod} ${infer P}`
    ? { readonly method: M; readonly path: P }
    : never;

export function addressOf(name: EndpointName): { readonly method: EndpointMethod; readonly path: string } {
  const [method = '', path = ''] = ADDRESSES[name].split(' ');
  return { method: method as EndpointMethod, path };
}
