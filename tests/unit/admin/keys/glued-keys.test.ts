import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';

const key = (number: number) => `sk-proj-0000${number}AbCdEfGhIjKl9mNoPqRsTuVwXyZ`;
const [A, B, C] = [key(1), key(2), key(3)];
const ZERO_WIDTH = '\u200b';

const read = async (text: string) => {
  const { keys, invalid } = await parseKeys(text);
  return {
    keys: keys.filter(({ odd }) => odd === undefined).map(({ value }) => value),
    told: [
      ...keys.filter(({ odd }) => odd !== undefined).map(({ line, odd }) => `${line} ${odd}`),
      ...invalid.map(({ line, kind }) => `${line} ${kind}`),
    ],
  };
};

describe('a quote that nobody closes', () => {
  it.each<[string, string, string[], string[]]>([
    ['before other rows', `key,note\n${A},"oops\n${B},b\n${C},c"d\n`, [A, B, C], ['2 quote']],
    ['before another quote', `key,note\n${A},"oops\n${B},"fine, too"\n${C},c`, [A, B, C], ['2 quote']],
    ['on the last line', `key,note\n${A},a\n${B},"oops`, [A, B], ['3 quote']],
    ['around a key', `key,note\n"${A},a\n${B},b`, [A, B], ['2 quote']],
    [
      'of keys of no kind',
      'key,note\nAbc9def-12345x,"oops\nAbc9def-22345x,b\nAbc9def-32345x,"c"\n',
      ['Abc9def-12345x', 'Abc9def-22345x', 'Abc9def-32345x'],
      ['2 quote'],
    ],
    ['before a key', `note,key\na,"${A}\nb,${B}\nc,"${C}"`, [A, B, C], ['2 quote']],
  ])('%s swallows no row', async (_where, text, keys, told) => {
    expect(await read(text)).toEqual({ keys, told });
  });

  it('is none where a note has lines, or a cell has a list of keys', async () => {
    expect(await read(`key,note\n${A},"line 1\nline 2"\n${B},x\n`)).toEqual({ keys: [A, B], told: [] });
    expect(await read(`name,key\na,"${A}\n${B}"\nb,${C}\n`)).toEqual({ keys: [A, B, C], told: [] });
  });

  it('leaves the numbers of the lines behind it as they are', async () => {
    const { keys } = await parseKeys(`key,note\n${A},"oops\n${B},b\n${C},"c\nd"`);
    expect(keys.map(({ line, note }) => [line, note])).toEqual([
      [2, 'oops'],
      [3, 'b'],
      [4, 'c d'],
    ]);
  });
});

describe('a table below one with other marks', () => {
  it.each([
    [',', ';'],
    [';', ','],
    ['\t', '|'],
    ['，', '\t'],
  ])('is read: %j, then %j', async (first, second) => {
    const text = `key${first}note\n${A}${first}one\n\nnote${second}key\ntwo${second}${B}\n${'three'}${second}${C}`;
    const { keys, invalid } = await parseKeys(text);
    expect(keys).toMatchObject([
      { line: 2, value: A, note: 'one' },
      { line: 5, value: B, note: 'two' },
      { line: 6, value: C, note: 'three' },
    ]);
    expect(invalid).toEqual([]);
  });
});

const TWO = [
  [`${A}|${B}`],
  [`${A}/${B}`],
  [`${A}~${B}`],
  [`${A}+${B}`],
  [`${A}&${B}`],
  [`${A}:${B}`],
  [`${A}\\n${B}`],
  [`${A}<br>${B}`],
  [`${A}<br />${B}`],
  [`${A}${ZERO_WIDTH}${B}`],
  [`${A}${B}`],
  [`<ul><li>${A}</li><li>${B}</li></ul>`],
];
const ONE = [
  `u@x.com:pw:${A}`,
  `${A}:u@x.com:pw`,
  `${A}----u@x.com----passw0rd1`,
  `u@x.com:${A}:org-AbCdEf1234567890ghij`,
  `u@x.com/pass/${A}`,
  `__${A}__`,
  `~~${A}~~`,
  `**${A}**`,
  `[${A}](https://platform.openai.com/api-keys)`,
  `<code>${A}</code>`,
  `one=${A}`,
  `one:${A}`,
  `${A}#note`,
  `"${A}".`,
  `${A}.`,
  `${A}!`,
  `·${A}`,
];

