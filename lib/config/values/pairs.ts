import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import { hidden, type ValueType } from '../value-type';

export type Pairs = Readonly<Record<string, string>>;

// RFC 9110, sections 5.6.2 (token) and 5.5 (field value).
const headerName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
const headerValue = /^[\t\x20-\x7e]*$/;
const attributeName = /^[^\u0000-\u0020\u007f]{1,255}$/;
const attributeValue = /^[^\u0000-\u001f\u007f]{0,1024}$/;

/** `name=value,name=value` with percent-encoded values, as OpenTelemetry writes headers of an exporter. */
export const headerPairs = pairs(
  headerName,
  headerValue,
  'must be headers such as name=value,name=value with percent-encoded values',
);

/** The same for attributes of a resource. */
export const attributePairs = pairs(
  attributeName,
  attributeValue,
  'must be attributes such as name=value,name=value with percent-encoded values',
);

/** Values may be secrets, so none is shown. */
function pairs(name: RegExp, value: RegExp, message: string): ValueType<Pairs> {
  return {
    schema: z.codec(z.string(), z.custom<Pairs>(), {
      decode(raw, context) {
        const found = readPairs(withoutOuterQuotes(raw));
        const isGood = found?.every(([key, text]) => name.test(key) && value.test(text)) === true;
        if (isGood) return Object.fromEntries(found);
        context.issues.push({ code: 'custom', input: raw, message, params: { shown: hidden } });
        return z.NEVER;
      },
      encode: (given) =>
        Object.entries(given)
          .map(([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`)
          .join(','),
    }),
    input: { kind: 'text' },
  };
}

/** Undefined if it is no list of pairs. */
function readPairs(text: string): [string, string][] | undefined {
  const found: [string, string][] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at === -1) return undefined;
    try {
      const key = decodeURIComponent(part.slice(0, at).trim());
      if (key === '__proto__') return undefined;
      found.push([key, decodeURIComponent(part.slice(at + 1).trim())]);
    } catch {
      return undefined;
    }
  }
  return found;
}
