type UrlValues = Readonly<Record<string, string>>;

/** The values of these names in an address; what equals its default is not written there. */
export function readUrlState<T extends UrlValues>(search: URLSearchParams, defaults: T): T {
  const entries = Object.entries(defaults).map(([name, value]) => [name, search.get(name) ?? value]);
  return Object.fromEntries(entries) as T;
}

/** The address after a change. Names that are not ours stay as they are. */
export function writeUrlState(
  search: URLSearchParams,
  defaults: UrlValues,
  patch: UrlValues,
): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === defaults[name]) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
