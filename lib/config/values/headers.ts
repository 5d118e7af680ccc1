import { z } from 'zod';
import { parseJson, withoutOuterQuotes } from '../raw-text';
import { hidden, type ValueType } from '../value-type';

export type HeaderMap = Readonly<Record<string, string>>;

// RFC 9110, sections 5.6.2 (token) and 5.5 (field value: visible ASCII, obs-text, space and tab).
const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Hop by hop (RFC 9110, section 7.6.1), or framing: anything else in their place would break every request. */
export const framingHeaders = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** And what is set from the key. */
const refusedNames = new Set(['authorization', ...framingHeaders]);

/** An object of header names and values. Values are never shown in messages: they may be secrets. */
export const headersSchema = z
  .custom<HeaderMap>(isPlainObject, {
    error: 'must be a JSON object of header names and texts, such as {"X-Team":"blue"}',
    params: { shown: hidden },
  })
  .superRefine((headers, context) => {
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(headers)) {
      const message = reasonAgainst(name, value, seen);
      seen.add(name.toLowerCase());
      if (message !== undefined) {
        const path = namePattern.test(name) ? [name] : [];
        context.addIssue({ code: 'custom', path, message, params: { shown: hidden } });
      }
    }
  });

/** A JSON object of extra request headers. */
export const headers: ValueType<HeaderMap> = {
  schema: z.codec(z.string(), headersSchema, {
    decode: (raw, context) => {
      const json = parseJson(withoutOuterQuotes(raw));
      // Anything but an object is refused by headersSchema, which comes next.
      if (json.ok) return json.value as HeaderMap;
      context.issues.push({
        code: 'custom',
        input: raw,
        message: 'must be a JSON object of header names and texts, such as {"X-Team":"blue"}',
        params: { shown: hidden },
      });
      return z.NEVER;
    },
    encode: (value) => JSON.stringify(value),
  }),
  input: { kind: 'json' },
};

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reasonAgainst(name: string, value: unknown, seen: ReadonlySet<string>): string | undefined {
  if (!namePattern.test(name) || name === '__proto__')
    return 'has a header name that is not allowed by RFC 9110';
  if (refusedNames.has(name.toLowerCase())) return 'is a header that the gateway sets itself';
  if (seen.has(name.toLowerCase())) return 'is a header given twice';
  if (typeof value !== 'string') return 'must be text in quotes';
  if (!valuePattern.test(value)) return 'must be one line of characters that RFC 9110 allows in a header';
  return undefined;
}
