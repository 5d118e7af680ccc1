import { describe, expect, it } from 'vitest';
import { keysApi } from '../../../lib/admin/contract/keys';
import { providersApi } from '../../../lib/admin/contract/providers';
import { statsApi } from '../../../lib/admin/contract/stats';
import { chatCompletion, reply } from '../../support/scripted-upstream';
import { CLIENT, useServer } from './support';

const parts = useServer();
const { call, chat } = parts;

const headers = {
  'x-ratelimit-limit-requests': '100',
  'x-ratelimit-remaining-requests': '40',
  'x-ratelimit-reset-requests': '30s',
  'openai-organization': 'org-capacity',
};

async function providerWith(name: string, secret: string, limits?: { readonly requestsPerMinute: number }) {
  const provider = await call(providersApi.create, { name, baseUrl: parts.upstream.baseUrl, limits });
  await call(keysApi.import, { provider: provider.slug, text: secret });
  return provider.slug;
}

const keyOf = async (provider: string) => (await call(keysApi.list, { provider })).items[0]!;

describe('what is left, over the API', () => {
  it('of limits that are set goes down with each request, for the key, its provider and the model', async () => {
    const slug = await providerWith('Set', 'sk-capacity-0123456789abcdefghij', { requestsPerMinute: 10 });
    for (let sent = 0; sent < 3; sent += 1) await chat(CLIENT, `/${slug}/v1`, 'capacity-set');
    const room = { left: 7, limit: 10, resetsAt: expect.any(Number) as number };
    const { id, capacity } = await keyOf(slug);
    expect(capacity).toEqual({ requestsPerMinute: { ...room, source: 'set' }, models: [] });
    expect((await call(keysApi.read, { id })).capacity).toEqual(capacity);
    const { providers, models } = await call(statsApi.capacity, { provider: slug });
    const sum = { keys: 1, knownKeys: 1, requestsPerMinute: { ...room, keys: 1, sources: ['set'] } };
    expect(providers).toMatchObject([
      { slug, capacity: sum, models: [{ model: 'capacity-set', capacity: sum }] },
    ]);
    expect(models).toEqual([{ model: 'capacity-set', providers: 1, capacity: sum }]);
  });

  it('of limits that answers tell is what they told, and so is the account', async () => {
    const secret = 'sk-told-0123456789abcdefghijkl';
    const slug = await providerWith('Told', secret);
    expect(await keyOf(slug)).toMatchObject({ capacity: { models: [] }, learntAccount: null });
    parts.upstream.forKey(secret, reply.json(200, chatCompletion('Hello'), headers));
    await chat(CLIENT, `/${slug}/v1`, 'capacity-told');
    const requests = { left: 40, limit: 100, source: 'told', resetsAt: expect.any(Number) as number };
    const { capacity, learntAccount, account } = await keyOf(slug);
    expect(capacity).toEqual({ models: [{ model: 'capacity-told', requests }] });
    expect({ learntAccount, account }).toEqual({ learntAccount: 'org-capacity', account: null });
    expect((await call(keysApi.list, { account: 'org-capacity' })).total).toBe(1);
    expect((await call(keysApi.list, { search: 'capacity' })).total).toBe(1);
  });
});
