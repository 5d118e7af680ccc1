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

const optionsOf = async (text: string) => {
  const { keys, invalid } = await parseKeys(text);
  const shown = keys.map(({ line, value, limits, account }) => [line, value, limits, account]);
  return [...shown, ...invalid.map(({ line, kind }) => [line, kind])];
};

describe('limits are read', () => {
  const reset = { time: '07:00', zone: 'Asia/Shanghai' };
  it.each([
    ['day_resets_at', reset, { requestsPerDay: 5, dayResetsAt: reset }],
    ['dayResetsAt', { zone: 'UTC' }, { requestsPerDay: 5, dayResetsAt: { time: '00:00', zone: 'UTC' } }],
    ['day_resets_at', null, { requestsPerDay: 5 }],
  ])('with %s of %j beside them', async (name, value, limits) => {
    for (const more of [{ requests_per_day: 5 }, { limits: { requests_per_day: 5 } }]) {
      const text = JSON.stringify([{ key: k1, [name]: value, ...more }]);
      expect(await optionsOf(text)).toEqual([[1, k1, limits, undefined]]);
    }
  });

  it.each(['{"time":"25:00","zone":"UTC"}', '{"time":"00:00","zone":"Mars/X"}', '"07:00"', '{"zone":', '5'])(
    'and a day that begins at %s is told',
    async (value) => {
      expect(
        await optionsOf(`[{"key":"${k1}","requests_per_day":5,"day_resets_at":${value}}]`),
      ).toContainEqual([1, 'limit']);
    },
  );

  it.each([
    'request_per_minute',
    'max_rpm',
    'requests/min',
    'Requests per minute (RPM)',
    'requests_per_minute_limit',
    'maxRequestsPerMinute',
  ])('under the name %s', async (name) => {
    const limits = { requestsPerMinute: 5 };
    expect(await optionsOf(`key,${name}\n${k1},5`)).toEqual([[2, k1, limits, undefined]]);
    expect(await optionsOf(JSON.stringify({ key: k1, [name]: 5 }))).toEqual([[1, k1, limits, undefined]]);
  });

  it('under the names max_concurrency and account_name', async () => {
    const text = `key,account_name,max_concurrency\n${k1},a,2`;
    expect(await optionsOf(text)).toEqual([[2, k1, { concurrency: 2 }, 'a']]);
  });

  it.each(['My keys', 'sep=;', '# exported: all', '\ufeff// a comment', '\n\n', 'Keys of 2026-11-29, all\n'])(
    'of a table behind the line %j',
    async (title) => {
      const lines = title.split('\n').length;
      const text = `${title}\nkey;account;rpm\n${k1};a;5`;
      expect(await optionsOf(text)).toEqual([[lines + 2, k1, { requestsPerMinute: 5 }, 'a']]);
    },
  );

  it('and a key on the line before the names is taken', async () => {
    const { keys } = await parseKeys(`${k2}\nkey,account\n${k1},a`);
    expect(keys.map(({ value }) => value)).toEqual(expect.arrayContaining([k1, k2]));
  });

  it.each(['API_KEYS=', "export API_KEYS='", 'A="'])(
    'of JSON behind %s, between other settings',
    async (name) => {
      const list = `["${k1}",\n{"key":"${k2}","limits":{"requests_per_minute":4},"account":"a"}]`;
      const text = `OTHER_KEY=sk-b\n${name}${list}${/["']/.exec(name)?.[0] === "'" ? "'" : ''}\nLAST_KEY=${k3} # mine`;
      expect(await optionsOf(text)).toEqual([
        [1, 'sk-b', undefined, undefined],
        [2, k1, undefined, undefined],
        [3, k2, { requestsPerMinute: 4 }, 'a'],
        [4, k3, undefined, undefined],
      ]);
    },
  );
});
