import { describe, expect, it } from 'vitest';
import type { AdminContext } from '../../../../lib/admin/context';
import { keysApi, type KeyBulkResult } from '../../../../lib/admin/contract/keys';
import { bulkKeys } from '../../../../lib/admin/keys/bulk';
import { exportKeys } from '../../../../lib/admin/keys/export';
import { importKeys } from '../../../../lib/admin/keys/import';
import { listKeys } from '../../../../lib/admin/keys/list';
import { parseKeys } from '../../../../lib/admin/keys/parse-keys';
import { listTags } from '../../../../lib/admin/keys/tags';
import { updateKey } from '../../../../lib/admin/keys/update';
import { keyNamed, world } from '../support';

const add = (context: AdminContext, text: string, more: object = {}) =>
  importKeys(context, { ...keysApi.import.body.parse({ provider: 'default', text }), ...more });
const list = async (context: AdminContext, query: object = {}) =>
  (await listKeys(context, keysApi.list.query.parse({ sort: 'createdAt', order: 'asc', ...query }))).items;
const tagsOf = async (context: AdminContext) =>
  new Map((await list(context)).map(({ hint, tags }) => [hint.slice(-1), tags]));
const edit = async (context: AdminContext, set: object, more: object = { filter: {} }) => {
  const { task } = await bulkKeys(context, keysApi.bulk.body.parse({ action: 'edit', set, ...more }));
  return (await context.tasks.finished(task.id))?.result as KeyBulkResult;
};
const textOf = async ({ chunks }: { chunks: AsyncIterable<string> }) => {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
};

const table = [
  'key,tags,weight,owner id',
  `${keyNamed('a')},prod;Team A,2,7`,
  `${keyNamed('b')},"prod|x",,`,
  `${keyNamed('c')},,,`,
].join('\n');

describe('an import', () => {
  it('takes tags and weights of a table, and those that are given for keys without any', async () => {
    const { context } = await world();
    await add(context, table, { tags: ['given'] });
    expect(await tagsOf(context)).toEqual(
      new Map([
        ['a', ['prod', 'Team A']],
        ['b', ['prod', 'x']],
        ['c', ['given']],
      ]),
    );
  });

  it('tells in the preview which columns are taken, and which are not', async () => {
    const { context } = await world();
    const { report } = await add(context, table, { preview: true });
    expect(report?.fields).toEqual([
      { name: 'key', use: 'key' },
      { name: 'tags', use: 'tags' },
      { name: 'weight', use: 'weight' },
      { name: 'owner id', use: null },
    ]);
    expect(report?.sample[0]).toMatchObject({ tags: ['prod', 'Team A'], weight: 2 });
  });

  it('tells the same of JSON, and never names a key', async () => {
    const json = [
      { name: 'n', key: keyNamed('a'), tags: ['x', 'y'], note: 'm', count: 3, limits: { concurrency: 1 } },
      { [keyNamed('b')]: 'somebody' },
    ];
    const { fields, keys } = await parseKeys(JSON.stringify(json));
    expect(keys[0]?.tags).toEqual(['x', 'y']);
    expect(Object.fromEntries(fields.map(({ name, use }) => [name, use]))).toEqual({
      name: null,
      key: 'key',
      tags: 'tags',
      note: 'note',
      count: null,
      limits: 'limits',
    });
  });

  it.each(['"a\nb"', 'x'.repeat(41), Array.from({ length: 21 }, (_, index) => `t${index}`).join(';')])(
    'adds no key with tags that cannot be: %j',
    async (cell) => {
      const { keys, invalid } = await parseKeys(`key,tags\n${keyNamed('a')},${cell}\n${keyNamed('b')},ok`);
      expect(keys.map(({ tags }) => tags)).toEqual([['ok']]);
      expect(invalid).toMatchObject([{ line: 2, kind: 'tags' }]);
    },
  );

  it('counts a key that is there with other tags as one that stays as it is', async () => {
    const { context } = await world();
    await add(context, table);
    const { report } = await add(context, table.replace('prod;', 'test;'));
    expect(report).toMatchObject({ added: 0, existing: 3, unchanged: 1 });
  });
});

