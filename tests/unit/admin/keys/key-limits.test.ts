import { describe, expect, it } from 'vitest';
import { bulkKeys } from '../../../../lib/admin/keys/bulk';
import { exportKeys } from '../../../../lib/admin/keys/export';
import { importKeys } from '../../../../lib/admin/keys/import';
import { listKeys } from '../../../../lib/admin/keys/list';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';
import { updateKey } from '../../../../lib/admin/keys/update';
import type { AdminContext } from '../../../../lib/admin/context';
import type { KeyBulkResult } from '../../../../lib/admin/contract/keys';
import type { Inventory } from '../../../../lib/inventory/inventory';
import { keyNamed, world } from '../support';

const LIMITS = {
  requestsPerMinute: 60,
  models: { 'gpt-4o': { tokensPerDay: 9 } },
  dayResetsAt: { time: '07:00', zone: 'Asia/Shanghai' },
};

const add = (context: AdminContext, text: string, more: object = {}) =>
  importKeys(context, {
    provider: 'default',
    text,
    preview: false,
    note: '',
    weight: 1,
    tags: [],
    odd: 'take',
    verify: false,
    ...more,
  });

const list = async (context: AdminContext, filter: object = {}) =>
  (await listKeys(context, { page: 1, pageSize: 50, sort: 'createdAt', order: 'asc', ...filter })).items;

const rowsOf = ({ keys }: Inventory) => [...keys.values()].flatMap((rows) => [...rows.values()]);

const optionsOf = (items: readonly { limits: unknown; account: string | null }[]) =>
  items.map(({ limits, account }) => ({ limits, account }));

