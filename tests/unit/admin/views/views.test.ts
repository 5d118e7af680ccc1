import { describe, expect, it } from 'vitest';
import type { AdminContext } from '../../../../lib/admin/context';
import { viewsApi } from '../../../../lib/admin/contract/views';
import { createView } from '../../../../lib/admin/views/create';
import { deleteView } from '../../../../lib/admin/views/delete';
import { listViews } from '../../../../lib/admin/views/list';
import { updateView } from '../../../../lib/admin/views/update';
import { keyNamed, world } from '../support';

const save = (context: AdminContext, name: string, more: object = {}) =>
  createView(
    context,
    viewsApi.create.body.parse({
      page: 'keys',
      name,
      state: { query: { status: 'cooling' }, columns: { weight: true } },
      ...more,
    }),
  );

describe('a saved view', () => {
  it('is kept with its state, listed by page and name, changed and deleted, each with its entry', async () => {
    const { context, audit } = await world();
    const second = await save(context, ' second ');
    await save(context, 'first');
    await save(context, 'first', { page: 'explore', state: { query: { group: 'key' }, columns: {} } });
    expect((await listViews(context)).items.map(({ page, name }) => [page, name])).toEqual([
      ['explore', 'first'],
      ['keys', 'first'],
      ['keys', 'second'],
    ]);
    const state = { query: { tag: 'a,b' }, columns: {} };
    const changed = await updateView(context, { id: second.id, version: 1, name: 'other', state });
    expect(changed).toMatchObject({ id: second.id, name: 'other', state, version: 2 });
    await deleteView(context, { id: second.id });
    expect((await listViews(context)).items).toHaveLength(2);
    expect((await audit()).map(({ action, target }) => [action, target])).toEqual([
      ['views.delete', 'other'],
      ['views.update', 'other'],
      ['views.create', 'first'],
      ['views.create', 'first'],
      ['views.create', 'second'],
    ]);
  });

  it('has a name that no other of its page has', async () => {
    const { context } = await world();
    await save(context, 'mine');
    const other = await save(context, 'yours');
    const taken = { code: 'duplicate', fields: { name: 'is taken already' } };
    await expect(save(context, 'mine')).rejects.toMatchObject(taken);
    await expect(updateView(context, { id: other.id, name: 'mine' })).rejects.toMatchObject(taken);
  });

  it('is not changed by whoever has not seen its last version, and not if it is gone', async () => {
    const { context } = await world();
    const { id } = await save(context, 'mine');
    await updateView(context, { id, version: 1, name: 'new' });
    await expect(updateView(context, { id, version: 1, name: 'newer' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(updateView(context, { id: 'nobody', name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(deleteView(context, { id: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is one of a hundred at most, however many are saved at once', async () => {
    const { context } = await world();
    const all = await Promise.allSettled(
      Array.from({ length: 105 }, (_, index) => save(context, `view ${index}`)),
    );
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ reason: { code: 'not_allowed' } });
    expect((await listViews(context)).items).toHaveLength(100);
  });

  it.each([
    ['a filter that the page has not', { query: { range: '24h' }, columns: {} }],
    ['what is open', { query: { key: 'id' }, columns: {} }],
    ['a column that the page has not', { query: {}, columns: { cost: true } }],
    ['a name of every object', { query: JSON.parse('{"__proto__x":"1"}') as object, columns: {} }],
  ])('does not keep %s', async (_what, state) => {
    const { context } = await world();
    await expect(save(context, 'x', { state })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it.each([
    ['what looks like a key', 'sk-proj-0123456789abcdef0123456789abcdef'],
    ['a key that there is', 'tiny'],
    ['a client token', 'see sk-client-0123456789'],
    ['the admin token', 'sk-admin-0123456789'],
    ['a secret of the settings', 'oidc-s3cret'],
    ['the password of a proxy', 'http://me:s3cret pass@localhost'],
    ['the same as it is written in addresses', 's3cret%20pass'],
  ])('does not keep %s, neither in its filters nor in its name', async (_what, secret) => {
    const { context } = await world({
      API_KEYS: `tiny,${keyNamed('b')}`,
      OIDC_CLIENT_SECRET: 'oidc-s3cret',
      PROXIES: 'http://me:s3cret%20pass@127.0.0.1:9',
    });
    const state = { query: { search: secret }, columns: {} };
    const refused = { code: 'invalid_input' };
    await expect(save(context, 'x', { state })).rejects.toMatchObject(refused);
    await expect(save(context, secret)).rejects.toMatchObject(refused);
    const { id } = await save(context, 'fine');
    await expect(updateView(context, { id, state })).rejects.toMatchObject(refused);
    expect(JSON.stringify(await listViews(context))).not.toContain(secret);
  });

  it.each([
    ['no name', { name: ' ' }],
    ['a name too long', { name: 'x'.repeat(81) }],
    ['a name of two lines', { name: 'a\nb' }],
    ['an unknown page', { page: 'settings' }],
    ['a value too long', { state: { query: { search: 'x'.repeat(1_001) }, columns: {} } }],
    ['a value of two lines', { state: { query: { search: 'a\u0000b' }, columns: {} } }],
    ['a value that is no text', { state: { query: { search: {} }, columns: {} } }],
    ['more than a state', { state: { query: {}, columns: {}, more: 1 } }],
  ])('the contract refuses %s', (_what, more) => {
    const view = { page: 'keys', name: 'x', state: { query: {}, columns: {} }, ...more };
    expect(viewsApi.create.body.safeParse(view).success).toBe(false);
  });
});
