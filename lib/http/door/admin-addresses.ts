import { ADMIN_API } from '../../admin/contract/api';
import { BODY_BYTES_MAX } from '../../admin/contract/endpoint';

/** One address of the admin API: its methods, and what a body may weigh with each. */
export interface AdminAddress {
  readonly methods: readonly string[];
  readonly bodyBytesMax: ReadonlyMap<string, number>;
}

interface Pattern extends AdminAddress {
  readonly segments: readonly string[];
}

const PATTERNS = patterns();

/** `path`: what follows `/api/admin`. Undefined if no endpoint is there. */
export function adminAddressOf(path: string): AdminAddress | undefined {
  const segments = path.split('/').map(decoded);
  if (segments.at(-1) === '') segments.pop();
  return PATTERNS.find((pattern) => matches(pattern.segments, segments));
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, i) => part.startsWith('{') || part === segments[i]);
}

/** Those without parameters first, as `/keys/import` is no key. */
function patterns(): readonly Pattern[] {
  const byPath = new Map<string, { methods: string[]; bodyBytesMax: Map<string, number> }>();
  for (const { path, method, bodyBytesMax = BODY_BYTES_MAX } of Object.values(ADMIN_API).flatMap((resource) =>
    Object.values(resource),
  )) {
    const address = byPath.get(path) ?? { methods: [], bodyBytesMax: new Map<string, number>() };
    byPath.set(path, address);
    address.methods.push(...(method === 'GET' ? ['GET', 'HEAD'] : [method]));
    address.bodyBytesMax.set(method, bodyBytesMax);
  }
  return [...byPath]
    .map(([path, address]) => ({ ...address, segments: path.split('/') }))
    .sort((a, b) => parameters(a) - parameters(b));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function parameters({ segments }: Pattern): number {
  return segments.filter((part) => part.startsWith('{')).length;
}
