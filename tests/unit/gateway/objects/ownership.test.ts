import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../../lib/config/settings';
import { KnownOwners } from '../../../../lib/ownership/known-owners';
import { startGateway } from '../../../support/gateway';
import { ObjectWorld } from '../../../support/object-world';

let world: ObjectWorld;
beforeEach(async () => {
  world = await ObjectWorld.start();
  return () => world.stop();
});

const none = async () => undefined;
const open: KnownOwners[] = [];
afterAll(async () => {
  for (const owners of open) await owners.close();
});

function start(settings: Partial<Settings> = {}) {
  const store = { find: async () => [], save: none, delete: none };
  const owners = new KnownOwners({ store, now: () => Date.now(), onError: () => undefined });
  open.push(owners);
  const given = { BASE_URL: world.baseUrl, API_KEYS: ['sk-a', 'sk-b', 'sk-c'], ...settings };
  return { owners, ...startGateway(given, { owners }) };
}
/** A provider with two keys, and one that it falls back on. */
function withFallback(): Partial<Settings> {
  const provider = (path: string, keys: readonly string[], fallbacks: readonly string[]) => ({
    name: path,
    path,
    base_url: world.baseUrl,
    enabled: true,
    api_keys: keys.map((value) => ({ value, weight: 1 })),
    fallbacks,
  });
  const providers = [provider('first', ['sk-a', 'sk-b'], ['spare']), provider('spare', ['sk-spare'], [])];
  return {
    DEFAULT_PROVIDER: 'first',
    PROVIDERS_CONFIG: providers as unknown as Settings['PROVIDERS_CONFIG'],
  };
}
const response = { model: 'm', input: 'x' };
const idOf = (answer: { json(): Record<string, unknown> }) => String(answer.json().id);
const keysAsked = () => world.asked.map(({ key }) => key);

describe('a request that names what a key has made', () => {
  it('goes to that key, and its story says so', async () => {
    const { inject, records } = start();
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    for (let count = 0; count < 5; count++) {
      const next = await inject('POST', '/v1/responses', { body: { ...response, previous_response_id: id } });
      expect(next.status).toBe(200);
    }
    expect(new Set(keysAsked()).size).toBe(1);
    expect(records[0]).not.toHaveProperty('ownerLookup');
    expect(records[1]).toMatchObject({ ownerLookup: 'memory', trace: { attempts: [{ ownerOf: id }] } });
  });

  it('waits for it as long as it says, and asks no other key and no fallback', async () => {
    const { inject } = start(withFallback());
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    const owner = world.keyOf(id) ?? '';
    world.limited.set(owner, 7);
    const get = () => inject('GET', `/v1/responses/${id}`);
    const [first, second] = [await get(), await get()];
    expect([first.status, second.status]).toEqual([429, 429]);
    expect(second.headers.get('retry-after')).toBe('7');
    expect(second.json()).toMatchObject({ error: { code: 'all_keys_cooling' } });
    expect(second.text).toContain(id);
    expect(keysAsked()).toEqual([owner, owner]);
  });

  it('goes to the fallback that has made it, also once its own provider is back', async () => {
    const { inject } = start(withFallback());
    for (const key of ['sk-a', 'sk-b']) world.limited.set(key, 60);
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    expect(world.keyOf(id)).toBe('sk-spare');
    world.limited.clear();
    expect((await inject('GET', `/v1/responses/${id}`)).status).toBe(200);
    expect(keysAsked().at(-1)).toBe('sk-spare');
  });

  it('is looked for like any other where another provider, which is no fallback, has an owner of that id', async () => {
    const { inject, owners, gateway } = start(withFallback());
    const other = gateway.config.providers.get('first')?.pool.keys[0]?.config.keyId ?? '';
    owners.remember(['resp_1'], { provider: 'first', keyId: other });
    expect((await inject('GET', '/spare/v1/responses/resp_1')).status).toBe(404);
    expect(keysAsked()).toEqual(['sk-spare']);
  });

  it('is refused with 409 when the key is gone', async () => {
    const { inject, owners } = start();
    owners.remember(['resp_1'], { provider: 'default', keyId: 'k-gone' });
    const refused = await inject('GET', '/v1/responses/resp_1');
    expect(refused.status).toBe(409);
    expect(refused.json()).toMatchObject({
      error: { code: 'owner_unavailable', type: 'invalid_request_error' },
    });
  });

  it('with two owners goes by its path, then by what it cannot do without', async () => {
    const { inject } = start();
    const made = async () => idOf(await inject('POST', '/v1/responses', { body: response }));
    const [first, second] = [await made(), await made()];
    expect(world.keyOf(first)).not.toBe(world.keyOf(second));
    world.asked.length = 0;
    const body = { ...response, input: [{ file_id: second }], previous_response_id: first };
    await inject('POST', '/v1/responses', { body });
    await inject('POST', `/v1/responses/${second}/cancel`, { body: { previous_response_id: first } });
    expect(keysAsked()).toEqual([world.keyOf(first), world.keyOf(second)]);
  });

  it('is not bound by what an answer that is not kept was called', async () => {
    const { inject, owners } = start();
    const messages = [{ role: 'user', content: 'x' }];
    const ids = [
      idOf(await inject('POST', '/v1/responses', { body: { ...response, store: false } })),
      idOf(await inject('POST', '/v1/chat/completions', { body: { model: 'm', messages } })),
    ];
    expect(ids.map((id) => owners.ownerOf(id))).toEqual([undefined, undefined]);
  });

  it('is forgotten when it is deleted, and not when it is only taken out of something', async () => {
    const { inject, owners } = start({ API_KEYS: ['sk-a'] });
    const file = idOf(await inject('POST', '/v1/files', { body: {} }));
    const store = idOf(await inject('POST', '/v1/vector_stores', { body: {} }));
    await inject('DELETE', `/v1/vector_stores/${store}/files/${file}`);
    expect([owners.ownerOf(file), owners.ownerOf(store)]).not.toContain(undefined);
    await inject('DELETE', `/v1/files/${file}`);
    expect(owners.ownerOf(file)).toBeUndefined();
  });
});

describe('a list', () => {
  it('of more than 20 keys is one key\u2019s, and says so', async () => {
    const API_KEYS = Array.from({ length: 21 }, (_, index) => `sk-${index}`);
    const { inject } = start({ API_KEYS });
    const list = await inject('GET', '/v1/files');
    expect(list.headers.get('x-openai-balance-list')).toBe('1 of 21 keys');
    expect(world.asked).toHaveLength(1);
  });

  it('of one key is that key\u2019s, byte for byte', async () => {
    const { inject } = start({ API_KEYS: ['sk-a'] });
    const list = await inject('GET', '/v1/files?limit=3');
    expect(list.headers.has('x-openai-balance-list')).toBe(false);
    expect(list.json()).toMatchObject({ object: 'list', data: [] });
  });

  it('before a cursor ends where the cursor stands', async () => {
    const { inject } = start();
    const ids: string[] = [];
    for (let count = 0; count < 6; count++) ids.push(idOf(await inject('POST', '/v1/batches', { body: {} })));
    const newestFirst = ids.toReversed();
    const after = await inject('GET', `/v1/batches?limit=2&after=${newestFirst[1]}`);
    expect((after.json().data as { id: string }[]).map(({ id }) => id)).toEqual(newestFirst.slice(2, 4));
    expect(after.json().has_more).toBe(true);
  });
});
