import { withoutQueryCredentials } from './client-credentials';

export interface AddedQuery {
  /** The provider's own parameters. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The parameter that carries the key. */
  readonly key?: { readonly name: string; readonly secret: string } | undefined;
}

/**
 * A path with its query as it goes to the provider: without the credentials of the client, and with what the provider
 * wants added. That takes the place of parameters of the same name, all else stays byte for byte.
 */
export function upstreamPath(
  path: string,
  credentials: readonly string[],
  { query, key }: AddedQuery,
): string {
  const clean = path.includes('?') ? withoutQueryCredentials(path, credentials) : path;
  const added = Object.entries(query ?? {});
  if (key !== undefined && key.secret !== '') added.push([key.name, key.secret]);
  if (added.length === 0) return clean;
  const mark = clean.indexOf('?');
  const given = mark === -1 ? [] : clean.slice(mark + 1).split('&');
  const names = new Set(added.map(([name]) => name));
  const kept = given.filter((parameter) => parameter !== '' && !names.has(nameOf(parameter)));
  const own = added.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${mark === -1 ? clean : clean.slice(0, mark)}?${[...kept, ...own].join('&')}`;
}

function nameOf(parameter: string): string {
  const name = parameter.split('=', 1)[0] ?? '';
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
