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

/** What is worth keeping of an address: the values that differ from their defaults, but for those of a drawer. */
export function keptQuery(
  search: URLSearchParams,
  defaults: UrlValues,
  drawerNames: readonly string[],
): string {
  const { ...values } = readUrlState(search, defaults) as Record<string, string>;
  for (const name of drawerNames) delete values[name];
  return writeUrlState(new URLSearchParams(), defaults, values).toString();
}

/** An address with what was kept, unless it names something to keep itself. */
export function withKept(
  search: URLSearchParams,
  defaults: UrlValues,
  drawerNames: readonly string[],
  kept: string,
): URLSearchParams {
  const namesSome = Object.keys(defaults).some((name) => search.has(name) && !drawerNames.includes(name));
  if (kept === '' || namesSome) return search;
  const { ...values } = readUrlState(new URLSearchParams(kept), defaults) as Record<string, string>;
  for (const name of drawerNames) delete values[name];
  return writeUrlState(search, defaults, values);
}
