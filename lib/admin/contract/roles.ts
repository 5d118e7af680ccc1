import { isAtLeast, type Role } from '../../auth/role';
import type { EndpointName } from './addresses';

/**
 * Who may ask for what. Viewers read all that holds no secret. Operators may also do what heals, and read request
 * bodies. Admins do everything. Browsers load this file, so it imports nothing but rules.
 */
export const ENDPOINT_ROLES: Readonly<Record<EndpointName, Role>> = {
  'providers.list': 'viewer',
  'providers.create': 'admin',
  'providers.reorder': 'admin',
  // It asks any address that it is given.
  'providers.check': 'admin',
  'providers.read': 'viewer',
  'providers.update': 'admin',
  'providers.delete': 'admin',
  'providers.models': 'operator',
  'providers.test': 'operator',
  'keys.list': 'viewer',
  'keys.search': 'viewer',
  'keys.import': 'operator',
  'keys.bulk': 'operator',
  'keys.undo': 'admin',
  'keys.export': 'viewer',
  'keys.exportSelected': 'viewer',
  'keys.read': 'viewer',
  'keys.update': 'operator',
  'keys.delete': 'admin',
  'keys.verify': 'operator',
  'keys.reset': 'operator',
  'keys.reveal': 'admin',
  'keys.usage': 'viewer',
  'keys.failures': 'viewer',
  'keys.tags': 'viewer',
  'proxies.list': 'viewer',
  'proxies.create': 'admin',
  'proxies.testUnsaved': 'admin',
  'proxies.bulk': 'operator',
  'proxies.read': 'viewer',
  'proxies.update': 'operator',
  'proxies.delete': 'admin',
  'proxies.test': 'operator',
  'routes.list': 'viewer',
  'routes.replace': 'admin',
  'settings.read': 'viewer',
  'settings.update': 'admin',
  'settings.reset': 'admin',
  'tokens.list': 'viewer',
  'tokens.create': 'admin',
  'tokens.export': 'viewer',
  'tokens.import': 'admin',
  'tokens.previewImport': 'admin',
  'tokens.read': 'viewer',
  'tokens.update': 'admin',
  'tokens.resetSpent': 'admin',
  'tokens.revoke': 'admin',
  'installation.move-in': 'admin',
  'logs.requests': 'viewer',
  'logs.errors': 'viewer',
  'logs.requestsHistogram': 'viewer',
  'logs.errorsHistogram': 'viewer',
  // Without request bodies for viewers.
  'logs.read': 'viewer',
  'logs.delete': 'admin',
  'logs.export': 'viewer',
  'prices.list': 'viewer',
  // It fetches the list anew, as the job does, and sets nothing.
  'prices.update': 'operator',
  'alerts.list': 'viewer',
  'alerts.create': 'admin',
  'alerts.update': 'admin',
  'alerts.delete': 'admin',
  'alerts.test': 'operator',
  'incidents.list': 'viewer',
  'incidents.export': 'viewer',
  'stats.overview': 'viewer',
  'stats.timeseries': 'viewer',
  'stats.attention': 'viewer',
  'stats.providers': 'viewer',
  'stats.keys': 'viewer',
  'stats.models': 'viewer',
  'stats.tokens': 'viewer',
  'stats.explore': 'viewer',
  'stats.exportExplored': 'viewer',
  'stats.capacity': 'viewer',
  'live.follow': 'viewer',
  'instances.list': 'viewer',
  'jobs.list': 'viewer',
  'jobs.run': 'operator',
  'tasks.list': 'viewer',
  'tasks.read': 'viewer',
  'tasks.cancel': 'operator',
  'audit.list': 'viewer',
  'session.read': 'viewer',
  'views.list': 'viewer',
  'views.create': 'operator',
  'views.update': 'operator',
  'views.delete': 'operator',
  'openapi.read': 'viewer',
};

/** Fields of what is asked (`set.limits`: within another) with the values that need an admin; `any`: any value. */
export const ADMIN_FIELDS: {
  readonly [N in EndpointName]?: Readonly<Record<string, 'any' | readonly unknown[]>>;
} = {
  'keys.bulk': { action: ['delete', 'move'], 'set.limits': 'any', 'set.account': 'any' },
  'keys.update': { weight: 'any', egressId: 'any', limits: 'any', account: 'any', provider: 'any' },
  'keys.export': { secrets: [true] },
  'keys.exportSelected': { secrets: [true] },
  'proxies.bulk': { action: ['delete', 'delete-failed'] },
  'proxies.update': { isShared: 'any' },
  'tokens.export': { secrets: [true] },
};

/** The role that is needed for this input: parameters, query and body in one object. */
export function roleNeeded(name: EndpointName, input: object = {}): Role {
  const isForAdmins = Object.entries(ADMIN_FIELDS[name] ?? {}).some(([field, values]) => {
    const value = field.split('.').reduce<unknown>(within, input);
    return value !== undefined && (values === 'any' || values.includes(value));
  });
  return isForAdmins ? 'admin' : ENDPOINT_ROLES[name];
}

function within(given: unknown, field: string): unknown {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>)[field] : undefined;
}

/** Whether a role is enough for this input. */
export function mayDo(role: Role, name: EndpointName, input: object = {}): boolean {
  return isAtLeast(role, roleNeeded(name, input));
}