it.each(['csv', 'json'] as const)('an export as %s is read back with the same tags', async (format) => {
  const { context } = await world();
  const odd = ['=1+1', 'a;b', 'c|d', '["x"]', "'q", '👩‍💻', 'ü', '@x;=y', '，'];
  await add(context, `${keyNamed('a')} ${keyNamed('b')} ${keyNamed('c')}`, { tags: odd });
  const [, b, c] = await list(context);
  await updateKey(context, { id: b!.id, tags: ['plain', 'team a'] });
  await updateKey(context, { id: c!.id, tags: [] });
  const text = await textOf(await exportKeys(context, { format, secrets: true }));
  const { context: other } = await world();
  const { report } = await add(other, text);
  expect(report).toMatchObject({ added: 3, invalidCount: 0 });
  expect(await tagsOf(other)).toEqual(await tagsOf(context));
});

it.each(['', ',', ' , '])('a filter by no tag is refused, for it would be all keys: %j', (tag) => {
  expect(keysApi.list.query.safeParse({ tag }).success).toBe(false);
  expect(keysApi.bulk.body.safeParse({ action: 'delete', filter: { tag } }).success).toBe(false);
  expect(keysApi.bulk.body.safeParse({ action: 'delete', filter: { tag: 'a' } }).success).toBe(true);
});

describe('of keys with tags', () => {
  it('all that have every tag are found, whatever case, and by search', async () => {
    const { context } = await world();
    await add(context, table);
    const found = async (query: object) => (await list(context, query)).map(({ hint }) => hint.slice(-1));
    expect(await found({ tag: 'PROD' })).toEqual(['a', 'b']);
    expect(await found({ tag: 'prod, team a' })).toEqual(['a']);
    expect(await found({ tag: 'nobody' })).toEqual([]);
    expect(await found({ search: 'eam a' })).toEqual(['a']);
  });

  it('the tags are listed with how many have each, those that differ in case as one', async () => {
    const { context } = await world();
    await add(context, `${table}\n${keyNamed('d')},PROD,,`);
    expect(await listTags(context, {})).toEqual({
      items: [
        { tag: 'prod', count: 3 },
        { tag: 'Team A', count: 1 },
        { tag: 'x', count: 1 },
      ],
      total: 3,
    });
  });

  it('one change adds tags to many and takes others away, for good and with its entry', async () => {
    const { context, restarted, audit } = await world();
    await add(context, table);
    const result = await edit(context, { addTags: ['new', 'PROD'], removeTags: ['team a'], account: 'acme' });
    expect(result).toMatchObject({ matched: 3, changed: 3, skipped: 0 });
    expect([...(await tagsOf(context)).values()]).toEqual([
      ['prod', 'new'],
      ['prod', 'x', 'new'],
      ['new', 'PROD'],
    ]);
    const kept = [...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()]);
    const shown = await list(context);
    expect(kept.map(({ tags, version, account }) => ({ tags, version, account }))).toEqual(
      shown.map(({ tags, version, account }) => ({ tags, version, account })),
    );
    expect((await audit())[0]?.detail).toContain('addTags');
  });

  it('a key that would have too many is passed over as a whole, and counted', async () => {
    const { context } = await world();
    const full = Array.from({ length: 20 }, (_, index) => `t${index}`);
    await add(context, keyNamed('a'), { tags: full });
    await add(context, keyNamed('b'));
    const result = await edit(context, { addTags: ['new'], account: 'acme' });
    expect(result).toMatchObject({
      changed: 1,
      skipped: 1,
      reasons: [{ reason: 'would have more than 20 tags', count: 1 }],
    });
    expect((await list(context)).map(({ tags, account }) => [tags.length, account])).toEqual([
      [20, null],
      [1, 'acme'],
    ]);
  });
});

it.each([[['a,b']], [['']], [['x'.repeat(41)]], [Array.from({ length: 21 }, (_, index) => `t${index}`)]])(
  'the contract refuses the tags %j',
  (tags) => {
    expect(keysApi.update.body.safeParse({ tags }).success).toBe(false);
  },
);

it('the contract keeps each tag once, trimmed, as it was written first', () => {
  expect(keysApi.update.body.parse({ tags: [' Prod ', 'prod', 'x'] }).tags).toEqual(['Prod', 'x']);
});

it('keys with the same tags share one list, so that thousands are looked through at once', async () => {
  const { context } = await world();
  await add(context, `${keyNamed('a')} ${keyNamed('b')}`, { tags: ['x', 'y'] });
  await edit(context, { addTags: ['z'] });
  const rows = [...context.configuration.inventory.keys.values()].flatMap((keys) => [...keys.values()]);
  expect(rows.map(({ tags }) => tags)).toEqual([
    ['x', 'y', 'z'],
    ['x', 'y', 'z'],
  ]);
  expect(rows[0]?.tags).toBe(rows[1]?.tags);
});
