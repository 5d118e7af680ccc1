/** Where a client's path leads. */
export interface GatewayRoute {
  /** Lower case; undefined asks for the default provider. */
  readonly provider: string | undefined;
  /** `/hf/v1` and `/openai/v1` mean the default provider as long as no provider has that slug. */
  readonly mayFallBackToDefault: boolean;
  /** What follows `/v1`, as `onePath` has it: '' or something with a slash in front. */
  readonly path: string;
  /** '' or `?...`, as it came. */
  readonly query: string;
  /** Where the provider's own clients ask, if not below `/v1`: `/v1beta`, `/openai/deployments/gpt-4o`. */
  readonly place?: string;
  /** The model that the address names. */
  readonly model?: string;
  /** The address asks for an event stream. */
  readonly isStream?: true;
}

/** Prefixes that other programs put before `/v1`. */
const ALIASES: ReadonlySet<string> = new Set(['hf', 'openai']);

/** Azure's, before and with its `/v1`. */
const OPENAI = 'openai';

/**
 * `/v1/...`, `/{slug}/v1/...`, `/{alias}/v1/...` or `/{alias}/{slug}/v1/...`; in the place of `/v1` also `/openai/v1`
 * behind a slug, and what the clients of Google and Azure put there, see `ownPlace`. Undefined for every other path,
 * which is not the gateway's.
 */
export function parseRoute(url: string): GatewayRoute | undefined {
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark);
  const marker = markerIn(pathname);
  if (marker < 0) return ownPlace(pathname, query);
  const whom = marker === 0 ? DEFAULT : providerIn(pathname.slice(0, marker), true);
  if (whom === undefined) return ownPlace(pathname, query);
  const path = onePath(pathname.slice(marker + MARKER_LENGTH));
  const { provider, mayFallBackToDefault } = whom;
  const route = { provider, mayFallBackToDefault, path, query };
  const call = path.includes(':') ? googleCall(path, query) : undefined;
  return call === undefined ? route : { ...route, place: '/v1', ...call };
}

type Whom = Pick<GatewayRoute, 'provider' | 'mayFallBackToDefault'>;

const DEFAULT: Whom = { provider: undefined, mayFallBackToDefault: false };

/** Whom the segments before `/v1` name, each with its slash; undefined if they are none of ours. */
function providerIn(before: string, mayEndWithOpenAi = false): Whom | undefined {
  const [first = '', second, ...more] = before.slice(1).split('/').map(slugOf);
  if (first === '' || second === '' || more.length > 0) return undefined;
  if (second === undefined) return { provider: first, mayFallBackToDefault: ALIASES.has(first) };
  if (ALIASES.has(first)) return { provider: second, mayFallBackToDefault: false };
  return mayEndWithOpenAi && second === OPENAI ? { provider: first, mayFallBackToDefault: false } : undefined;
}

const GOOGLE_PLACE = /^((?:\/[^/]+){0,2})(\/v1(?:alpha|beta)\d*(?:\/openai(?=\/|$))?)(?=\/|$)/;
const GOOGLE_CALL =
  /^\/(?:models|tunedModels)\/(?!:)(.+):(?:generateContent|(streamGenerateContent)|countTokens|embedContent|batchEmbedContents|predict|predictLongRunning)$/;
/** In front of a name, as Google's lists have it. */
const COLLECTION = /^(?:(?:models|tunedModels)\/)+(?=.)/;
/** What can be done with a deployment. Its name is all that stands before the first of them, else one segment. */
const AZURE_CALL =
  '/(?:(?:extensions/)?chat/completions|completions|embeddings|responses|messages|moderations|rerank|realtime|' +
  'images/(?:generations|edits|variations)|audio/(?:transcriptions|translations|speech))(?:/|$)';
const IS_AZURE_CALL = new RegExp(`^${AZURE_CALL}`);
const AZURE_PLACE = new RegExp(
  '^((?:/(?!openai/deployments/)[^/]+){0,2})' +
    `(/openai(?:/deployments/([^/]+(?:(?:/[^/]+)*?(?=${AZURE_CALL})|)))?)(?=/|$)`,
);
const ESCAPED_SLASH = /%2f/gi;
const EVENTS = /[?&]alt=sse(?:&|$)/;

