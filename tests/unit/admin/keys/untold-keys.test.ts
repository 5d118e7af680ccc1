import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';

const key = (number: number) => `sk-test${number}-Ab3dEf9hIjKlMn0pQrStUv`;
const [k1, k2, k3] = [key(1), key(2), key(3)];

const read = async (text: string) => {
  const { keys, invalid } = await parseKeys(text);
  return {
    keys: keys.map(({ line, value }) => [line, value]),
    told: invalid.map(({ line, kind }) => [line, kind]),
  };
};

describe('no key of a table goes unsaid', () => {
  it.each<[string, string, unknown, unknown]>([
    [
      'in a row that is longer than the line of names',
      `key,account\n${k1},team,${k2}\n${k3},b,,`,
      [
        [2, k1],
        [3, k3],
      ],
      [[2, 'surplus']],
    ],
    ['in a row without a cell of its column', `account,key\n${k1}\nteam,${k2}`, [[3, k2]], [[2, 'missing']]],
    ['in a row with an empty cell', `account,key\n\nteam,\n,\n,${k2}`, [[5, k2]], [[3, 'missing']]],
    [
      'in a second column of keys',
      `api_key,secret_key\n${k1},${k2}\n${k3},`,
      [
        [2, k1],
        [2, k2],
        [3, k3],
      ],
      [],
    ],
    ['alone in the last column of keys', `masked_key,api_key,secret_key\nsk-a...z1,,${k2}`, [[2, k2]], []],
    ['in a column of another name', `key,backup\n${k1},${k2}`, [[2, k1]], [[2, 'unread']]],
    [
      'in a column of notes, when it is read elsewhere',
      `key,note\n${k1},${k2}\n${k2},`,
      [
        [2, k1],
        [3, k2],
      ],
      [],
    ],
  ])('%s', async (_words, text, keys, told) => {
    expect(await read(text)).toEqual({ keys, told });
  });
});

describe('no key of JSON goes unsaid', () => {
  it.each<[string, string, unknown, unknown]>([
    [
      'on the line behind it',
      `{"key":"${k1}"}\n${k2}`,
      [
        [1, k1],
        [2, k2],
      ],
      [],
    ],
    [
      'on lines behind a list, with names and comments',
      `["${k1}"]\nAPI_KEY=${k2} # mine\n\n"${k3}"\nand a word`,
      [
        [1, k1],
        [2, k2],
        [4, k3],
      ],
      [],
    ],
    [
      'on lines between two of it',
      `{"key":"${k1}"}\n${k2}\n{"key":"${k3}"}`,
      [
        [1, k1],
        [2, k2],
        [3, k3],
      ],
      [],
    ],
    ['under another name', `{"key":"${k1}",\n"backup":"${k2}"}`, [[1, k1]], [[2, 'unread']]],
    ['under another name, when it is read elsewhere', `[{"id":"${k1}","key":"${k1}"}]`, [[1, k1]], []],
    ['in single quotes', `[{'key':'${k1}',\n'rpm':5}]`, [], [[1, 'unread']]],
    ['without quotes', `[{"key":"${k1}"},\n{"key":\n${k2}}]`, [[1, k1]], [[3, 'unread']]],
    ['behind a quote that nobody closes', `[{"key":"${k1}"},\n{"key":"${k2}}]`, [[1, k1]], [[2, 'unread']]],
    [
      'as the name of what is said of it',
      `{"${k1}":{"requests_per_minute":5},\n"${k2}":"team"}`,
      [],
      [
        [1, 'unread'],
        [2, 'unread'],
      ],
    ],
    [
      'under names of teams',
      `{"team-a":"${k1}","team-b":["${k2}"]}`,
      [
        [1, k1],
        [1, k2],
      ],
      [],
    ],
  ])('%s', async (_words, text, keys, told) => {
    expect(await read(text)).toEqual({ keys, told });
  });
});

it('what is told of is shown as a hint only', async () => {
  const { invalid } = await parseKeys(`{"key":"${k1}","backup":"${k2}"}`);
  expect(invalid).toMatchObject([{ line: 1, kind: 'unread' }]);
  expect(JSON.stringify(invalid)).not.toContain('Ab3dEf9h');
});

// Whatever takes more than linear time would not end within the time of a test.
it.each([
  ['cells', 'key,a\n', 'x,'],
  ['cells of a row without a key', 'a,key\n,,', ' ,x'],
  ['objects in objects', '', '{"rpm":1,"a":'],
  ['objects with limits', '[', '{"rpm":1},'],
  ['words behind JSON', '{"key":"a"}', ' sk-x1'],
  ['words without quotes', '[{"key":', "'sk-x1',"],
  ['opening brackets', '["', '"[{'],
  ['closing brackets', '{"key":"a"}', 'sk-0]}'],
  ['open quotes', '{"key":"a"}', '"'],
])('many %s are read in one pass', async (_words, start, run) => {
  await parseKeys(start + run.repeat(1_000_000 / run.length));
});

describe('limits of JSON reach the keys beside them', () => {
  const beside = { account: 'x', requests_per_minute: 5 };
  const own = { key: k2, limits: { concurrency: 1 } };
  const usage = { tokens_per_day: 123 };
  it.each<[string, unknown, unknown]>([
    ['before a list', { ...beside, keys: [k1, k2] }, [5, 5]],
    ['behind a list', { keys: [k1, k2], ...beside }, [5, 5]],
    ['around a list in which one has its own', { ...beside, api_keys: [k1, own, k3] }, [5, undefined, 5]],
    ['before another object', { ...beside, usage, key: k1 }, [5]],
    ['behind another object', { key: k1, usage, ...beside }, [5]],
    ['of each of several', [{ key: k1, ...beside }, { key: k2 }, { ...beside, key: k3 }], [5, undefined, 5]],
  ])('%s', async (_words, value, expected) => {
    const { keys } = await parseKeys(JSON.stringify(value));
    expect(keys.map(({ limits }) => limits?.requestsPerMinute)).toEqual(expected);
    expect(keys.map(({ account }) => account)).toEqual(
      (expected as unknown[]).map((limit) => (limit === undefined ? undefined : 'x')),
    );
  });
});
