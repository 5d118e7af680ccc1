/** Neither null nor blank text. */
export const isSet = (value: unknown): boolean =>
  value !== null && !(typeof value === 'string' && value.trim() === '');

/** null and "" mean "not set", as they do for every setting. What is no object is given back as it is. */
export function withoutUnset(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => isSet(field)));
}