/**
 * The addresses that Google's clients make, `/{slug}/v1beta/...`, and Azure's, `/{slug}/openai/...` with or without
 * `/deployments/{model}`. Without a slug they lead to the default provider, Azure's only those with a deployment.
 */
function ownPlace(pathname: string, query: string): GatewayRoute | undefined {
  const google = GOOGLE_PLACE.exec(pathname);
  const found = google ?? AZURE_PLACE.exec(pathname);
  if (found === null) return undefined;
  const [{ length }, before = '', place = '', deployment] = found;
  if (before === '' && google === null && deployment === undefined) return undefined;
  const whom = before === '' ? DEFAULT : providerIn(before);
  if (whom === undefined) return undefined;
  const path = onePath(pathname.slice(length));
  const route = { ...whom, path, query, place: onePath(place) };
  if (google !== null) return { ...route, ...googleCall(path, query) };
  return deployment === undefined ? route : deploymentAt(route, deployment);
}

function deploymentAt(route: GatewayRoute & { readonly place: string }, deployment: string): GatewayRoute {
  const place = IS_AZURE_CALL.test(route.path) ? withSlashes(route.place) : route.place;
  return { ...route, place, model: decoded(deployment) };
}

/** Undefined for every other path. Without `alt=sse` what is streamed is one list of JSON. */
function googleCall(
  path: string,
  query: string,
): Pick<GatewayRoute, 'path' | 'model' | 'isStream'> | undefined {
  const [, name, stream] = GOOGLE_CALL.exec(path) ?? [];
  if (name === undefined) return undefined;
  const isStream = stream !== undefined && EVENTS.test(query);
  const model = decoded(name).replace(COLLECTION, '');
  return { path: withSlashes(path), model, ...(isStream && { isStream }) };
}

/** Some clients escape the slashes within a name: whoever reads one, here or at the provider, is to read the same. */
function withSlashes(path: string): string {
  return path.includes('%') ? path.replace(ESCAPED_SLASH, '/') : path;
}

/** The path up to and with `/v1`, or what stands in its place, as it came. */
export function ownPathOf(url: string): string {
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  const marker = markerIn(pathname);
  const isBelow = marker === 0 || (marker > 0 && providerIn(pathname.slice(0, marker), true) !== undefined);
  if (isBelow) return pathname.slice(0, marker + MARKER_LENGTH);
  return (GOOGLE_PLACE.exec(pathname) ?? AZURE_PLACE.exec(pathname))?.[0] ?? '';
}

const MARKER_LENGTH = '/v1'.length;
const STRAY_PERCENT = /%(?![0-9a-f]{2})/i;
const UNRESERVED_ESCAPE = /%(?:2d|2e|5f|7e|3\d|[46][1-9a-f]|[57]\d|[57]a)/gi;

/**
 * One spelling of paths that mean the same, so that no server understands another path than was looked at here:
 * letters, digits and `-._~` stand for themselves (RFC 3986, 6.2.2.2), and of slashes behind `/v1`, as they come from a
 * base URL with a slash at its end, there is one.
 */
function onePath(path: string): string {
  const single = path.startsWith('//') ? path.replace(/^\/+/, '/') : path;
  // Beside a stray percent sign an escape could come to be that was none.
  if (!single.includes('%') || STRAY_PERCENT.test(single)) return single;
  return single.replace(UNRESERVED_ESCAPE, decodeURIComponent);
}

/** Where the first path segment `v1` begins, with its slash; -1 if there is none. */
function markerIn(pathname: string): number {
  if (pathname.startsWith('/v1/')) return 0;
  const marker = pathname.indexOf('/v1/');
  if (marker >= 0) return marker;
  return pathname.endsWith('/v1') ? pathname.length - 3 : -1;
}

function slugOf(segment: string): string {
  return segment.includes('%') ? decoded(segment, (text) => text.toLowerCase()) : segment.toLowerCase();
}

/** What cannot be decoded names nothing, and Next must not get to see it: it would answer with a bare 500. */
function decoded(segment: string, as = (text: string) => text): string {
  try {
    return as(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}
