/** Where the key of a request stands: a header, or a parameter of the query. */
export type KeyPlace =
  | { readonly in: 'header'; readonly name: string; readonly prefix: string }
  | { readonly in: 'query'; readonly name: string };

/** As OpenAI does it. */
export const BEARER: KeyPlace = { in: 'header', name: 'authorization', prefix: 'Bearer ' };
const HEADER = 'header:';
const QUERY = 'query:';
/** Google's own API takes no bearer token that is a key, and its paths for OpenAI's clients take nothing else. */
const GOOGLE = 'x-goog-api-key';
const FOR_OPENAI = /\/openai(?:\/|$)/;

/**
 * Where a provider wants its key: `bearer`, `header:<name>`, `query:<name>`, or the name of a header itself. `path`:
 * the whole path that is asked for, without its query.
 */
export function keyPlace(auth: string | undefined, path: string): KeyPlace {
  if (auth === undefined || auth === 'bearer') return BEARER;
  if (auth === GOOGLE && FOR_OPENAI.test(path)) return BEARER;
  if (auth.startsWith(QUERY)) return { in: 'query', name: auth.slice(QUERY.length) };
  const name = auth.startsWith(HEADER) ? auth.slice(HEADER.length) : auth;
  return { in: 'header', name, prefix: '' };
}
