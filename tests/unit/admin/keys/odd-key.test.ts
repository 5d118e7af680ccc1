import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';

const random = fc.string({
  minLength: 28,
  maxLength: 200,
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
});
/** As providers make them: a beginning of theirs, or none, and what a machine made up. */
const key = fc
  .tuple(fc.constantFrom('sk-', 'sk-proj-', 'gsk_', 'AIza', 'xai-', 'sk-or-v1-', ''), random)
  .map(([prefix, rest]) => prefix + rest)
  .filter((value) => /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value));
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 12 });

const goodOf = async (text: string) => {
  const { keys: found } = await parseKeys(text);
  return found.filter(({ odd }) => odd === undefined).map(({ value }) => value);
};
const oddOf = async (text: string) => (await parseKeys(text)).keys.map(({ odd }) => odd);

const forms: readonly (readonly [string, (values: readonly string[]) => string])[] = [
  ['lines', (values) => values.join('\n')],
  ['lines of Windows, with a mark of byte order', (values) => `\ufeff${values.join('\r\n')}\r\n`],
  ['lines of an old Mac', (values) => values.join('\r')],
  ['commas of a Chinese keyboard', (values) => values.join('，')],
  ['spaces without width', (values) => values.map((value) => `\u200b${value}\u200d`).join('\n')],
  ['quotes', (values) => values.map((value) => `"${value}",`).join('\n')],
  ['quotes of a word processor', (values) => values.map((value) => `“${value}”`).join('\n')],
  ['headers', (values) => values.map((value) => `Authorization: Bearer ${value}`).join('\n')],
  ['Bearer', (values) => values.map((value) => `Bearer ${value}`).join('\n')],
  ['settings', (values) => values.map((value) => `export OPENAI_API_KEY=${value}`).join('\n')],
  ['settings with quotes', (values) => values.map((value) => `groq_api_key = "${value}"`).join('\n')],
  ['a list of JSON', (values) => JSON.stringify(values)],
  ['a list of JSON over lines', (values) => JSON.stringify(values, null, 2)],
  ['things of JSON', (values) => JSON.stringify(values.map((value, id) => ({ id: `a${id}`, key: value })))],
  ['a list in a thing of JSON', (values) => JSON.stringify({ provider: 'openai', api_keys: values })],
  ['a list of Python', (values) => `[${values.map((value) => `'${value}'`).join(', ')}]`],
  [
    'a table',
    (values) => `name,api_key,note\n${values.map((value) => `Ann,${value},"hers, not mine"`).join('\n')}`,
  ],
  [
    'a table with tabs',
    (values) => `API Key\tOwner\r\n${values.map((value) => `${value}\tAnn Lee`).join('\r\n')}`,
  ],
  ['a column with a name', (values) => `key\n${values.join('\n')}`],
  ['notes behind a comma', (values) => values.map((value) => `${value},my old account`).join('\n')],
  ['comments', (values) => `# mine\n${values.map((value) => `${value} # since May`).join('\n')}`],
];

describe('whatever surrounds them, exactly the keys come out', () => {
  test.each(forms)('%s', async (_form, write) => {
    await fc.assert(
      fc.asyncProperty(keys, async (values) => {
        expect(await goodOf(write(values))).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });
});

it('keys with any characters that keys have are taken as they are', async () => {
  const odd = [
    'a1b2c3d4-e5f6:0123456789abcdef0123456789abcdef',
    'ABCDEFGHIJ0123456789/abcdefghij+xyz==',
    'id.0123456789abcdef.signature_-Q',
    '5f1e0c9ab0d34f2e8f6a7b8c9d0e1f2a.AbCdEfGhIjKlMnOp',
    'x'.repeat(5) + 'Q9'.repeat(990),
  ];
  expect(await goodOf(odd.join('\n'))).toEqual(odd);
});

it.each([
  ['hello', 'word'],
  ['my-secret-key', 'placeholder'],
  ['hello-world', 'word'],
  ['Name:', 'header'],
  ['Content-Type:', 'header'],
  ['authorization', 'header'],
  ['https://api.openai.com/v1', 'url'],
  ['api.example.com/v1', 'url'],
  ['ann@example.com', 'email'],
  ['2024-05-01', 'number'],
  ['-----', 'symbols'],
  ['keys.txt', 'path'],
  ['~/keys', 'path'],
  ['gpt-4o-mini', 'model'],
  ['BASE_URL=there', 'setting'],
  ['{x1}', 'json'],
  ['<your-key>', 'placeholder'],
  ['YOUR_API_KEY', 'placeholder'],
  ['sk-xxxxxxxx', 'placeholder'],
  ['sk-abc...wxyz', 'masked'],
  ['sk-abc****wxyz', 'masked'],
  ['sk-a1', 'short'],
])('%s is no key to the eye: %s', async (text, kind) => {
  expect(await oddOf(text)).toEqual([kind]);
});

it('quoted text with spaces inside is one piece that cannot be a key', async () => {
  const { keys: found, invalid } = await parseKeys('"my own key"\nsk-0123456789abcdef');
  expect(found.map(({ value }) => value)).toEqual(['sk-0123456789abcdef']);
  expect(invalid.map(({ line, kind }) => [line, kind])).toEqual([[1, 'spaces']]);
});

it('what stands behind a key becomes its note', async () => {
  const [line] = (await parseKeys('sk-0123456789abcdef,old account')).keys;
  expect(line).toMatchObject({ value: 'sk-0123456789abcdef', note: 'old account' });
  const [row] = (await parseKeys('key,note\nsk-0123456789abcdef,"hers, ""not"" mine"')).keys;
  expect(row).toMatchObject({ line: 2, note: 'hers, "not" mine' });
});

it('any text is taken apart without an error, and nothing is found that does not stand in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
      for (const { value, line } of (await parseKeys(text)).keys) {
        expect(value).toMatch(/^[\x21-\x7e]+$/);
        expect(line).toBeGreaterThan(0);
      }
    }),
  );
});
