import type { Clock } from '../../balancer/ports';
import { notAllowed, notServed, type ModelFilter } from '../../openai/models/model-filter';
import { modelIdOf } from '../../openai/models/model-list';
import type { GatewayProvider } from '../config';
import { gatewayError, type GatewayError } from '../answer/errors';
import { answerJson } from '../answer/json-answer';
import { filterOf, type LiveExchange } from '../exchange/live-exchange';
import { disabledError, namesNoProvider } from '../request/admission';
import { namedProvider } from '../routing/routing';
import type { ModelListResult, ModelLists } from './model-lists';
import { allModels, itemAt, routeItem, routeItems } from './more-models';

/**
 * `/models` and `/models/{id}`, which the gateway answers itself as far as it can; also as servers may read it that
 * care for no case, or for no path parameters: nobody gets to see models that are not served here.
 */
export const MODELS_PATH = /^\/models(?:;[^/]*)?(?:\/|$)/i;

/**
 * Answers from the provider's list of models; at an address that names no provider with the routes, and with those of
 * all providers if that is wanted. `forward` if only the provider can answer.
 */
export async function serveModels(
  modelLists: ModelLists,
  exchange: LiveExchange,
  provider: GatewayProvider,
  clock: Clock,
): Promise<GatewayError | 'forward' | undefined> {
  const { route, config, log } = exchange;
  const wanted = route.path.replace(MODELS_PATH, '');
  const id = wanted === '' ? undefined : safeDecode(wanted);
  const filter = filterOf(exchange);
  if (id !== undefined && filter.has(id)) {
    // What a token may not use is not there for it.
    return gatewayError('model_not_found', filter.isFiltered(id) ? notServed(id) : notAllowed(id));
  }
  const isOpen = namesNoProvider(route, config);
  if (id !== undefined && isOpen && config.routes.find(id) !== undefined) {
    answerJson(exchange, JSON.stringify(routeItem(id)));
    return undefined;
  }
  const listed = await listAt(modelLists, exchange, provider);
  log.trace = listed.trace;
  const json =
    id === undefined
      ? await listOf(modelLists, exchange, listed, isOpen, clock)
      : await oneOf(modelLists, exchange, listed, isOpen, id);
  if (json === undefined) return unknownHere(listed, id, filter);
  answerJson(exchange, json);
  return undefined;
}

function unknownHere(
  listed: ModelListResult,
  id: string | undefined,
  filter: ModelFilter,
): GatewayError | 'forward' {
  if (listed.kind === 'listed') return 'forward';
  // An answer that is merely passed on is not filtered.
  const mayForward = id !== undefined || (listed.isAnswered && filter.isEmpty);
  return mayForward ? 'forward' : listed.error;
}

async function listAt(
  modelLists: ModelLists,
  exchange: LiveExchange,
  provider: GatewayProvider,
): Promise<ModelListResult> {
  const { rules, log } = exchange;
  const error = disabledError(provider) ?? rules?.providerError(provider.slug);
  if (error === undefined) return modelLists.list(provider, filterOf(exchange));
  return { kind: 'failed', error, isAnswered: false, trace: log.trace };
}

/** Undefined if there is none. */
async function listOf(
  modelLists: ModelLists,
  exchange: LiveExchange,
  listed: ModelListResult,
  isOpen: boolean,
  clock: Clock,
): Promise<string | undefined> {
  const { config } = exchange;
  const more = isOpen ? routeItems(exchange) : [];
  if (isOpen && config.listsAllModels) more.push(...(await allModels(modelLists, exchange, clock)));
  if (more.length === 0) return listed.kind === 'listed' ? listed.list : undefined;
  if (listed.kind === 'failed') return JSON.stringify({ object: 'list', data: firstOfEach(more) });
  return listed.withModels(firstOfEach([...listed.models, ...more]));
}

/** Undefined if it is not known here. */
async function oneOf(
  modelLists: ModelLists,
  { config, rules }: LiveExchange,
  listed: ModelListResult,
  isOpen: boolean,
  id: string,
): Promise<string | undefined> {
  const found = listed.kind === 'listed' ? listed.find(id) : undefined;
  const named = isOpen && found === undefined ? namedProvider(config, id) : undefined;
  if (named === undefined || rules?.mayUse(named.provider.slug) === false) return found;
  const there = await modelLists.list(named.provider, config.filteredModels);
  if (there.kind === 'failed') return undefined;
  const model = there.models.find((one) => modelIdOf(one) === named.sentModel);
  return model === undefined ? undefined : JSON.stringify(itemAt(named.provider, model));
}

/** A model without a name is like no other. */
function firstOfEach(models: readonly unknown[]): unknown[] {
  const known = new Set<string>();
  return models.filter((model) => {
    const id = modelIdOf(model);
    if (id === undefined) return true;
    const isFirst = !known.has(id);
    known.add(id);
    return isFirst;
  });
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
