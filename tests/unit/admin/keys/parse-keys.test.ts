import { expect, it } from 'vitest';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';

const valuesOf = async (text: string) => (await parseKeys(text)).keys.map(({ value }) => value);

it.each([
  'sk-a\nsk-b\nsk-c',
  'sk-a,sk-b,sk-c',
  'sk-a; sk-b ;sk-c',
  '  sk-a\tsk-b   sk-c\r\n',
  '["sk-a", "sk-b", "sk-c"]',
  "'sk-a',\n'sk-b',\n'sk-c',\n",
  'sk-a，sk-b；sk-c',
])('takes %j apart', async (text) => {
  expect(await valuesOf(text)).toEqual(['sk-a', 'sk-b', 'sk-c']);
});

it('takes keys of any format', async () => {
  const odd = ['AIzaSy_-x', '{x}', 'a:b@c/d=e', 'gsk_1', 'eyJ.a.b', '1'];
  expect(await valuesOf(odd.join('\n'))).toEqual(odd);
});

it('says which line has no key and why, and shows no more of it than a hint', async () => {
  const secret = 'sk-geheim-schlüssel-0123456789';
  const { keys, invalid } = await parseKeys(`sk-a\n\n${secret}\n${'x'.repeat(5000)}\nsk-b`);
  expect(keys.map(({ line }) => line)).toEqual([1, 5]);
  expect(invalid.map(({ line }) => line)).toEqual([3, 4]);
  expect(JSON.stringify(invalid)).not.toContain('geheim-schl');
});

it('an empty text has no keys', async () => {
  expect(await parseKeys(' \n,;')).toEqual({ keys: [], invalid: [] });
});
