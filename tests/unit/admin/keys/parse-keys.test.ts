import { describe, expect, it } from 'vitest';
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

it('leaves out comments, and names as in the files of programs', async () => {
  const text = [
    '# all of them',
    'sk-a # mine, since May; export',
    'OPENAI_API_KEY="sk-b"',
    'export GROQ_API_KEY=sk-c // the other',
    "API_KEYS='sk-d,sk-e'",
    '//',
    'sk-f#1 https://x',
  ].join('\n');
  const { keys } = await parseKeys(text);
  expect(keys.map(({ value }) => value)).toEqual([
    'sk-a',
    'sk-b',
    'sk-c',
    'sk-d',
    'sk-e',
    'sk-f#1',
    'https://x',
  ]);
  expect(keys.map(({ line }) => line)).toEqual([2, 3, 4, 5, 5, 7, 7]);
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
  expect(await parseKeys(' \n,;')).toEqual({ keys: [], invalid: [], fields: [] });
});

it.each([
  ['pieces in one line', '",'.repeat(1_000_000)],
  ['quotes within one piece', `a${'"'.repeat(2_000_000)}a`],
  ['comments in one line', '#,'.repeat(1_000_000)],
  ['lines', '",\n'.repeat(700_000)],
])('takes a long text of nothing but %s apart in one pass', async (_what, text) => {
  const { keys, invalid } = await parseKeys(`${text}\nsk-last`);
  expect(keys).toMatchObject([{ line: text.split('\n').length + 1, value: 'sk-last' }]);
  expect(invalid.length).toBeLessThanOrEqual(1);
});

describe('a key among other things', () => {
  const A = 'sk-test1-Ab3dEf9hIjKlMn0pQrStUv';
  const B = 'sk-test2-Ab3dEf9hIjKlMn0pQrStUv';

  it.each([
    `user1@mail.com:Passw0rd!:${A}\nuser2@mail.com----pass----${B}`,
    `user1@mail.com:${A}\nuser:pa$$:${B}`,
    `**${A}**\n***${B}***`,
    `- **Key:** ${A}\n- *\`${B}\`* (spare)`,
    `**\`${A}\`**, "**${B}**"`,
  ])('is found without them: %s', async (text) => {
    expect(await valuesOf(text)).toEqual(expect.arrayContaining([A, B]));
    const others = (await valuesOf(text)).filter((value) => value !== A && value !== B);
    expect(others.filter((value) => value.includes('sk-'))).toEqual([]);
  });

  it.each([
    'sk-test1-Ab3d----Ef9hIjKlMn0pQrStUv',
    'sk-test1:Ab3dEf9hIjKlMn0pQrStUv',
    'ABSKQmVkcm9jazpBUElLZXk:sk-test',
  ])('that has such marks itself stays whole: %s', async (key) => {
    expect(await valuesOf(key)).toEqual([key]);
  });

  it('that is masked is not taken for a bold one', async () => {
    const { keys } = await parseKeys('sk-abc***\nsk-abc***wxyz');
    expect(keys.map(({ odd }) => odd)).not.toContain(undefined);
  });
});

describe('a table below a table', () => {
  const A = 'sk-test1-Ab3dEf9hIjKlMn0pQrStUv';
  const B = 'sk-test2-Ab3dEf9hIjKlMn0pQrStUv';

  it.each(['\n\n', '\n'])('has columns of its own', async (gap) => {
    const { keys, invalid } = await parseKeys(`key,account\n${A},a${gap}key,requests_per_minute\n${B},9`);
    expect(keys).toMatchObject([
      { value: A, account: 'a', limits: undefined },
      { value: B, account: undefined, limits: { requestsPerMinute: 9 } },
    ]);
    expect(invalid).toEqual([]);
    expect(keys.map(({ line }) => line)).toEqual([2, gap.length + 3]);
  });

  it('may repeat the names of the first', async () => {
    const { keys, invalid } = await parseKeys(`key,account\n${A},a\nkey,account\n${B},b`);
    expect(keys.map(({ account }) => account)).toEqual(['a', 'b']);
    expect(invalid).toEqual([]);
  });
});

describe('weights', () => {
  const KEY = 'sk-test1-Ab3dEf9hIjKlMn0pQrStUv';

  it.each(['0', '-1', '1001', 'much', '1e3'])('that nobody may have are told: %s', async (weight) => {
    const { keys, invalid } = await parseKeys(`key,weight\n${KEY},${weight}`);
    expect(keys).toEqual([]);
    expect(invalid).toMatchObject([{ line: 2, kind: 'weight' }]);
  });
});

describe('texts that are made to take long', () => {
  const runs = [
    'x',
    'xx-',
    '-',
    '.',
    'a.',
    'a-',
    'my-',
    '/',
    '"',
    "'",
    '{',
    '["',
    '{"a":',
    '"",',
    '=',
    'a=',
    '${',
    'eyJ.',
    '*',
    '%41',
    '\u200b',
    '，',
  ];

  // Whatever takes more than linear time would not end within the time of a test.
  it.each(runs)('are read in one pass: %s', async (run) => {
    for (const [start, end] of [
      ['', ''],
      ['sk-', '.'],
      ['sk-', '!'],
      ['["', '"]'],
      ['key,note\n', ',x'],
    ] as const) {
      await parseKeys(start + run.repeat(200_000 / run.length) + end);
      const piece = start + run.repeat(4_000 / run.length) + end;
      await parseKeys(`${piece}\n`.repeat(20));
    }
  });
});

describe('a pasted request', () => {
  const key = 'sk-own-0123456789abcdef';
  const header = `"Authorization: Bearer ${key}"`;
  it.each([
    `curl http://x.example/v1/chat -H ${header} -H "Content-Type: application/json"`,
    `$ curl -X POST https://x.example/v1/chat/completions --header ${header.replaceAll('"', "'")} -d '{"model":"gpt-4o"}'`,
    `curl https://x.example/v1/models -H"Authorization: Bearer ${key}"`,
    `curl --header="Authorization: Bearer ${key}" https://x.example/v1/models`,
    `curl -H "Accept: */*" -H 'x-api-key: ${key}' 'https://x.example/v1/models'`,
    `curl "https://x.example/v1/models" -H "api-key: ${key}"`,
    `curl https://x.example/v1/chat/completions \\\n  -H "Content-Type: application/json" \\\n  -H ${header} \\\n  -d '{\n "model": "gpt-4o"}'`,
    `curl https://x.example/v1/models ^\r\n  -H ${header}`,
    `wget --header ${header} https://x.example/v1/models`,
    `headers: { "Authorization": "Bearer ${key}" }`,
    header,
  ])('is read for its key: %j', async (text) => {
    const { keys } = await parseKeys(text);
    expect(keys.filter(({ odd }) => odd === undefined).map(({ value }) => value)).toEqual([key]);
  });

  it('is read for nothing else, and what stands on the next line is read as ever', async () => {
    const text = `curl http://x.example/v1 \\\n -H ${header} \\\n -H "Content-Type: application/json"\nsk-next-0123456789`;
    const { keys, invalid } = await parseKeys(text);
    expect(keys.map(({ line, value }) => [line, value])).toEqual([
      [2, key],
      [4, 'sk-next-0123456789'],
    ]);
    expect(invalid).toEqual([]);
  });
});
