/**
 * What the gateway passes on. Any other method may make an upstream show what it was sent, key and all, as TRACE does.
 */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** For the `allow` header of a 405. */
export const ALLOWED_METHODS = [...METHODS].join(', ');

export function isAllowedMethod(method: string): boolean {
  return METHODS.has(method);
}
