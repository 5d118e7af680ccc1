import { z } from 'zod';
import { parseJson, withoutOuterQuotes } from '../raw-text';
import { hidden, quote, type ValueType } from '../value-type';
import { fieldsAt, type ProviderConfig, providerSchema, toEntry } from './provider';

/** A JSON list of providers. Refusals name index and field; keys and headers never appear in them. */
export const providers: ValueType<readonly ProviderConfig[]> = {
  schema: z.codec(z.string(), z.custom<readonly ProviderConfig[]>(), {
    decode: (raw, context) => {
      const json = parseJson(withoutOuterQuotes(raw));
      const read = listSchema.safeParse(json.ok ? json.value : raw, { reportInput: true });
      if (read.success) return read.data;
      for (const issue of read.error.issues) {
        context.issues.push({ code: 'custom', input: raw, ...describe(issue) });
      }
      return z.NEVER;
    },
    encode: (configs) => JSON.stringify(configs.map(toEntry)),
  }),
  input: { kind: 'json' },
};

const listSchema = z
  .array(providerSchema, {
    error: 'must be a JSON list such as [{"name":"a","base_url":"https://a.example/v1","api_keys":["sk-1"]}]',
  })
  .superRefine((entries, context) => {
    const firstBySlug = new Map<string, number>();
    for (const [index, { path }] of entries.entries()) {
      const first = firstBySlug.get(path);
      if (first === undefined) {
        firstBySlug.set(path, index);
      } else {
        const message = `is the path of entry ${first} already`;
        context.addIssue({ code: 'custom', path: [index, 'path'], input: path, message });
      }
    }
  });

/** Fields whose value a message may show. */
const openFields = new Set<unknown>([
  'name',
  'path',
  'enabled',
  'preset',
  'auth',
  'timeout',
  'first_token_timeout',
  'max_failures',
  'max_retries',
  'test_model',
  'selection_policy',
  'fallbacks',
  'limits',
]);

interface Description {
  readonly path: PropertyKey[];
  readonly message: string;
  readonly params: { readonly shown: string };
}

function describe(issue: z.core.$ZodIssue): Description {
  if (issue.code === 'unrecognized_keys') return describeUnknown(issue.path, issue.keys[0] ?? '');
  const given: unknown = issue.code === 'custom' ? issue.params?.['shown'] : undefined;
  const shown = typeof given === 'string' ? given : show(fieldOf(issue.path), issue.input);
  return { path: [...issue.path], message: issue.message, params: { shown } };
}

function describeUnknown(path: readonly PropertyKey[], name: string): Description {
  // A misplaced key holds digits; a mistyped field name does not.
  const isName = /^[a-z][a-z_ -]{0,39}$/i.test(name);
  const fields = fieldsAt(path.slice(1));
  const message = `is not a known field; allowed are ${fields.join(', ')}`;
  return { path: [...path, isName ? name : hidden], message, params: { shown: '' } };
}

/** The limits of a key are no secret, as the rest of its entry is. */
function fieldOf(path: readonly PropertyKey[]): unknown {
  return path[1] === 'api_keys' && path[3] === 'limits' ? 'limits' : path[1];
}

function show(field: unknown, value: unknown): string {
  if (value === undefined) return '';
  if (!openFields.has(field)) return hidden;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value);
}
