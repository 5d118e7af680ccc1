import type { HeaderRecord } from '../../balancer/ports';
import { isJson, mediaType } from '../../openai/request/media-type';
import { keyPlace } from '../../upstream/headers/key-place';
import { addressAt } from '../../upstream/place';
import type { UpstreamTarget } from '../../upstream/target';
import type { ClientResponse } from '../exchange/exchange';
import type { LiveExchange } from '../exchange/live-exchange';
import { ownAddress } from './own-address';
import { PassingResponse } from './passing-response';

/** Where links of a provider lead, and what each request there gets in its query. */
export type LinkTarget = Pick<UpstreamTarget, 'baseUrl' | 'auth' | 'query'>;

/** Below it are objects with a link that Anthropic's own clients follow. */
const BATCHES = /^\/+messages\/+batches(?:\/|$)/;
const HEADERS = ['location', 'content-location', 'operation-location'] as const;

/** A slash in JSON. */
const S = String.raw`\\?/`;
/** Where the results of a batch are, at whatever host the provider says. */
const RESULTS = new RegExp(
  String.raw`(?<!\\)("results_url"\s{0,8}:\s{0,8}")https?:${S}${S}(?:[^"\\?#\s]|\\/){1,500}?` +
    `(${S}messages${S}batches${S}[^"\\\\/?#]{1,200}${S}results)"`,
  'g',
);
/** Scheme, which may be left out, and host, which a path alone has not, and the rest. */
const ADDRESS = /^(?:(?:(https?):)?\/\/([^/?#@]+))?(\/(?!\/).*|)$/i;
const PATH = 3;
const DEFAULT_PORTS: readonly (readonly [scheme: string, port: RegExp])[] = [
  ['http', /:80$/],
  ['https', /:443$/],
];
/** No link is longer. */
const LINK_BYTES_MAX = 1_600;

/**
 * A client follows these links with its token, and would go past the gateway: they lead to the gateway then, as the
 * client has addressed it. Nothing else of the answer changes.
 */
export function withOwnLinks(exchange: LiveExchange): ClientResponse {
  const { route, request, response } = exchange;
  if (!BATCHES.test(decoded(route.path)) || request.method === 'HEAD') return response;
  const own = ownAddress(exchange);
  return own === undefined ? response : new OwnLinks(response, own);
}

/** As the provider reads it. */
function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The same for links in the head of an answer, if they lead to what is below the provider's base URL. They lose the
 * parameters that each request to it gets, as they will get them again; one of them may be the key.
 */
export function withOwnHeaders(
  exchange: LiveExchange,
  headers: HeaderRecord,
  target: LinkTarget,
): ClientResponse {
  const { response, route } = exchange;
  if (HEADERS.every((name) => headers[name] === undefined)) return response;
  const own = ownAddress(exchange);
  if (own === undefined) return response;
  return new OwnHeaders(response, own, { ...target, baseUrl: addressAt(target.baseUrl, route.place) });
}

class OwnHeaders extends PassingResponse {
  constructor(
    response: ClientResponse,
    private readonly own: string,
    private readonly target: LinkTarget,
  ) {
    super(response);
  }

  override start(status: number, headers: readonly string[]): void {
    super.start(
      status,
      headers.map((text, i) => (i % 2 === 1 && isLink(headers[i - 1]) ? this.#ownLink(text) : text)),
    );
  }

  #ownLink(link: string): string {
    const below = pathBelow(link, this.target.baseUrl);
    return below === undefined ? link : this.own + withoutAdded(below, this.target);
  }
}

function withoutAdded(link: string, { auth, query = {} }: LinkTarget): string {
  const mark = link.indexOf('?');
  const key = keyPlace(auth, link);
  const names = [...Object.keys(query), ...(key.in === 'query' ? [key.name] : [])];
  if (mark === -1 || names.length === 0) return link;
  const [parameters = '', ...fragment] = link.slice(mark + 1).split('#');
  const isKept = (parameter: string): boolean => !names.includes(decoded(parameter.split('=', 1)[0] ?? ''));
  const kept = parameters.split('&').filter(isKept).join('&');
  return [link.slice(0, mark) + (kept === '' ? '' : `?${kept}`), ...fragment].join('#');
}

/**
 * What follows the base URL, as it came; undefined if the link leads elsewhere. A link may leave the host out, or the
 * scheme, or say `http` because that is spoken behind the provider's own proxy. One to `https` at a provider that is
 * asked by `http` asks for another base URL: led here, its client would go round in circles.
 */
function pathBelow(link: string, baseUrl: string): string | undefined {
  const here = ADDRESS.exec(baseUrl);
  const there = ADDRESS.exec(link);
  if (here === null || there === null) return undefined;
  const [path = '', rest = ''] = [here[PATH], there[PATH]];
  if (!isSameHost(here, there) || !rest.startsWith(`${path}/`)) return undefined;
  const below = rest.slice(path.length);
  return leadsUp(below) ? undefined : below;
}

function isSameHost(here: RegExpExecArray, there: RegExpExecArray): boolean {
  const [, ownScheme = ''] = here;
  const [, scheme = ownScheme, host] = there;
  if (host === undefined) return true;
  const isUpgrade = scheme.toLowerCase() === 'https' && ownScheme.toLowerCase() === 'http';
  return bareHost(there) === bareHost(here) && !isUpgrade;
}

/** Without the port that goes without saying. */
function bareHost([, scheme, host = '']: RegExpExecArray): string {
  const lower = host.toLowerCase();
  const port = DEFAULT_PORTS.find(
    ([of, one]) => (scheme?.toLowerCase() ?? of) === of && one.test(lower),
  )?.[1];
  return port === undefined ? lower : lower.replace(port, '');
}

/** `..` in a path, also encoded: such a link may lead anywhere. */
function leadsUp(below: string): boolean {
  const [path = ''] = below.split(/[?#]/);
  return path.split(/\/|\\|%2f|%5c/i).some((segment) => /^(?:\.|%2e){2}$/i.test(segment));
}

function isLink(name = ''): boolean {
  return (HEADERS as readonly string[]).includes(name.toLowerCase());
}

/** Changes the links in a body of JSON as it passes; holds back no more than a link may be long. */
class OwnLinks extends PassingResponse {
  #isJson = false;
  #held = '';

  constructor(
    response: ClientResponse,
    private readonly own: string,
  ) {
    super(response);
  }

  override start(status: number, headers: readonly string[]): void {
    this.#isJson = isReadableJson(headers);
    const isLength = (i: number): boolean => headers[i - (i % 2)]?.toLowerCase() === 'content-length';
    super.start(status, this.#isJson ? headers.filter((_, i) => !isLength(i)) : headers);
  }

  override write(chunk: Buffer): boolean {
    if (!this.#isJson) return super.write(chunk);
    const passed = this.#pass(chunk, LINK_BYTES_MAX);
    return passed === undefined || super.write(passed);
  }

  override end(chunk?: Buffer): void {
    super.end(this.#isJson ? this.#pass(chunk, 0) : chunk);
  }

  override breakOff(lastWords: Buffer | undefined): void {
    const held = this.#pass(undefined, 0);
    if (held !== undefined) super.write(held);
    super.breakOff(lastWords);
  }

  /** What may go out; the last bytes stay here, because a link may begin in them. Byte for byte, not as text. */
  #pass(chunk: Buffer | undefined, bytesHeld: number): Buffer | undefined {
    const text = this.#held + (chunk?.toString('latin1') ?? '');
    const end = Math.max(0, text.length - bytesHeld);
    let passed = '';
    let at = 0;
    for (const link of text.matchAll(RESULTS)) {
      if (link.index >= end) break;
      passed += `${text.slice(at, link.index)}${link[1]}${this.own}${link[2]}"`;
      at = link.index + link[0].length;
    }
    const rest = Math.max(at, end);
    passed += text.slice(at, rest);
    this.#held = text.slice(rest);
    return passed === '' ? undefined : Buffer.from(passed, 'latin1');
  }
}

/** Bytes that are encoded, and lines or events of JSON, are not looked at. */
function isReadableJson(headers: readonly string[]): boolean {
  const valueOf = (name: string): string | undefined =>
    headers.find((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === name);
  const encoding = valueOf('content-encoding') ?? 'identity';
  return encoding === 'identity' && isJson(mediaType(valueOf('content-type') ?? ''));
}
