import { expect, it } from 'vitest';
import type { PortableToken } from '../../../../lib/admin/contract/tokens';
import { importTokens } from '../../../../lib/admin/tokens/import';
import { previewTokenImport } from '../../../../lib/admin/tokens/preview-import';
import { world } from '../support';

const HERE: PortableToken = {
  name: 'here',
  value: 'sk-here-0123456789',
  models: ['gpt-4o'],
  limits: { requestsPerMinute: 5, concurrency: 2 },
};
/** The same, as another program may write it. */
const SAME = { ...HERE, limits: { concurrency: 2, requestsPerMinute: 5 } };

it('says of each token what the import then does, and writes nothing', async () => {
  const { context, store, audit } = await world();
  await importTokens(context, { tokens: [HERE], existing: 'skip' });
  const entries = (await audit()).length;
  const tokens = [
    { name: 'new', hint: 'sk-...w' },
    SAME,
    { name: 'of the settings', value: 'sk-client-0123456789' },
    { name: 'nowhere', providers: ['nobody'] },
    { name: 'wrong', budget: { amount: 0, unit: 'usd', period: 'day' } },
    { value: 'short' },
    { name: 'twice', value: 'sk-twice-0123456789' },
    { name: 'twice', value: 'sk-twice-0123456789' },
    { name: 'unread', value: 7 },
  ];
  const preview = previewTokenImport(context, { tokens, existing: 'update' });
  expect(preview.items.map(({ outcome }) => outcome)).toEqual([
    'new',
    'skipped',
    'skipped',
    'refused',
    'refused',
    'refused',
    'new',
    'refused',
    'refused',
  ]);
  expect(preview).toMatchObject({ added: 2, updated: 0, skipped: 2, refused: 5 });
  expect(preview.items.map(({ problem }) => problem)).toMatchObject([
    null,
    null,
    null,
    "providers: there is no provider 'nobody'",
    'budget.amount: must be a number above 0, of at most 1000000000000',
    'name: is missing',
    null,
    'value: is the same as that of another one',
    'value: must be text',
  ]);
  expect(preview.items.slice(0, 4).map(({ hint }) => hint)).toEqual([
    'sk-...w',
    'sk-h...89',
    'sk-c...89',
    null,
  ]);
  expect(JSON.stringify(preview)).not.toContain('0123456789');
  expect([(await audit()).length, (await store.clientTokens.list(() => undefined)).length]).toEqual([
    entries,
    1,
  ]);

  const sound = tokens.filter((_token, index) => preview.items[index]?.outcome !== 'refused');
  const done = await importTokens(context, { tokens: sound as PortableToken[], existing: 'update' });
  expect(done).toMatchObject({ added: 2, updated: 0, skipped: 2, made: [{ name: 'new' }] });
});

it('tells tokens that get other rules from those that stay as they are', async () => {
  const { context } = await world();
  await importTokens(context, { tokens: [HERE], existing: 'skip' });
  const other = { ...SAME, note: 'other' };
  const outcomeOf = (existing: 'skip' | 'update') =>
    previewTokenImport(context, { tokens: [other], existing }).items[0]?.outcome;
  expect([outcomeOf('skip'), outcomeOf('update')]).toEqual(['skipped', 'changed']);
  const done = await importTokens(context, { tokens: [other], existing: 'update' });
  expect(done).toMatchObject({ added: 0, updated: 1, skipped: 0 });
});
