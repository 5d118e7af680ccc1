import { keptText } from '../../openai/json/kept-text';
import type { GatewayConfig, GatewayProvider } from '../config';
import { gatewayError, type GatewayError } from '../answer/errors';
import { isUnsafePath, isUnsendableQuery } from './path-safety';
import type { GatewayRoute } from './route';

const SLUG_SHOWN_MAX = 64;
/** Where the model stands in the address, no server may read another one there, as some would behind these. */
const UNCLEAR = /\/\/|;|%(?:25|2f|5c|3b)/i;

/** The address names no provider: it means the default one, or what the name of a model leads to. */
export function namesNoProvider(
  { provider, mayFallBackToDefault }: GatewayRoute,
  { providers }: Pick<GatewayConfig, 'providers'>,
): boolean {
  return provider === undefined || (mayFallBackToDefault && !providers.has(provider));
}

/**
 * The provider that a route asks for, or why there is none. The default provider may be disabled: what is asked may be
 * another one's, see `disabledError`.
 */
export function resolveProvider(route: GatewayRoute, config: GatewayConfig): GatewayProvider | GatewayError {
  const isOpen = namesNoProvider(route, config);
  const slug = isOpen ? config.defaultProvider : (route.provider ?? '');
  const provider = config.providers.get(slug);
  if (provider === undefined) {
    const shown = keptText(slug, SLUG_SHOWN_MAX);
    return gatewayError('provider_not_found', `There is no provider '${shown}'.`);
  }
  return isOpen ? provider : (disabledError(provider) ?? provider);
}

export function disabledError({ slug, isEnabled }: GatewayProvider): GatewayError | undefined {
  return isEnabled ? undefined : gatewayError('provider_not_found', `Provider '${slug}' is disabled.`);
}

/** Why nothing is at this address, if so, or why it is not forwarded. */
export function addressError({ path, query, place = '' }: GatewayRoute): GatewayError | undefined {
  if (path === '' || path === '/') {
    return gatewayError('unknown_path', 'There is no such endpoint. Try /v1/chat/completions or /v1/models.');
  }
  const isUnclear = place !== '' && UNCLEAR.test(place + path);
  return isUnclear || isUnsafePath(place + path) || isUnsendableQuery(query)
    ? gatewayError('invalid_path', 'The path contains characters or segments that are not allowed.')
    : undefined;
}
