import { Stop } from '../../balancer/stop';
import type { Clock } from '../../balancer/ports';
import { modelIdOf } from '../../openai/models/model-list';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { ModelLists } from './model-lists';

/** A list of another provider that takes longer is left out. */
const WAIT_MS = 5_000;

/** The item that a list shows for a route. */
export function routeItem(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'route' };
}

/** The names of routes that are listed: a pattern is none. */
export function routeItems({ routes, filteredModels }: GatewayConfig): object[] {
  return routes.names.filter((name) => !filteredModels.has(name)).map(routeItem);
}

/** Its model as one of all, `provider/model`; undefined for one without a name. */
export function itemAt({ slug }: Pick<GatewayProvider, 'slug'>, model: unknown): object | undefined {
  const id = modelIdOf(model);
  if (id === undefined) return undefined;
  const fields = model instanceof Object ? model : { object: 'model' };
  return { ...fields, id: `${slug}/${id}` };
}

/** The models of all enabled providers, as far as they tell them in time. Never rejects. */
export async function allModels(lists: ModelLists, config: GatewayConfig, clock: Clock): Promise<object[]> {
  const told = new Stop();
  const tooLong = clock.sleep(WAIT_MS, told);
  const listOf = async (provider: GatewayProvider): Promise<object[]> => {
    const listed = await lists.list(provider, config.filteredModels);
    if (listed.kind === 'failed') return [];
    return listed.models.flatMap((model) => itemAt(provider, model) ?? []);
  };
  const enabled = [...config.providers.values()].filter(({ isEnabled }) => isEnabled);
  const found = await Promise.all(
    enabled.map((provider) => Promise.race([listOf(provider), tooLong.then(() => [])])),
  );
  told.abort();
  return found.flat();
}
