import { describe, expect, it } from 'vitest';
import { providerItemSchema } from '../../../../lib/admin/contract/providers';
import { SECRET_MASK } from '../../../../lib/admin/contract/values';
import type { AdminContext } from '../../../../lib/admin/context';
import { createProvider } from '../../../../lib/admin/providers/create';
import { deleteProvider } from '../../../../lib/admin/providers/delete';
import { listProviders } from '../../../../lib/admin/providers/list';
import { readProvider } from '../../../../lib/admin/providers/read';
import { reorderProviders } from '../../../../lib/admin/providers/reorder';
import { updateProvider } from '../../../../lib/admin/providers/update';
import { readSettings } from '../../../../lib/admin/settings/read';
import { keyNamed, NEW_PROVIDER, world } from '../support';

const INPUT = { ...NEW_PROVIDER, name: 'Other One', baseUrl: 'https://other.example/v1/' };
type Input = Parameters<typeof createProvider>[1];
const create = (context: AdminContext, more: Partial<Input> = {}) =>
  createProvider(context, { ...INPUT, ...more });

describe('creating', () => {
  it('serves at once, under a slug made from the name, after the others', async () => {
    const { context, gateway, restarted, audit } = await world();
    const item = await create(context);
    expect(providerItemSchema.parse(item)).toEqual(item);
    expect(item).toMatchObject({
      slug: 'other-one',
      baseUrl: 'https://other.example/v1',
      position: 1,
      version: 1,
    });
    expect(item.sdkUrls).toEqual(['/other-one/v1']);
    expect(gateway().providers.get('other-one')?.target.baseUrl).toBe('https://other.example/v1');
    expect((await restarted()).providers.map(({ slug }) => slug)).toEqual(['default', 'other-one']);
    expect(await audit()).toMatchObject([{ action: 'providers.create', target: 'other-one' }]);
  });

  it.each([
    [{ slug: 'api' }, 'slug'],
    [{ slug: 'v1' }, 'slug'],
    [{ slug: '../x' }, 'slug'],
    [{ name: '你好' }, 'slug'],
    [{ baseUrl: 'ftp://x' }, 'baseUrl'],
    [{ baseUrl: 'https://user:secret@x.example' }, 'baseUrl'],
    [{ customHeaders: { authorization: 'x' } }, 'customHeaders.authorization'],
    [{ customHeaders: { 'X-A': 'line\nbreak' } }, 'customHeaders.X-A'],
    [{ modelRequestKey: 'two words' }, 'modelRequestKey'],
    [{ auth: 'cookie' }, 'auth'],
    [{ auth: 'header:Host' }, 'auth'],
    [{ auth: 'api-key', customHeaders: { 'Api-Key': 'x' } }, 'customHeaders.Api-Key'],
    [{ auth: 'query:key', query: { key: 'x' } }, 'query.key'],
    [{ query: { 'api-version': 'line\nbreak' } }, 'query.api-version'],
    [{ query: { code: SECRET_MASK } }, 'query.code'],
    [{ preset: 'grok' }, 'preset'],
    [{ preset: 'azure', baseUrl: undefined }, 'baseUrl'],
    [{ baseUrl: undefined }, 'baseUrl'],
    [{ slug: 'a', fallbacks: ['a'] }, 'fallbacks.0'],
    [{ egress: { mode: 'own' as const, proxyIds: ['gone'] } }, 'egress.proxyIds.0'],
    [{ egress: { mode: 'own' as const, proxyIds: [] } }, 'egress.proxyIds'],
  ])('refuses %j and names the field', async (more, field) => {
    const { context, gateway, audit } = await world();
    await expect(create(context, more)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { [field]: expect.any(String) as unknown },
    });
    expect(gateway().providers.size).toBe(1);
    expect(await audit()).toEqual([]);
  });

  it('fills in what a preset has and what is not given', async () => {
    const { context, gateway } = await world();
    const made = {
      auth: 'x-api-key',
      testModel: 'claude-haiku-4-5',
      baseUrl: 'https://api.anthropic.com/v1',
    };
    expect(await create(context, { preset: 'Anthropic', baseUrl: undefined })).toMatchObject(made);
    expect(gateway().providers.get('other-one')?.target).toMatchObject({ auth: 'x-api-key' });
    const own = { slug: 'own', auth: 'bearer', testModel: 'mine', baseUrl: 'https://other.example/v1' };
    expect(await create(context, { ...own, preset: 'anthropic' })).toMatchObject(own);
  });

  it('refuses a slug that is taken', async () => {
    const { context } = await world();
    await create(context, { slug: 'twin' });
    await expect(create(context, { slug: 'twin' })).rejects.toMatchObject({ code: 'duplicate', status: 409 });
    expect(listProviders(context).total).toBe(2);
  });

  it('of two at once with the same slug one is made', async () => {
    const { context } = await world();
    const results = await Promise.allSettled([
      create(context, { slug: 'twin' }),
      create(context, { slug: 'twin' }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('changing', () => {
  it('of what goes with requests acts at once, outlasts a restart, and shows no secret', async () => {
    const { context, gateway, restarted } = await world();
    const { id, version } = await create(context, { query: { 'api-version': '1', token: 'a-secret-token' } });
    const query = { 'api-version': '2', token: SECRET_MASK };
    const shown = await updateProvider(context, { id, version, auth: 'header:X-Auth', query });
    expect(shown).toMatchObject({ auth: 'header:x-auth', query });
    const kept = { auth: 'header:x-auth', query: { 'api-version': '2', token: 'a-secret-token' } };
    expect(gateway().providers.get('other-one')?.target).toMatchObject(kept);
    expect((await restarted()).providers.at(-1)).toMatchObject(kept);
    const clash = { id, version: shown.version, customHeaders: { 'X-AUTH': 'x' } };
    await expect(updateProvider(context, clash)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('acts at once and leaves the keys and their state alone', async () => {
    const { context, gateway, pool } = await world({ API_KEYS: keyNamed('a') });
    const before = pool('default');
    const [provider] = listProviders(context).items;
    const { id = '', version = 0 } = provider ?? {};
    const item = await updateProvider(context, { id, version, maxFailures: 9, selectionPolicy: 'sticky' });
    expect(item).toMatchObject({
      maxFailures: 9,
      version: version + 1,
      effective: { selectionPolicy: 'sticky' },
    });
    expect(gateway().providers.get('default')?.pool).toBe(before);
    expect(before.config).toMatchObject({ maxFailures: 9, policy: 'sticky' });
    expect(before.size).toBe(1);
  });

  it('tells the second of two who edit at once', async () => {
    const { context } = await world();
    const { id, version } = await create(context);
    await updateProvider(context, { id, version, name: 'First' });
    await expect(updateProvider(context, { id, version, name: 'Second' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(listProviders(context).items[1]?.name).toBe('First');
  });

  it('never shows secrets, and keeps those whose mask comes back', async () => {
    const { context, gateway } = await world();
    const secrets = {
      customHeaders: { 'X-Api-Key': 'hidden-1', 'X-Team': 'blue' },
      modelRequestKey: 'sk-hidden-2',
    };
    const item = await create(context, { slug: 'other', ...secrets });
    expect(JSON.stringify(item)).not.toContain('hidden');
    expect(item.customHeaders).toEqual({ 'X-Api-Key': SECRET_MASK, 'X-Team': 'blue' });
    const { id, version, customHeaders, modelRequestKey } = item;
    await updateProvider(context, {
      id,
      version,
      customHeaders: { ...customHeaders, 'X-Team': 'red' },
      modelRequestKey,
    });
    const provider = gateway().providers.get('other');
    expect(provider?.target.customHeaders).toEqual({ 'X-Api-Key': 'hidden-1', 'X-Team': 'red' });
    expect(provider?.modelRequestKey?.secret).toBe('sk-hidden-2');
  });

  it.each(['viewer', 'operator'] as const)('shows a %s no value of a header or parameter', async (role) => {
    const { context } = await world({ CUSTOM_HEADERS: '{"X-Team":"hidden-0"}' });
    const { id } = await create(context, {
      slug: 'other',
      customHeaders: { 'X-Team': 'hidden-1', 'X-Api-Key': 'hidden-2' },
      query: { code: 'hidden-3' },
    });
    const asked = { ...context, caller: { ...context.caller, role } };
    expect(readProvider(asked, { id })).toMatchObject({
      customHeaders: { 'X-Team': SECRET_MASK, 'X-Api-Key': SECRET_MASK },
      query: { code: SECRET_MASK },
    });
    const settings = readSettings(asked);
    expect(settings.items.find(({ name }) => name === 'CUSTOM_HEADERS')?.value).toEqual({
      'X-Team': SECRET_MASK,
    });
    expect(JSON.stringify([listProviders(asked), settings])).not.toContain('hidden');
    expect(readProvider(context, { id }).customHeaders).toMatchObject({ 'X-Team': 'hidden-1' });
  });

  it('a provider of the settings keeps its slug, and is not deleted here', async () => {
    const { context } = await world();
    const [{ id, version } = { id: '', version: 0 }] = listProviders(context).items;
    await expect(updateProvider(context, { id, version, slug: 'new' })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    await expect(deleteProvider(context, { id })).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('a new slug serves at once, and the old one no more', async () => {
    const { context, gateway } = await world();
    const { id, version } = await create(context, { slug: 'old' });
    await updateProvider(context, { id, version, slug: 'new' });
    expect([...gateway().providers.keys()]).toEqual(['default', 'new']);
  });
});

it('puts providers in another order; those not named come after', async () => {
  const { context, restarted } = await world();
  const b = await create(context, { slug: 'b' });
  const c = await create(context, { slug: 'c' });
  const { items } = await reorderProviders(context, { ids: [c.id, b.id] });
  expect(items.map(({ slug }) => slug)).toEqual(['c', 'b', 'default']);
  expect((await restarted()).providers.map(({ slug }) => slug)).toEqual(['c', 'b', 'default']);
  await expect(reorderProviders(context, { ids: ['gone'] })).rejects.toMatchObject({
    fields: { 'ids.0': expect.any(String) as unknown },
  });
});

it('deletes a provider with its keys', async () => {
  const { context, gateway, store } = await world();
  const { id } = await create(context, { slug: 'other' });
  await deleteProvider(context, { id });
  expect(gateway().providers.has('other')).toBe(false);
  expect((await store.providers.list()).map(({ slug }) => slug)).toEqual(['default']);
  await expect(deleteProvider(context, { id })).rejects.toMatchObject({ code: 'not_found' });
});
