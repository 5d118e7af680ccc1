import { notServed } from '../../openai/models/model-filter';
import { gatewayError, type GatewayError } from '../answer/errors';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { ModelLists } from '../models/model-lists';
import type { GatewayRoute } from '../request/route';
import { disabledError, namesNoProvider } from '../request/admission';
import type { TokenRules } from '../tokens/token-rules';
import { isServed, planAt, type Plan } from './plan';
import { planOfRoute } from './route-plan';

/** A request, as far as it is decided where it goes. */
export interface Asking {
  readonly config: GatewayConfig;
  readonly route: GatewayRoute;
  /** Whom the address means. */
  readonly provider: GatewayProvider;
  /** The whole name. */
  readonly model: string | undefined;
  /** Of the token; undefined if it may do everything. */
  readonly rules?: TokenRules | undefined;
  readonly now: number;
}

/**
 * Where a request goes. At an address that names no provider: to the targets of a route of that name; or for
 * `provider/model` to that provider, unless the default provider itself has a model of that whole name. Else to the
 * provider of the address and what it falls back on.
 */
export function planOf(
  asking: Asking,
  lists: Pick<ModelLists, 'has'>,
): Plan | GatewayError | Promise<Plan | GatewayError> {
  const { config, route, provider, model, rules, now } = asking;
  const here = () => disabledError(provider) ?? planAt(provider, config, { model });
  if (!namesNoProvider(route, config)) return here();
  if (model === undefined) return anywhere(here(), config);
  const live = config.routes.isEmpty ? undefined : config.routes.find(model);
  if (live !== undefined) return planOfRoute(live, model, config, now);
  const named = namedProvider(config, model);
  if (named === undefined) return here();
  const decide = (isListed: boolean): Plan | GatewayError => {
    if (isListed) return here();
    const { sentModel } = named;
    return isServed(sentModel, config.filteredModels)
      ? planAt(named.provider, config, { model, sentModel })
      : gatewayError('model_not_found', notServed(sentModel));
  };
  const isAsked = provider.isEnabled && rules?.mayUse(provider.slug) !== false;
  const isListed = isAsked && lists.has(provider, model);
  return isListed instanceof Promise ? isListed.then(decide) : decide(isListed);
}

/** What it names may have been made at any provider, for a model of which the name led there. */
function anywhere(plan: Plan | GatewayError, { providers }: GatewayConfig): Plan | GatewayError {
  if ('code' in plan || providers.size === plan.places.length) return plan;
  return { ...plan, places: [...new Set([...plan.places, ...providers.values()])] };
}

/** The provider that the name begins with, and what is left of the name. */
export function namedProvider({ providers }: GatewayConfig, model: string) {
  const slash = model.indexOf('/');
  if (slash <= 0 || slash === model.length - 1) return undefined;
  const provider = providers.get(model.slice(0, slash).toLowerCase());
  return provider?.isEnabled === true ? { provider, sentModel: model.slice(slash + 1) } : undefined;
}
