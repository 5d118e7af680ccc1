import { Stop } from '../../balancer/stop';
import type { Clock } from '../../balancer/ports';
import type { RouteTarget } from '../../balancer/routes/model-route';
import { modelIdOf } from '../../openai/models/model-list';
import type { GatewayProvider } from '../config';
import { filterOf, type LiveExchange } from '../exchange/live-exchange';
import type { ModelLists } from './model-lists';

/** A list of another provider that takes longer is left out. */
const WAIT_MS = 5_000;

/** The item that a list shows for a route. */
export function routeItem(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'route' };
}

/** The routes that are listed: those without a pattern, of which a target can be asked for the token. */
export function routeItems(exchange: Pick<LiveExchange, 'config' | 'rules'>): object[] {
  const { config, rules } = exchange;
  const filter = filterOf(exchange);
  const isUsable = (name: string, { provider: slug, model = name }: RouteTarget): boolean =>
    config.providers.get(slug)?.isEnabled === true &&
    rules?.mayUse(slug) !== false &&
    !config.filteredModels.has(model);
  return config.routes.routes
    .filter(({ name }) => !name.includes('*') && !filter.has(name))
    .filter(({ name, targets }) => targets.some((target) => isUsable(name, target)))
    .map(({ name }) => routeItem(name));
}

/** Its model as one of all, `provider/model`; undefined for one without a name. */
export function itemAt({ slug }: Pick<GatewayProvider, 'slug'>, model: unknown): object | undefined {
  const id = modelIdOf(model);
  if (id === undefined) return undefined;
  const fields = model instanceof Object ? model : { object: 'model' };
  return { ...fields, id: `${slug}/${id}` };
}

/** The models of all enabled providers that the token may use, as far as they tell them in time. Never rejects. */
export async function allModels(
  lists: ModelLists,
  exchange: Pick<LiveExchange, 'config' | 'rules'>,
  clock: Clock,
): Promise<object[]> {
  const { config, rules } = exchange;
  const filter = filterOf(exchange);
  const told = new Stop();
  const tooLong = clock.sleep(WAIT_MS, told);
  const listOf = async (provider: GatewayProvider): Promise<object[]> => {
    const listed = await lists.list(provider, config.filteredModels);
    if (listed.kind === 'failed') return [];
    const items = listed.models.flatMap((model) => itemAt(provider, model) ?? []);
    return rules === undefined ? items : items.filter((item) => !filter.has(modelIdOf(item) ?? ''));
  };
  const enabled = [...config.providers.values()].filter(
    ({ isEnabled, slug }) => isEnabled && rules?.mayUse(slug) !== false,
  );
  const found = await Promise.all(
    enabled.map((provider) => Promise.race([listOf(provider), tooLong.then(() => [])])),
  );
  told.abort();
  return found.flat();
}
