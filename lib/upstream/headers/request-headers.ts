import { BEARER, type KeyPlace } from './key-place';
import { addCredential, holdsSubprotocolKey, withoutCredentials } from './client-credentials';

/** Connection management, RFC 9110 section 7.6.1; never forwarded. `Connection` may name more. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers that are meant for us alone, or that have to be made again for the upstream. Organisation
 * and project are the client's; the key belongs to others.
 */
const OURS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'expect',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'openai-organization',
  'openai-project',
  'cookie',
  'cookie2',
  'forwarded',
  'via',
  'x-real-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-request-id',
  'cdn-loop',
]);

const OUR_PREFIXES = ['x-forwarded-', 'cf-', 'x-envoy-', 'x-original-'];

/**
 * The headers of the upstream request, as a flat list of names and values. Hop-by-hop, authentication, cookie and
 * forwarding headers of the client never cross, and neither does any that repeats its token; everything else does, in
 * its order and spelling. `custom` replaces headers of the same name, and the key the one that it stands in. Asks for
 * an unencoded answer, so that its events can be read as they pass. `presented`: tokens that came elsewhere.
 */
export function upstreamRequestHeaders(
  rawHeaders: readonly string[],
  secret: string,
  custom: Readonly<Record<string, string>>,
  place: KeyPlace = BEARER,
  presented: readonly string[] = [],
): string[] {
  const named = namedByConnection(rawHeaders);
  const credentials = [...presented];
  const replaced = Object.keys(custom).map((name) => name.toLowerCase());
  const passed: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const lower = name.toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    addCredential(credentials, lower, value);
    if (named?.has(lower) === true || isReplaced(lower, replaced, place)) continue;
    if (staysHere(lower) || holdsSubprotocolKey(lower, value)) continue;
    passed.push(name, value);
  }
  const headers = withoutCredentials(passed, credentials);
  addKey(headers, secret, place, replaced);
  if (!replaced.includes('accept-encoding')) headers.push('accept-encoding', 'identity');
  return headers.concat(...Object.entries(custom));
}

function isReplaced(lower: string, replaced: readonly string[], place: KeyPlace): boolean {
  return replaced.includes(lower) || (place.in === 'header' && lower === place.name);
}

function addKey(headers: string[], secret: string, place: KeyPlace, replaced: readonly string[]): void {
  if (place.in === 'query') return;
  const { name, prefix } = place;
  if (secret !== '' && !replaced.includes(name)) headers.push(name, prefix + secret);
  if (name === ANTHROPIC_KEY && !has(headers, replaced, VERSION)) headers.push(VERSION, VERSION_DEFAULT);
}

/** Anthropic refuses requests that name no version of its API; there is one. */
const ANTHROPIC_KEY = 'x-api-key';
const VERSION = 'anthropic-version';
const VERSION_DEFAULT = '2023-06-01';

function has(headers: readonly string[], replaced: readonly string[], name: string): boolean {
  return replaced.includes(name) || headers.some((one, at) => at % 2 === 0 && one.toLowerCase() === name);
}

function staysHere(lower: string): boolean {
  return HOP_BY_HOP.has(lower) || OURS.has(lower) || OUR_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** Whether a provider's own headers ask for encoded answers: then those pass that cannot be decoded here. */
export function asksForEncoding(custom: Readonly<Record<string, string>>): boolean {
  for (const name in custom) if (name.toLowerCase() === 'accept-encoding') return true;
  return false;
}

/** The body was read by these, and goes on as it is. */
function isOfBody(name: string): boolean {
  return name === 'content-type' || name === 'content-encoding';
}

function namedByConnection(rawHeaders: readonly string[]): Set<string> | undefined {
  let named: Set<string> | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'connection') continue;
    const value = (rawHeaders[i + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    named ??= new Set();
    for (const name of value.split(',')) if (!isOfBody(name.trim())) named.add(name.trim());
  }
  return named;
}
