import { notServed } from '../../openai/models/model-filter';
import type { GatewayProvider } from '../config';
import { gatewayError, type GatewayError } from '../answer/errors';
import { answerJson } from '../answer/json-answer';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ModelLists } from './model-lists';

/**
 * `/models` and `/models/{id}`, which the gateway answers itself as far as it can; also as servers may read it that
 * care for no case, or for no path parameters: nobody gets to see models that are not served here.
 */
export const MODELS_PATH = /^\/models(?:;[^/]*)?(?:\/|$)/i;

/** Answers from the provider's list of models. `forward` if only the provider can answer. */
export async function serveModels(
  modelLists: ModelLists,
  exchange: LiveExchange,
  provider: GatewayProvider,
): Promise<GatewayError | 'forward' | undefined> {
  const { route, config, log } = exchange;
  const wanted = route.path.replace(MODELS_PATH, '');
  const id = wanted === '' ? undefined : safeDecode(wanted);
  if (id !== undefined && config.filteredModels.has(id)) {
    return gatewayError('model_not_found', notServed(id));
  }
  const listed = await modelLists.list(provider, config.filteredModels);
  log.trace = listed.trace;
  if (listed.kind === 'failed') {
    // An answer that is merely passed on is not filtered.
    const mayForward = id !== undefined || (listed.isAnswered && config.filteredModels.isEmpty);
    return mayForward ? 'forward' : listed.error;
  }
  const json = id === undefined ? listed.list : listed.find(id);
  if (json === undefined) return 'forward';
  answerJson(exchange, json);
  return undefined;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
