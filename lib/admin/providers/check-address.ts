import { normalizeHttpUrl, reasonAgainstHttpUrl } from '../../config/values/http-url';
import { ModelFilter } from '../../openai/models/model-filter';
import type { EndpointInput } from '../contract/endpoint';
import type { ModelsOutcome, providersApi } from '../contract/providers';
import type { ModelsAnswer } from '../../probing/ask-models';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { checkAuth, checkQuery } from './check';
import { parseKeys } from '../keys/parse-keys';
import { modelsOf, outcomeOf } from './models-outcome';
import { tidyAddress } from './tidy-address';

/** Where the API lives below the address that people know. */
const USUAL_PATHS = ['/v1', '/api/v1', '/openai/v1'];
/** Of an address with a path: so many of its beginnings are tried. */
const PLACES_MAX = 3;
/** Where nothing answers for longer, nothing else is waited for. */
const SOON_MS = 3_000;
const NO_LIST = 'The answer is no list of models.';

/**
 * Asks an address that is not saved yet for its models, with the first key of a text if there is one. Says which
 * address was meant, and which one close to it answers better. Throws `invalid_input` for what is no address.
 */
export async function checkAddress(context: AdminContext, input: EndpointInput<typeof providersApi.check>) {
  const tidy = tidyAddress(input.baseUrl);
  const reason = reasonAgainstHttpUrl(tidy);
  if (reason !== undefined) throw wrongField('baseUrl', reason);
  const baseUrl = normalizeHttpUrl(tidy);
  const { keys } = await parseKeys(input.text);
  const secret = (keys.find(({ odd }) => odd === undefined) ?? keys[0])?.value ?? '';
  const sent = { auth: checkAuth(input.auth ?? 'bearer'), query: input.query && checkQuery(input.query) };
  const ask = (address: string, key = secret) =>
    context.askAddress({ ...sent, baseUrl: address, secret: key }, context.caller.signal);

  const answer = await ask(baseUrl);
  const outcome = outcomeOf(answer);
  return {
    baseUrl,
    outcome,
    status: answer.status ?? null,
    message: answer.error ?? (outcome === 'models' ? '' : NO_LIST),
    models: servedOf(context, answer),
    suggestion: await betterAddress(baseUrl, answer, ask),
  };
}

function servedOf({ settings }: AdminContext, answer: ModelsAnswer): string[] | null {
  const filter = new ModelFilter(settings.current.FILTERED_MODELS);
  const ids = modelsOf(answer)?.map(({ id }) => id);
  return ids?.filter((id) => !filter.has(id)) ?? null;
}

type Ask = (address: string, key?: string) => Promise<ModelsAnswer>;

/** An address close to this one that answers as an API does, if this one does not; null if there is none. */
async function betterAddress(baseUrl: string, answer: ModelsAnswer, ask: Ask): Promise<string | null> {
  const outcome = outcomeOf(answer);
  const isUnreachable = outcome === 'unreachable';
  if (!isUnreachable && outcome !== 'not_an_api' && answer.status !== 404 && answer.status !== 400)
    return null;
  if (answer.isPlainHttp === true) return withPlainHttp(baseUrl, ask);
  const secure = baseUrl.startsWith('http://') ? [baseUrl.replace('http:', 'https:')] : [];
  if (isUnreachable) return answer.latencyMs > SOON_MS ? null : bestOf(secure, ask);
  const behind = await bestOf(addressesBehind(baseUrl), ask);
  if (behind !== null) return behind;
  // An API may have no list: only an address that has one is better.
  const outcomes = outcome === 'not_an_api' ? GOOD : GOOD.slice(0, 1);
  return bestOf([...addressesNear(baseUrl), ...secure], ask, outcomes);
}

/** The key is not sent in plain text before the admin has agreed. */
async function withPlainHttp(baseUrl: string, ask: Ask): Promise<string | null> {
  const plain = baseUrl.replace('https:', 'http:');
  const answer = await ask(plain, '');
  const outcome = outcomeOf(answer);
  if (outcome === 'models' || outcome === 'key_refused') return plain;
  const near = await bestOf([...addressesBehind(plain), ...addressesNear(plain)], (one) => ask(one, ''));
  return near ?? (outcome === 'unreachable' ? null : plain);
}

function addressesBehind(place: string): string[] {
  return USUAL_PATHS.filter((path) => !place.endsWith(path)).map((path) => place + path);
}

/** The usual paths behind shorter addresses, down to the origin, and these themselves. */
function addressesNear(baseUrl: string): string[] {
  const { origin, pathname } = new URL(baseUrl);
  const parts = pathname.split('/').filter((part) => part !== '');
  const shorter = parts.map((_part, index) => origin + ['', ...parts.slice(0, index)].join('/'));
  const places = [...shorter.reverse().slice(0, PLACES_MAX), origin];
  const near = [...places.flatMap(addressesBehind), ...places];
  return [...new Set(near)].filter((address) => address !== baseUrl);
}

/** How an API answers, the best first. */
const GOOD: readonly ModelsOutcome[] = ['models', 'key_refused'];

/** The first of those that answer best; null if none answers well. */
async function bestOf(candidates: readonly string[], ask: Ask, good = GOOD): Promise<string | null> {
  const outcomes = (await Promise.all(candidates.map((address) => ask(address)))).map(outcomeOf);
  const best = good.find((outcome) => outcomes.includes(outcome));
  return best === undefined ? null : (candidates[outcomes.indexOf(best)] ?? null);
}
