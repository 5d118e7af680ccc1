import { normalizeHttpUrl, reasonAgainstHttpUrl } from '../../config/values/http-url';
import { ModelFilter } from '../../openai/model-filter';
import type { EndpointInput } from '../contract/endpoint';
import type { providersApi } from '../contract/providers';
import type { AdminContext, ModelsAnswer } from '../context';
import { wrongField } from '../error';
import { parseKeys } from '../keys/parse-keys';
import { modelsOf, outcomeOf } from './models-outcome';
import { tidyAddress } from './tidy-address';

/** Where the API lives below the address that people know. */
const USUAL_PATHS = ['/v1', '/api/v1', '/openai/v1'];
const NO_LIST = 'The answer is no list of models.';

/**
 * Asks an address that is not saved yet for its models, with the first key of a text if there is one. Says which address was
 * meant, and which one close to it answers better. Throws `invalid_input` for what is no address.
 */
export async function checkAddress(context: AdminContext, input: EndpointInput<typeof providersApi.check>) {
  const tidy = tidyAddress(input.baseUrl);
  const reason = reasonAgainstHttpUrl(tidy);
  if (reason !== undefined) throw wrongField('baseUrl', reason);
  const baseUrl = normalizeHttpUrl(tidy);
  const { keys } = await parseKeys(input.text);
  const secret = (keys.find(({ odd }) => odd === undefined) ?? keys[0])?.value ?? '';
  const ask = (address: string) => context.askAddress({ baseUrl: address, secret }, context.caller.signal);

  const answer = await ask(baseUrl);
  const outcome = outcomeOf(answer);
  const isDoubtful = outcome === 'not_an_api' || answer.status === 404;
  return {
    baseUrl,
    outcome,
    status: answer.status ?? null,
    message: answer.error ?? (outcome === 'models' ? '' : NO_LIST),
    models: servedOf(context, answer),
    suggestion: isDoubtful ? await betterAddress(baseUrl, ask) : null,
  };
}

function servedOf({ settings }: AdminContext, answer: ModelsAnswer): string[] | null {
  const filter = new ModelFilter(settings.current.FILTERED_MODELS);
  const ids = modelsOf(answer)?.map(({ id }) => id);
  return ids?.filter((id) => !filter.has(id)) ?? null;
}

async function betterAddress(
  baseUrl: string,
  ask: (address: string) => Promise<ModelsAnswer>,
): Promise<string | null> {
  const candidates = USUAL_PATHS.filter((path) => !baseUrl.endsWith(path)).map((path) => baseUrl + path);
  const answers = await Promise.all(candidates.map(ask));
  const outcomes = answers.map(outcomeOf);
  const best = outcomes.indexOf('models');
  return candidates[best === -1 ? outcomes.indexOf('key_refused') : best] ?? null;
}
