import { describe, expect, it } from 'vitest';
import { keysApi } from '../../../lib/admin/contract/keys';
import { openapiApi } from '../../../lib/admin/contract/openapi';
import { providersApi } from '../../../lib/admin/contract/providers';
import { useServer } from './support';

const parts = useServer();
const { call, ask } = parts;

const LIMITS = {
  requestsPerMinute: 60,
  tokensPerDay: 1_000_000_000_000,
  models: { 'gpt-4o': { concurrency: 1 }, constructor: { requestsPerDay: 2 } },
  dayResetsAt: { time: '00:30', zone: 'America/Los_Angeles' },
};

let made = 0;
async function keyOfNewProvider() {
  made += 1;
  const provider = await call(providersApi.create, {
    name: `Limits ${made}`,
    baseUrl: parts.upstream.baseUrl,
    limits: LIMITS,
  });
  await call(keysApi.import, { provider: provider.slug, text: `sk-limits-${made}-0123456789abcdefghij` });
  const [key] = (await call(keysApi.list, { provider: provider.slug })).items;
  return { provider, key: key! };
}

const changeKey = (id: string, body: object) => ask('PATCH', `keys/${id}`, body);

describe('limits over the API', () => {
  it('of a provider are created, read, changed and taken away', async () => {
    const { provider } = await keyOfNewProvider();
    expect(provider.limits).toEqual(LIMITS);
    const { id } = provider;
    const changed = await call(providersApi.update, {
      id,
      version: provider.version,
      limits: { concurrency: 3 },
    });
    expect(changed.limits).toEqual({ concurrency: 3 });
    const without = await call(providersApi.update, { id, version: changed.version, limits: null });
    expect(without.limits).toBeNull();
    expect((await call(providersApi.read, { id })).limits).toBeNull();
  });

  it('and the account of a key likewise', async () => {
    const { key } = await keyOfNewProvider();
    expect(key).toMatchObject({ limits: null, account: null });
    const { id } = key;
    const changed = await call(keysApi.update, { id, limits: LIMITS, account: ' team a ' });
    expect(changed).toMatchObject({ limits: LIMITS, account: 'team a' });
    expect(await call(keysApi.read, { id })).toMatchObject({ limits: LIMITS, account: 'team a' });
    expect((await call(keysApi.list, { account: 'team a' })).items).toHaveLength(1);
    const { task } = await call(keysApi.bulk, { action: 'edit', ids: [id], set: { limits: null } });
    expect(task).toMatchObject({ state: 'succeeded', result: { action: 'edit', changed: 1 } });
    expect(await call(keysApi.read, { id })).toMatchObject({ limits: null, account: 'team a' });
  });

  it.each<[string, object, string]>([
    ['zero', { limits: { requestsPerMinute: 0 } }, 'limits.requestsPerMinute'],
    ['a negative number', { limits: { tokensPerDay: -5 } }, 'limits.tokensPerDay'],
    ['a model without a name', { limits: { models: { '': { concurrency: 1 } } } }, 'limits.models'],
    ['a model of two lines', { limits: { models: { 'a\nb': { concurrency: 1 } } } }, 'limits.models'],
    ['a fraction', { limits: { concurrency: 1.5 } }, 'limits.concurrency'],
    ['text', { limits: { requestsPerDay: '5' } }, 'limits.requestsPerDay'],
    ['more than counts safely', { limits: { requestsPerDay: 1e15 } }, 'limits.requestsPerDay'],
    [
      'a bad limit of a model',
      { limits: { models: { m: { concurrency: 0 } } } },
      'limits.models.m.concurrency',
    ],
    ['a bad time', { limits: { dayResetsAt: { time: '25:00', zone: 'UTC' } } }, 'limits.dayResetsAt.time'],
    [
      'an unknown zone',
      { limits: { dayResetsAt: { time: '00:00', zone: 'Mars' } } },
      'limits.dayResetsAt.zone',
    ],
    ['a field that is none', { limits: { requests_per_minute: 5 } }, 'limits.requests_per_minute'],
    ['an account that is too long', { account: 'x'.repeat(192) }, 'account'],
    ['an account of two lines', { account: 'a\nb' }, 'account'],
  ])('refuse %s, and name the field', async (_, body, field) => {
    const { key } = await keyOfNewProvider();
    const { status, error } = await changeKey(key.id, body);
    expect(status).toBe(400);
    expect(Object.keys(error?.fields ?? {})).toContain(field);
    expect(await call(keysApi.read, { id: key.id })).toMatchObject({ limits: null, account: null });
  });

  it('refuse __proto__ as a model, and take other odd names', async () => {
    const { key } = await keyOfNewProvider();
    const bad = JSON.parse('{"limits":{"models":{"__proto__":{"concurrency":1}}}}') as object;
    expect((await changeKey(key.id, bad)).status).toBe(400);
    const models = Object.fromEntries(
      ['toString', 'hasOwnProperty', 'a.b', 'ä🚀', 'models'].map((name) => [name, { concurrency: 1 }]),
    );
    const changed = await call(keysApi.update, { id: key.id, limits: { models } });
    expect(changed.limits).toEqual({ models });
  });

  it.each([
    ['an edit of nothing', { action: 'edit', filter: {}, set: {} }],
    ['an edit without a word', { action: 'edit', filter: {} }],
    ['what to set where nothing is edited', { action: 'reset', filter: {}, set: { account: 'a' } }],
  ])('refuse %s', async (_, body) => {
    expect((await ask('POST', 'keys/bulk', body)).status).toBe(400);
  });

  it('stand in the description of the API', async () => {
    const { components } = (await call(openapiApi.read, {})) as unknown as {
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    };
    expect(Object.keys(components.schemas['Limits']?.properties ?? {})).toEqual([
      'requestsPerMinute',
      'tokensPerMinute',
      'requestsPerDay',
      'tokensPerDay',
      'concurrency',
      'models',
      'dayResetsAt',
    ]);
  });
});