describe.each([
  ['a line', (piece: string) => piece],
  ['a line among others', (piece: string) => `${C}\n${piece}`],
  ['a table', (piece: string) => `name;key\na;${piece}`],
  ['JSON', (piece: string) => JSON.stringify([{ key: piece }])],
])('in %s', (_where, write) => {
  const withoutC = async (piece: string) => {
    const { keys, told } = await read(write(piece));
    return { keys: keys.filter((value) => value !== C), told };
  };

  it.each(TWO)('two keys in one piece are two: %j', async (piece) => {
    expect(await withoutC(piece)).toEqual({ keys: [A, B], told: [] });
  });

  it.each(ONE)('a key is found in what surrounds it: %j', async (piece) => {
    expect(await withoutC(piece)).toEqual({ keys: [A], told: [] });
  });

  it.each([`${A}:2`, `${A}/alice`, `alice/${A}`, `${A}+x`, `${A}@home`])(
    'what may be more than a key is told: %j',
    async (piece) => {
      expect(await withoutC(piece)).toEqual({ keys: [], told: [expect.stringContaining(' mixed')] });
    },
  );

  it.each([`${A}^2`, `${A}!x`, `x&${A}`])('what is left over beside a key is told: %j', async (piece) => {
    expect(await withoutC(piece)).toEqual({ keys: [A], told: [expect.stringContaining(' rest')] });
  });

  it.each(['sk-ant-...abcd', 'sk-****wxyz', 'sk-ant-***...***abcd', '...abcd', `${A}***`, `${A}...`])(
    'a masked key is told: %j',
    async (piece) => {
      expect(await withoutC(piece)).toEqual({ keys: [], told: [expect.stringContaining(' masked')] });
    },
  );

  it.each([
    'sk-AbCdEfGhIjKlMnOpQrStUv0123456789.AbCdEfGhIj_Kl-Mn',
    'sk-AbCdEfGhIjKlMnOpQrStUv0123456789==',
    `sk-${'AbCd-Ef_9'.repeat(20)}`,
    `AIzaSy${'AbCd-Ef_9'.repeat(3)}`,
  ])('a key of its own kind stays whole: %j', async (piece) => {
    expect(await withoutC(piece)).toEqual({ keys: [piece], told: [] });
  });
});

it('a key with a mark without width in its middle is one', async () => {
  expect(await read(A.slice(0, 20) + ZERO_WIDTH + A.slice(20))).toEqual({ keys: [A], told: [] });
});

describe('in a table', () => {
  it('a formula of Excel is what it writes', async () => {
    expect(await read(`name,key\na,"=""${A}"""\nb,="Abc9def-12345x23"`)).toEqual({
      keys: [A, 'Abc9def-12345x23'],
      told: [],
    });
  });

  it.each([
    `| Name | Key |\n| --- | --- |\n| a | ${A} |`,
    `| Name | Key |\n|:--|--:|\n| a | **${A}** |`,
    `  id |   key   | weight \n----+---------+--------\n  1 | ${A} | 2`,
    `+----+-----+\n| id | key |\n+----+-----+\n|  1 | ${A} |\n+----+-----+\n`,
  ])('rules are no rows: %s', async (text) => {
    expect(await read(text)).toEqual({ keys: [A], told: [] });
  });

  it('a comment in the column of keys is told and not taken', async () => {
    expect(await read(`key,note\n#${A},off\n${B},#5`)).toEqual({ keys: [B], told: ['2 rest'] });
  });

  it('a key within the words of another column is told', async () => {
    expect(await read(`key,note\n${A},was ${B} before`)).toEqual({ keys: [A], told: ['2 unread'] });
  });
});

// Whatever takes more than linear time would not end within the time of a test.
it.each([
  ['keys', `${A}|`],
  ['beginnings of keys', 'sk-'],
  ['quotes', 'x,"\n'],
  ['quotes before keys', `${A},"a\n`],
  ['pairs of quotes', 'x,"""a\n'],
  ['tags', '<a '],
  ['marks without width', `a${ZERO_WIDTH}`],
  ['rules', '| --- '],
  ['heads', 'key;a\nkey,a\n'],
])('many %s are read in one pass', async (_words, run) => {
  const many = run.repeat(400_000 / run.length);
  for (const text of [many, `key,note\n${many}`, `key,note\n"${many}`, JSON.stringify([many])])
    await parseKeys(text);
});
