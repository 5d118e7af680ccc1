import { ADDRESSES, ADMIN_BASE, addressOf, type EndpointName } from '../../admin/contract/addresses';

/** One address of the admin API: what it does by method, `HEAD` as `GET`, and what stands for its parameters. */
export interface AdminAddress {
  readonly endpoints: ReadonlyMap<string, EndpointName>;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly segments: readonly string[];
  readonly endpoints: Map<string, EndpointName>;
}

/** Those without parameters first, as `/keys/import` is no key. */
const PATTERNS: readonly Pattern[] = patterns().sort((a, b) => parameters(a) - parameters(b));

/** Whether a path is the admin API's, known to it or not. */
export function isAdminPath(pathname: string): boolean {
  return pathname === ADMIN_BASE || pathname.startsWith(`${ADMIN_BASE}/`);
}

/** Undefined if no endpoint is at that path. */
export function adminAddressOf(pathname: string): AdminAddress | undefined {
  if (!isAdminPath(pathname)) return undefined;
  const segments = pathname.slice(ADMIN_BASE.length).split('/').map(decoded);
  if (segments.at(-1) === '') segments.pop();
  const pattern = PATTERNS.find((one) => matches(one.segments, segments));
  return pattern && { endpoints: pattern.endpoints, params: paramsOf(pattern.segments, segments) };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, i) => nameOf(part) !== undefined || part === segments[i]);
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pattern.flatMap((part, i) => {
      const name = nameOf(part);
      return name === undefined ? [] : [[name, segments[i] ?? '']];
    }),
  );
}

function patterns(): Pattern[] {
  const byPath = new Map<string, Pattern>();
  for (const name of Object.keys(ADDRESSES) as EndpointName[]) {
    const { path, method } = addressOf(name);
    const pattern = byPath.get(path) ?? {
      segments: path.split('/'),
      endpoints: new Map<string, EndpointName>(),
    };
    byPath.set(path, pattern);
    for (const one of method === 'GET' ? ['GET', 'HEAD'] : [method]) pattern.endpoints.set(one, name);
  }
  return [...byPath.values()];
}

/** Of a parameter `{id}`; undefined for a part that stands for itself. */
function nameOf(part: string): string | undefined {
  return /^\{(\w+)\}$/.exec(part)?.[1];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function parameters({ segments }: Pattern): number {
  return segments.filter((part) => nameOf(part) !== undefined).length;
}
