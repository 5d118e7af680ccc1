import { z } from 'zod';
import { hidden } from '../value-type';
import { framingHeaders, type HeaderMap } from './headers';

/** The ways that have a name. The others are `query:<name>` and `header:<name>`. */
export const NAMED_AUTHS = ['bearer', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;

const FORMS = `must be one of ${NAMED_AUTHS.join(', ')}, query:NAME or header:NAME`;
// RFC 9110, section 5.6.2.
const HEADER = /^header:([!#$%&'*+\-.^_`|~0-9a-z]{1,100})$/i;
const QUERY = /^query:([\w.~-]{1,100})$/;

/** A key in their place would break the request too. */
const REFUSED: ReadonlySet<string> = new Set([
  ...framingHeaders,
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'cookie',
  'origin',
  'user-agent',
  'via',
]);
const REFUSED_PREFIXES = ['sec-websocket-', 'x-forwarded-'];

/** What is wrong with such a text, in words; undefined for a good one. */
export function reasonAgainstAuth(auth: string): string | undefined {
  if ((NAMED_AUTHS as readonly string[]).includes(auth.toLowerCase()) || QUERY.test(auth)) return undefined;
  const [, header] = HEADER.exec(auth) ?? [];
  if (header === undefined) return FORMS;
  const lower = header.toLowerCase();
  const isRefused = REFUSED.has(lower) || REFUSED_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isRefused ? 'names a header that cannot carry a key' : undefined;
}

/** Names of headers have no case, those of parameters have. */
export function normalizeAuth(auth: string): string {
  return QUERY.test(auth) ? auth : auth.toLowerCase();
}

/** The header that carries the key, in lower case; undefined if a parameter of the query does. */
export function keyHeaderOf(auth: string): string | undefined {
  if (auth.startsWith('query:')) return undefined;
  if (auth === 'bearer') return 'authorization';
  return auth.startsWith('header:') ? auth.slice('header:'.length) : auth;
}

/** The parameter that carries the key; undefined if a header does. */
export function keyParameterOf(auth: string): string | undefined {
  return auth.startsWith('query:') ? auth.slice('query:'.length) : undefined;
}

export const authSchema = z
  .string({ error: FORMS })
  .trim()
  .superRefine((value, context) => {
    const message = reasonAgainstAuth(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform(normalizeAuth);

export type QueryMap = Readonly<Record<string, string>>;

const PARAMETERS_MAX = 50;
const NAME_MAX = 200;
const VALUE_MAX = 2_000;
const PLAIN = /^[^\p{Cc}]*$/u;
const EXAMPLE = 'must be a JSON object of names and texts, such as {"api-version":"2024-10-21"}';

/** An object of parameters. Values are never shown in messages: they may be secrets. */
export const querySchema = z
  .custom<QueryMap>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: EXAMPLE,
    params: { shown: hidden },
  })
  .superRefine((query, context) => {
    const names = Object.keys(query);
    if (names.length > PARAMETERS_MAX) {
      const message = `must be ${PARAMETERS_MAX} parameters at most`;
      context.addIssue({ code: 'custom', message, params: { shown: '' } });
    }
    for (const name of names) {
      const message = reasonAgainstParameter(name, query[name]);
      if (message === undefined) continue;
      const path = /^[\w.-]{1,60}$/.test(name) ? [name] : [];
      context.addIssue({ code: 'custom', path, message, params: { shown: hidden } });
    }
  });

function reasonAgainstParameter(name: string, value: unknown): string | undefined {
  if (name === '' || name.length > NAME_MAX || !PLAIN.test(name) || name === '__proto__')
    return 'has the name of a parameter that is not allowed';
  if (typeof value !== 'string') return 'must be text in quotes';
  return value.length <= VALUE_MAX && PLAIN.test(value)
    ? undefined
    : `must be one line of ${VALUE_MAX} characters at most`;
}

/** A setting that would take the place of the key. */
export interface KeyConflict {
  readonly field: 'headers' | 'query';
  readonly name: string;
  readonly message: string;
}

/** The header or parameter of a provider that has the key's own name; undefined if there is none. */
export function keyConflict(auth: string, headers: HeaderMap, query: QueryMap): KeyConflict | undefined {
  const header = keyHeaderOf(auth);
  const name = Object.keys(headers).find((one) => one.toLowerCase() === header);
  if (name !== undefined) return { field: 'headers', name, message: 'is the header that carries the key' };
  const parameter = keyParameterOf(auth);
  return parameter !== undefined && Object.hasOwn(query, parameter)
    ? { field: 'query', name: parameter, message: 'is the parameter that carries the key' }
    : undefined;
}