async function textOf({ chunks }: Awaited<ReturnType<typeof exportKeys>>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

describe('limits and account of one key', () => {
  it('reach its pool at once, the list, and the next start', async () => {
    const { context, pool, restarted } = await world({ API_KEYS: keyNamed('a') });
    const [{ id } = { id: '' }] = await list(context);
    const item = await updateKey(context, { id, limits: LIMITS, account: 'team a' });
    expect(item).toMatchObject({ limits: LIMITS, account: 'team a', version: 2 });
    expect(pool('default').key(id)?.config).toMatchObject({ limits: LIMITS, account: 'team a' });
    expect(optionsOf(await list(context))).toEqual([{ limits: LIMITS, account: 'team a' }]);
    expect(rowsOf(await restarted())).toMatchObject([{ limits: LIMITS, account: 'team a' }]);
  });

  it('stay unless they are named, and go when they are emptied', async () => {
    const { context, pool } = await world({ API_KEYS: keyNamed('a') });
    const [{ id } = { id: '' }] = await list(context);
    await updateKey(context, { id, limits: LIMITS, account: 'a' });
    expect(await updateKey(context, { id, note: 'x' })).toMatchObject({ limits: LIMITS, account: 'a' });
    const emptied = await updateKey(context, { id, limits: { models: { m: {} } }, account: '' });
    expect(emptied).toMatchObject({ limits: null, account: null });
    expect(pool('default').key(id)?.config).toMatchObject({ limits: undefined, account: undefined });
  });
});

describe('limits and account of many keys', () => {
  const bulk = async (context: AdminContext, input: Parameters<typeof bulkKeys>[1]) => {
    const { task } = await bulkKeys(context, input);
    return (await context.tasks.finished(task.id))?.result as KeyBulkResult;
  };

  it('are set and cleared for those that are chosen, each by itself', async () => {
    const { context, pool, restarted, audit } = await world({
      API_KEYS: ['a', 'b', 'c'].map(keyNamed).join(','),
    });
    const ids = (await list(context)).slice(0, 2).map(({ id }) => id);
    const set = { limits: LIMITS, account: 'both' };
    expect(await bulk(context, { action: 'edit', ids: [...ids, 'gone'], set })).toMatchObject({
      action: 'edit',
      matched: 2,
      changed: 2,
    });
    const nothing = { limits: null, account: null };
    expect(optionsOf(await list(context))).toEqual([set, set, nothing]);
    expect(pool('default').key(ids[1]!)?.config).toMatchObject(set);

    await bulk(context, { action: 'edit', filter: { account: 'both' }, set: { limits: null } });
    const cleared = { limits: null, account: 'both' };
    expect(optionsOf(await list(context))).toEqual([cleared, cleared, nothing]);
    expect(rowsOf(await restarted()).map(({ account }) => account)).toEqual(['both', 'both', null]);
    expect(pool('default').key(ids[1]!)?.config.limits).toBeUndefined();
    expect(await audit()).toMatchObject([
      { action: 'keys.edit', target: '2 keys' },
      { action: 'keys.edit', target: '2 keys' },
    ]);
  });

  it('keep live state and count the version of each up', async () => {
    const { context, pool } = await world({ API_KEYS: keyNamed('a') });
    const [{ id } = { id: '' }] = await list(context);
    const state = pool('default').key(id)!;
    state.failures = 2;
    await bulk(context, { action: 'edit', ids: [id], set: { account: 'x' } });
    expect(pool('default').key(id)).toBe(state);
    expect(await list(context)).toMatchObject([{ failures: 2, version: 2, account: 'x' }]);
  });

  it('are found by the account, and by a part of it', async () => {
    const { context } = await world({});
    await add(context, keyNamed('a'), { account: 'Team A' });
    await add(context, keyNamed('b'), { account: 'other' });
    expect(await list(context, { account: 'Team A' })).toHaveLength(1);
    expect(await list(context, { account: 'Team' })).toHaveLength(0);
    expect(await list(context, { search: 'team' })).toHaveLength(1);
  });
});

describe('an import', () => {
  const table = [
    'key,note,account,requests_per_minute,RPD,tokensPerMinute,Tokens per day,concurrency',
    `${keyNamed('a')},first,team a,60,,1000,,2`,
    `${keyNamed('b')},,,,,,,`,
  ].join('\n');

  it('takes limits and accounts from columns, and those given for all where a row has none', async () => {
    const { context } = await world();
    await add(context, table, { limits: { concurrency: 9 }, account: 'all' });
    expect(await list(context)).toMatchObject([
      {
        note: 'first',
        account: 'team a',
        limits: { requestsPerMinute: 60, tokensPerMinute: 1_000, concurrency: 2 },
      },
      { note: '', account: 'all', limits: { concurrency: 9 } },
    ]);
  });

  it('shows them in the preview', async () => {
    const { context } = await world();
    const { report } = await add(context, table, { preview: true });
    expect(optionsOf(report?.sample ?? [])).toEqual([
      { account: 'team a', limits: { requestsPerMinute: 60, tokensPerMinute: 1_000, concurrency: 2 } },
      { account: null, limits: null },
    ]);
  });

  it.each(['0', '-1', '1.5', 'many', '10,5', '1e3', '99999999999999'])(
    'adds no key whose limit is %s, and says which line it is',
    async (cell) => {
      const text = `key;requests_per_day\n${keyNamed('a')};5\n${keyNamed('b')};${cell}`;
      const { keys, invalid } = await parseKeys(text);
      expect(keys).toMatchObject([{ limits: { requestsPerDay: 5 } }]);
      expect(invalid).toMatchObject([{ line: 3, kind: 'limit' }]);
    },
  );

  it('adds no key whose account is too long', async () => {
    const { keys, invalid } = await parseKeys(`key,account\n${keyNamed('a')},${'x'.repeat(192)}`);
    expect(keys).toEqual([]);
    expect(invalid).toMatchObject([{ line: 2, kind: 'account' }]);
  });

  it('reads what an export has written', async () => {
    const { context } = await world();
    await add(context, table);
    const csv = await textOf(await exportKeys(context, { format: 'csv', secrets: true }));
    expect(csv.split('\n')[0]).toContain(
      'account,tags,createdAt,lastUsedAt,requests_per_minute,tokens_per_minute,requests_per_day,tokens_per_day,concurrency',
    );
    const { context: other } = await world();
    await add(other, csv);
    const shown = (items: Awaited<ReturnType<typeof list>>) =>
      items.map(({ hint, note, account, limits }) => ({ hint, note, account, limits }));
    expect(shown(await list(other))).toEqual(shown(await list(context)));
  });

  it.each(['csv', 'json'] as const)(
    'reads what an export has written as %s, in any order',
    async (format) => {
      const { context } = await world();
      await add(context, table);
      if (format === 'json')
        await add(context, keyNamed('c'), { limits: LIMITS, account: 'team b', note: 'x' });
      await add(context, keyNamed('d'));
      const text = await textOf(await exportKeys(context, { format, secrets: true }));
      const turned = (JSON.parse(format === 'json' ? text : '[]') as object[]).map((one) =>
        Object.fromEntries(Object.entries(one).toReversed()),
      );
      const shown = (items: Awaited<ReturnType<typeof list>>) =>
        items.map(({ hint, note, account, limits }) => ({ hint, note, account, limits }));
      const before = shown(await list(context));
      for (const one of format === 'json' ? [text, JSON.stringify(turned)] : [text]) {
        const { context: other } = await world();
        await add(other, one);
        expect(shown(await list(other))).toEqual(before);
      }
    },
  );

  it('takes limits and accounts from JSON, in the words of PROVIDERS_CONFIG too, each for its own key', async () => {
    const text = JSON.stringify({
      limits: { concurrency: 1 },
      api_keys: [
        { key: keyNamed('a'), limits: { requests_per_minute: 5, models: { m: { tokens_per_day: 9 } } } },
        { account: 'team b', key: keyNamed('b') },
        { key: keyNamed('c') },
        { limits: null, account: ' ', key: keyNamed('d') },
      ],
    });
    expect((await parseKeys(text)).keys.map(({ limits, account }) => [limits, account])).toEqual([
      [{ requestsPerMinute: 5, models: { m: { tokensPerDay: 9 } } }, undefined],
      [undefined, 'team b'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('takes single limits that stand beside a key of JSON, and an account that is a number', async () => {
    const text = JSON.stringify([
      { key: keyNamed('a'), rpm: 5, tokens_per_day: '9', Limits: { concurrency: 2 }, account: 4711 },
      { requestsPerMinute: 7, key: keyNamed('b'), rpd: null, account: null },
    ]);
    expect((await parseKeys(text)).keys.map(({ limits, account }) => [limits, account])).toEqual([
      [{ requestsPerMinute: 5, tokensPerDay: 9, concurrency: 2 }, '4711'],
      [{ requestsPerMinute: 7 }, undefined],
    ]);
  });

  it.each([
    ['rpm', '-1', 'limit'],
    ['rpm', '"many"', 'limit'],
    ['tokensPerDay', '{"a":1}', 'limit'],
    ['limits', '[1]', 'limit'],
    ['limits', '5', 'limit'],
    ['limits', `{"models":{"${'m'.repeat(70_000)}":{}}}`, 'limit'],
    ['account', '{"a":1}', 'account'],
    ['account', 'true', 'account'],
    ['account', '["a"]', 'account'],
  ])('adds no key of JSON beside which %s is %s', async (name, value, kind) => {
    const text = `[{"key":"${keyNamed('a')}"},{"key":"${keyNamed('b')}","${name}":${value}},{"key":"${keyNamed('c')}"}]`;
    const { keys, invalid } = await parseKeys(text);
    expect(keys.map((key) => key.value)).toEqual([keyNamed('a'), keyNamed('c')]);
    expect(invalid).toMatchObject([{ kind }]);
  });

  it.each<[string, (a: object, b: string, c: string) => unknown]>([
    ['a list', (a, b, c) => [b, c, a]],
    ['a list, one between two', (a, b, c) => [b, a, c]],
    ['a list with a name', (a, b, c) => ({ api_keys: [a, b, c] })],
    ['a list in a list', (a, b, c) => ({ api_keys: [[a], [b, c]] })],
    ['a list of lists', (a, b, c) => [{ keys: [b, a] }, { keys: [c] }]],
  ])('takes all keys of %s, those with limits and those without', async (_words, made) => {
    const [a, b, c] = ['a', 'b', 'c'].map(keyNamed) as [string, string, string];
    const withLimits = { key: a, limits: { concurrency: 1 }, tags: ['one', 'two'] };
    const { keys, invalid } = await parseKeys(JSON.stringify(made(withLimits, b, c)));
    expect(keys.map((key) => key.value).toSorted()).toEqual([a, b, c].toSorted());
    expect(keys.find((key) => key.value === a)?.limits).toEqual({ concurrency: 1 });
    expect(keys.filter((key) => key.limits !== undefined)).toHaveLength(1);
    expect(invalid).toEqual([]);
  });

  it('takes all limits of a key from a column of JSON, and adds none whose cell is wrong', async () => {
    const text = `key,limits\n${keyNamed('a')},"{""requests_per_minute"":5}"\n${keyNamed('b')},five\n${keyNamed('c')},`;
    const { keys, invalid } = await parseKeys(text);
    expect(keys.map(({ limits }) => limits)).toEqual([{ requestsPerMinute: 5 }, undefined]);
    expect(invalid).toMatchObject([{ line: 3, kind: 'limit' }]);
  });

  it.each(['{"concurrency":0}', '{"what":1}', '{"concurrency":1,}', '{"models":{"m":7}}'])(
    'adds no key of JSON whose limits are %s, and says which line it is',
    async (limits) => {
      const text = `[{"key":"${keyNamed('a')}","limits":{}},\n{"key":"${keyNamed('b')}","limits":${limits}}]`;
      const { keys, invalid } = await parseKeys(text);
      expect(keys).toMatchObject([{ limits: undefined }]);
      expect(invalid).toMatchObject([{ line: 2, kind: 'limit' }]);
    },
  );

  it('gives each key of JSON its own note, whichever comes first', async () => {
    const text =
      '[{"note":"first","key":"sk-a"},{"note":"second","key":"sk-b"},{"key":"sk-c","note":"third"}]';
    const { keys } = await parseKeys(text);
    expect(keys.map(({ value, note }) => [value, note])).toEqual([
      ['sk-a', 'first'],
      ['sk-b', 'second'],
      ['sk-c', 'third'],
    ]);
  });

  it('has the whole limits in an export as JSON', async () => {
    const { context } = await world();
    await add(context, keyNamed('a'), { limits: LIMITS, account: 'x' });
    const json = await textOf(await exportKeys(context, { format: 'json', secrets: false }));
    expect(JSON.parse(json)).toMatchObject([{ limits: LIMITS, account: 'x' }]);
  });
});
