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
}

/** Prefixes that other programs put before `/v1`. */
const ALIASES: ReadonlySet<string> = new Set(['hf', 'openai']);

/**
 * `/v1/...`, `/{slug}/v1/...`, `/{alias}/v1/...` or `/{alias}/{slug}/v1/...`; undefined for every other path, which is
 * not the gateway's.
 */
export function parseRoute(url: string): GatewayRoute | undefined {
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark);
  const marker = markerIn(pathname);
  if (marker < 0) return undefined;

  const path = onePath(pathname.slice(marker + MARKER_LENGTH));
  if (marker === 0) return { provider: undefined, mayFallBackToDefault: false, path, query };
  const [first = '', second, ...more] = pathname.slice(1, marker).split('/').map(slugOf);
  if (first === '' || second === '' || more.length > 0) return undefined;
  if (second === undefined) {
    return { provider: first, mayFallBackToDefault: ALIASES.has(first), path, query };
  }
  return ALIASES.has(first) ? { provider: second, mayFallBackToDefault: false, path, query } : undefined;
}

/** The path up to and with `/v1`, as it came. */
export function ownPathOf(url: string): string {
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  return pathname.slice(0, markerIn(pathname) + MARKER_LENGTH);
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
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    // No provider is called that, and Next must not get to see it: it would answer with a bare 500.
    return segment;
  }
}
