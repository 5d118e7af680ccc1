import { unavailableReason } from '../../balancer/pool/available';
import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { ModelRoute, RouteTarget } from '../../balancer/routes/model-route';
import { ModelFilter } from '../../openai/models/model-filter';
import type { RouteItem, RoutesAnswer, RouteTargetItem } from '../contract/routes';
import type { AdminContext } from '../context';
import { settingItem } from '../settings/setting-item';

const NO_KEYS: ReadonlySet<KeyState> = new Set();

/** The model routes in their order, and what each target could do at this moment. */
export function listRoutes(context: AdminContext): RoutesAnswer {
  const { MODEL_ROUTES: routes, FILTERED_MODELS: names } = context.settings.current;
  const { source, problem } = settingItem(context, 'MODEL_ROUTES');
  const filter = new ModelFilter(names);
  return {
    revision: context.revisions.current,
    source,
    problem,
    items: routes.map((route) => routeItem(context, route, filter)),
  };
}

function routeItem(context: AdminContext, route: ModelRoute, filter: ModelFilter): RouteItem {
  return {
    name: route.name,
    on: [...route.on],
    firstTokenTimeout: route.firstTokenTimeout ?? null,
    targets: route.targets.map((target) => targetItem(context, route.name, target, filter)),
  };
}

function targetItem(
  context: AdminContext,
  name: string,
  { provider, model, weight, tier }: RouteTarget,
  filter: ModelFilter,
): RouteTargetItem {
  const row = context.configuration.inventory.providers.find(({ slug }) => slug === provider);
  const pool = row && context.pools.get(row.id);
  const item = { provider, model: model ?? null, weight, tier };
  const nothing = { ...item, freeKeys: 0, keys: 0, freeInMs: null };
  if (row === undefined || pool === undefined) return { ...nothing, state: 'unknown' };
  const sent = model ?? name;
  const live = liveOf(pool, sent, context.liveTime.now());
  if (!row.isEnabled) return { ...item, ...live, state: 'disabled' };
  if (filter.has(sent)) return { ...item, ...live, state: 'filtered' };
  return { ...item, ...live };
}

function liveOf(pool: Pool, model: string, now: number) {
  const keys = pool.keys.filter(({ disabled }) => disabled === undefined);
  const freeKeys = keys.filter((key) => unavailableReason(key, model, now) === undefined).length;
  const freeInMs = pool.freeInMs({ model, tokens: 0, owner: undefined, refusedBy: NO_KEYS }, now) ?? null;
  const state =
    keys.length === 0 ? ('no_keys' as const) : freeInMs === 0 ? ('ready' as const) : ('resting' as const);
  return { freeKeys, keys: keys.length, freeInMs: freeInMs === 0 ? null : freeInMs, state };
}
