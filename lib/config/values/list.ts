import { z } from 'zod';
import { isBracketed, parseJson, withoutOuterQuotes } from '../raw-text';
import { hidden, type ValueType } from '../value-type';

/**
 * A list written as a JSON array or separated by commas or line breaks. Items are trimmed and normalized; empty and
 * repeated ones are dropped; the order is kept. The canonical text is a JSON array, so that items may hold commas.
 */
export function list(
  item: z.ZodType<string, string>,
  normalize: (item: string) => string = (text) => text,
): ValueType<readonly string[]> {
  return {
    schema: z.codec(z.string(), z.array(item), {
      decode: (raw, context) => {
        const read = readList(raw);
        if (read.ok) return tidy(read.items.map(normalize));
        const { message, index } = read;
        const place = index === undefined ? {} : { path: [index], params: { shown: hidden } };
        context.issues.push({ code: 'custom', input: raw, message, ...place });
        return z.NEVER;
      },
      encode: (items) => JSON.stringify(items),
    }),
    input: { kind: 'list' },
  };
}

/** Items between commas and line breaks, without their blanks, their quotes, empty ones and repeats. */
export function splitList(text: string): string[] {
  return tidy(text.split(/[,\r\n]/).map(withoutOuterQuotes));
}

type ListRead =
  | { readonly ok: true; readonly items: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly index?: number };

function readList(raw: string): ListRead {
  const text = withoutOuterQuotes(raw);
  if (!text.startsWith('[')) return { ok: true, items: splitList(text) };
  const json = parseJson(text);
  if (json.ok && Array.isArray(json.value)) return readJsonItems(json.value);
  // Shells eat the inner quotes of ["a","b"], and other languages write ['a', 'b'] or a comma too many.
  const items = isBracketed(text) ? splitList(text.slice(1, -1)) : [text];
  if (!items.some((item) => /["'[\]{}]/.test(item))) return { ok: true, items };
  const message =
    'must be a JSON array such as ["a","b"], or items separated by commas ' +
    '(in .env a value of several lines needs quotes around it)';
  return { ok: false, message };
}

function readJsonItems(values: readonly unknown[]): ListRead {
  const items: string[] = [];
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string') return { ok: false, index, message: 'must be text in quotes' };
    items.push(value.trim());
  }
  return { ok: true, items };
}

function tidy(items: readonly string[]): string[] {
  return [...new Set(items)].filter((item) => item !== '');
}
