import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as zlib from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
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
/** Of one that is at a single provider. */
const ownerOf = (owners: KnownOwners, id: string) => owners.ownersOf(id)[0];
const open: KnownOwners[] = [];
afterAll(async () => {
  for (const owners of open) await owners.close();
});

function start(settings: Partial<Settings> = {}) {
  const accountOf = async (keyId: string) => (keyId === 'k-of-acme' ? 'acme' : undefined);
  const store = { find: async () => [], save: none, delete: none };
  const owners = new KnownOwners({
    store,
    formerKeys: { accountOf },
    now: () => Date.now(),
    onError: () => undefined,
  });
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

/** Reasons before it answers. */
const reasoningProvider = () =>
  providerThat((body, answer) => {
    const isStream = body.includes('"stream":true');
    const item = { type: 'reasoning', id: `rs_${isStream}`, encrypted_content: 'x' };
    const kept = { id: `resp_${isStream}`, object: 'response', status: 'completed', output: [item] };
    answer.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    const done = { type: 'response.completed', response: kept };
    answer.end(isStream ? `data: ${JSON.stringify(done)}\n\n` : JSON.stringify(kept));
  });

async function providerThat(reply: (body: Buffer, answer: ServerResponse) => void): Promise<string> {
  const server = createServer((request, answer) => {
    request.on('data', (chunk: Buffer) => reply(chunk, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const PACKERS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['br', zlib.brotliCompressSync],
  ...('zstdCompressSync' in zlib
    ? [['zstd', zlib.zstdCompressSync as (bytes: Buffer) => Buffer] as const]
    : []),
];

describe('a request that names what a key has made', () => {
  it('goes to that key, and its story says so', async () => {
    const { inject, records } = start();
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    for (let count = 0; count < 5; count++) {
      const next = await inject('POST', '/v1/responses', { body: { ...response, previous_response_id: id } });
      expect(next.status).toBe(200);
    }
    expect(new Set(keysAsked()).size).toBe(1);
    expect(records[0]?.ownerLookup).toBeUndefined();
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

  it('goes to the target of its owner, under the name that the model has there', async () => {
    const { inject, records } = start({
      ...withFallback(),
      MODEL_ROUTES: [
        {
          name: 'both',
          targets: [
            { provider: 'first', model: 'm-first', weight: 1, tier: 1 },
            { provider: 'spare', model: 'm-spare', weight: 1, tier: 2 },
          ],
          on: ['unavailable'],
        },
      ],
    });
    for (const key of ['sk-a', 'sk-b']) world.limited.set(key, 60);
    const asked = { model: 'both', input: 'x' };
    const id = idOf(await inject('POST', '/v1/responses', { body: asked }));
    expect(world.keyOf(id)).toBe('sk-spare');
    world.limited.clear();
    for (let count = 0; count < 3; count++) {
      const next = await inject('POST', '/v1/responses', { body: { ...asked, previous_response_id: id } });
      expect(next.status).toBe(200);
      expect(records.at(-1)).toMatchObject({ provider: 'spare', model: 'm-spare', route: 'both' });
    }
    // Without a model as well: nothing else says where it is.
    expect((await inject('GET', `/v1/responses/${id}`)).status).toBe(200);
    expect(keysAsked().at(-1)).toBe('sk-spare');
    expect((await inject('GET', `/first/v1/responses/${id}`)).status).toBe(200);
  });

  it('waits for the owner alone, also where its route has other targets', async () => {
    const targets = ['first', 'spare'].map((provider) => ({ provider, weight: 1, tier: 1 }));
    const MODEL_ROUTES = [{ name: 'm', targets, on: ['unavailable'] }] as const;
    const { inject } = start({ ...withFallback(), MODEL_ROUTES: [...MODEL_ROUTES] });
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    const owner = world.keyOf(id) ?? '';
    world.limited.set(owner, 7);
    const next = await inject('POST', '/v1/responses', { body: { ...response, previous_response_id: id } });
    expect(next.status).toBe(429);
    expect(keysAsked()).toEqual([owner, owner]);
  });

  it('is looked for like any other where another provider, which is no fallback, has an owner of that id', async () => {
    const { inject, owners, gateway } = start(withFallback());
    const other = gateway.config.providers.get('first')?.pool.keys[0]?.config.keyId ?? '';
    owners.remember(['resp_1'], { provider: 'first', keyId: other });
    expect((await inject('GET', '/spare/v1/responses/resp_1')).status).toBe(404);
    expect(keysAsked()).toEqual(['sk-spare']);
  });

  it('is refused with 409 when the key is gone and no other has it', async () => {
    const { inject, owners } = start({ MAX_RETRIES: 2 });
    owners.remember(['resp_1'], { provider: 'default', keyId: 'k-gone' });
    for (const method of ['GET', 'DELETE']) {
      const refused = await inject(method, '/v1/responses/resp_1');
      expect(refused.status).toBe(409);
      expect(refused.json()).toMatchObject({
        error: { code: 'owner_unavailable', type: 'invalid_request_error' },
      });
      expect(refused.text).toMatch(/key k-gone of provider 'default', which is gone\. Restore the key/);
    }
    // What deletes asks nobody else.
    expect(new Set(keysAsked()).size).toBe(3);
    expect(keysAsked()).toHaveLength(3);
    expect(ownerOf(owners, 'resp_1')?.keyId).toBe('k-gone');
  });

  it('is refused with 409 when the key is gone and there is no other', async () => {
    const { inject, owners } = start({ API_KEYS: [] });
    owners.remember(['resp_1'], { provider: 'default', keyId: 'k-gone' });
    expect((await inject('GET', '/v1/responses/resp_1')).status).toBe(409);
  });

  it('goes to another key of the same account when its own is gone, and is refused when that is disabled', async () => {
    const { inject, owners, gateway } = start();
    const pool = gateway.config.providers.get('default')?.pool;
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    const heir = pool?.keys.find(({ config }) => config.secret === world.keyOf(id));
    if (pool === undefined || heir === undefined) return expect.fail('nobody has made it');
    pool.setKeys(
      pool.keys.map(({ config }) => (config === heir.config ? { ...config, account: 'acme' } : config)),
      () => undefined,
    );
    owners.remember([id], { provider: 'default', keyId: 'k-of-acme' });
    world.asked.length = 0;
    const next = { ...response, previous_response_id: id };
    for (let count = 0; count < 4; count++) {
      expect((await inject('POST', '/v1/responses', { body: next })).status).toBe(200);
    }
    expect(new Set(keysAsked())).toEqual(new Set([world.keyOf(id)]));
    pool.disable(heir.config.keyId, 'by hand');
    const refused = await inject('POST', '/v1/responses', { body: next });
    expect(refused.json()).toMatchObject({ error: { code: 'owner_unavailable' } });
    expect((await inject('GET', `/v1/responses/${id}`)).status).toBe(409);
  });

  it('is read with the key that has taken the place of the one that is gone, and then goes to it', async () => {
    const { inject, owners } = start({ MAX_RETRIES: 2 });
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    const owner = ownerOf(owners, id);
    owners.remember([id], { provider: 'default', keyId: 'k-gone' });
    expect((await inject('GET', `/v1/responses/${id}`)).json()).toMatchObject({ id });
    expect(ownerOf(owners, id)).toEqual(owner);
    world.asked.length = 0;
    const next = { ...response, previous_response_id: id };
    for (let count = 0; count < 5; count++) await inject('POST', '/v1/responses', { body: next });
    expect(new Set(keysAsked())).toEqual(new Set([world.keyOf(id)]));
  });

  it.each(PACKERS)('in a body that is compressed goes to that key too: %s', async (encoding, compress) => {
    const { inject, owners } = start();
    const headers = { 'content-encoding': encoding };
    const packed = (body: object) => compress(Buffer.from(JSON.stringify(body)));
    const first = await inject('POST', '/v1/responses', { body: packed(response), headers });
    const previous_response_id = idOf(first);
    const input = 'long '.repeat(100_000);
    for (const body of [response, { ...response, input }]) {
      for (let count = 0; count < 5; count++) {
        const packedNext = packed({ ...body, previous_response_id });
        const next = await inject('POST', '/v1/responses', { body: packedNext, headers });
        expect(next.status).toBe(200);
      }
    }
    expect(new Set(keysAsked()).size).toBe(1);
    const unstored = packed({ ...response, store: false });
    const unkept = idOf(await inject('POST', '/v1/responses', { body: unstored, headers }));
    expect(ownerOf(owners, unkept)).toBeUndefined();
  });

  it.each(['input_reference[file_id]', 'file_id', 'video[id]', 'container'])(
    'in a field of a form goes to that key, and what a file holds says nothing: %s',
    async (name) => {
      const { inject } = start();
      const id = idOf(await inject('POST', '/v1/files', { body: {} }));
      const other = idOf(await inject('POST', '/v1/files', { body: {} }));
      expect(world.keyOf(other)).not.toBe(world.keyOf(id));
      world.asked.length = 0;
      const form = new FormData();
      form.append('file_id', new Blob([other]), 'file_id');
      form.append('prompt', other);
      form.append(name, id);
      form.append('content', new Blob([`{"file_id":"${other}"}`]), 'content.json');
      const packed = new Response(form);
      const headers = { 'content-type': packed.headers.get('content-type') ?? '' };
      const body = Buffer.from(await packed.arrayBuffer());
      for (let count = 0; count < 5; count++) {
        expect((await inject('POST', '/v1/videos', { body, headers })).status).toBe(200);
      }
      expect(new Set(keysAsked())).toEqual(new Set([world.keyOf(id)]));
    },
  );

  it('in a part of a form that is JSON goes to that key', async () => {
    const { inject } = start();
    const id = idOf(await inject('POST', '/v1/files', { body: {} }));
    world.asked.length = 0;
    const form = new FormData();
    form.append('metadata', new Blob([JSON.stringify({ file_id: id })], { type: 'application/json' }));
    const packed = new Response(form);
    const headers = { 'content-type': packed.headers.get('content-type') ?? '' };
    const body = Buffer.from(await packed.arrayBuffer());
    for (let count = 0; count < 5; count++) await inject('POST', '/v1/videos', { body, headers });
    expect(new Set(keysAsked())).toEqual(new Set([world.keyOf(id)]));
  });

  it('in the arguments of a tool alone goes to any key', async () => {
    const { inject } = start();
    const id = idOf(await inject('POST', '/v1/files', { body: {} }));
    world.asked.length = 0;
    const parameters = { properties: { file: { default: { conversation_id: id } } } };
    const body = { ...response, tools: [{ type: 'function', name: 'f', parameters }] };
    for (let count = 0; count < 6; count++) {
      expect((await inject('POST', '/v1/responses', { body })).status).toBe(200);
    }
    expect(new Set(keysAsked()).size).toBe(3);
  });

  it.each(PACKERS)('in a form that is compressed goes to that key too: %s', async (encoding, compress) => {
    const { inject } = start();
    const id = idOf(await inject('POST', '/v1/files', { body: {} }));
    world.asked.length = 0;
    const form = new FormData();
    form.append('file_id', id);
    const packed = new Response(form);
    const type = packed.headers.get('content-type') ?? '';
    const headers = { 'content-type': type, 'content-encoding': encoding };
    const body = compress(Buffer.from(await packed.arrayBuffer()));
    for (let count = 0; count < 5; count++) await inject('POST', '/v1/videos', { body, headers });
    expect(new Set(keysAsked())).toEqual(new Set([world.keyOf(id)]));
  });

  it.each<[string, string, object, object, object]>([
    [
      'sound',
      '/v1/chat/completions',
      { model: 'm', messages: [], audio: { voice: 'alloy', format: 'wav' } },
      { id: 'chatcmpl-1', choices: [{ message: { role: 'assistant', audio: { id: 'made_1' } } }] },
      { model: 'gpt-audio', messages: [{ role: 'assistant', audio: { id: 'made_1' } }] },
    ],
    [
      'a container',
      '/v1/messages',
      { model: 'm', messages: [] },
      { id: 'msg_1', type: 'message', content: [], container: { id: 'made_1' } },
      { model: 'm', messages: [], container: { id: 'made_1', skills: [] } },
    ],
    [
      'a file of a batch',
      '/v1/batch/jobs',
      { input_files: ['f-1'] },
      { id: 'job-1', output_file: 'made_1' },
      { input_files: ['made_1'] },
    ],
  ])('that an answer has made beside itself goes to its key: %s', async (_what, path, first, made, next) => {
    const baseUrl = await providerThat((_body, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(made));
    });
    const { inject, owners, records } = start({ BASE_URL: baseUrl });
    await inject('POST', path, { body: first });
    expect(ownerOf(owners, 'made_1')).toBeDefined();
    expect(ownerOf(owners, 'msg_1') ?? ownerOf(owners, 'chatcmpl-1')).toBeUndefined();
    await inject('POST', path, { body: next });
    expect(records.at(-1)).toMatchObject({ trace: { attempts: [{ ownerOf: 'made_1' }] } });
  });

  it('that nobody knows is remembered once a key has not found it and another has: a stored prompt', async () => {
    const { inject } = start({ MAX_RETRIES: 2 });
    await inject('GET', '/v1/files');
    const { id } = world.make(world.worlds.get('sk-b') ?? new Map(), 'prompts');
    const ask = () => inject('POST', '/v1/responses', { body: { model: 'm', prompt: { id, version: '2' } } });
    for (let count = 0; count < 3; count++) expect((await ask()).status).toBe(200);
    world.asked.length = 0;
    for (let count = 0; count < 6; count++) expect((await ask()).status).toBe(200);
    expect(keysAsked()).toEqual(Array.from({ length: 6 }, () => 'sk-b'));
  });

  it.each([
    ['', true],
    ['/v1/realtime/calls/rtc_1', false],
    ['https://x/v1/realtime/calls/rtc_1?a=b', false],
    ['/v1/files/rtc_1', true],
  ])('of a call is told in the head of its answer: %j', async (location, isUnknown) => {
    const baseUrl = await providerThat((_body, answer) => {
      answer.writeHead(201, { 'content-type': 'application/sdp', location }).end('v=0');
    });
    const { inject, owners } = start({ BASE_URL: baseUrl });
    expect((await inject('POST', '/v1/realtime/calls', { body: { sdp: 'v=0' } })).status).toBe(201);
    expect(ownerOf(owners, 'rtc_1') === undefined).toBe(isUnknown);
  });

  it('of an answer that is not kept are the items that no other account can read', async () => {
    const { inject, owners } = start({ BASE_URL: await reasoningProvider() });
    for (const stream of [false, true]) {
      const body = { ...response, store: false, stream };
      expect((await inject('POST', '/v1/responses', { body })).status).toBe(200);
      expect(ownerOf(owners, `rs_${stream}`)).toBeDefined();
      expect(ownerOf(owners, `resp_${stream}`)).toBeUndefined();
    }
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
    expect(ids.map((id) => ownerOf(owners, id))).toEqual([undefined, undefined]);
  });

  it('is forgotten when it is deleted, and not when it is only taken out of something', async () => {
    const { inject, owners } = start({ API_KEYS: ['sk-a'] });
    const file = idOf(await inject('POST', '/v1/files', { body: {} }));
    const store = idOf(await inject('POST', '/v1/vector_stores', { body: {} }));
    await inject('DELETE', `/v1/vector_stores/${store}/files/${file}`);
    expect([ownerOf(owners, file), ownerOf(owners, store)]).not.toContain(undefined);
    await inject('DELETE', `/v1/files/${file}`);
    expect(ownerOf(owners, file)).toBeUndefined();
  });
});

describe('what an answer only mentions', () => {
  /** Answers with what the test says. */
  const saying = async (answerOf: () => object) =>
    start({
      BASE_URL: await providerThat((body, answer) => {
        const isStream = body.includes('"stream":true');
        answer.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
        const text = JSON.stringify(answerOf());
        answer.end(isStream ? `data: ${text}\n\n` : text);
      }),
    });
  const OTHER = { provider: 'default', keyId: 'k-other' };

  it.each<[string, string, object]>([
    ['a list', '/v1/conversations/conv_1/items', { object: 'list', data: [{ id: 'known' }] }],
    ['an item', '/v1/responses', { id: 'resp_1', output: [{ id: 'known', type: 'message' }] }],
    ['a citation', '/v1/responses', { id: 'resp_1', output: [{ annotations: [{ file_id: 'known' }] }] }],
    ['a reference', '/v1/batches', { id: 'batch_1', input_file_id: 'known', output_file_id: 'known' }],
    ['an object in it', '/v1/uploads', { id: 'upload_1', file: { id: 'known', object: 'file' } }],
    ['a conversation', '/v1/responses', { id: 'resp_1', conversation: { id: 'known' } }],
    ['a response in it', '/v1/evals', { id: 'eval_1', response: { id: 'known' } }],
    ['an item that is not kept', '/v1/responses', { store: false, output: [{ id: 'rs_known' }] }],
  ])('takes nothing from its owner: %s', async (_what, path, answer) => {
    const { inject, owners } = await saying(() => answer);
    owners.remember(['known', 'rs_known'], OTHER);
    for (const stream of [false, true]) {
      await inject('POST', path, { body: { ...response, stream, store: !('store' in answer) } });
    }
    expect(owners.ownersOf('known')).toEqual([OTHER]);
    expect(owners.ownersOf('rs_known')).toEqual([OTHER]);
    const made = 'id' in answer ? String(answer.id) : undefined;
    if (made !== undefined) expect(ownerOf(owners, made)?.isSupposed).toBeUndefined();
  });

  it('is learnt of up to a thousand objects of one answer, streamed or not', async () => {
    const data = Array.from({ length: 1_500 }, (_, index) => ({ id: `o${index}` }));
    const { inject, owners } = await saying(() => ({ object: 'list', data }));
    for (const stream of [false, true]) await inject('POST', '/v1/evals', { body: { stream } });
    expect(data.filter(({ id }) => ownerOf(owners, id) !== undefined)).toHaveLength(1_000);
  });

  it('is read by a GET without taking the id that the answer has for its own', async () => {
    const id = 'file-known';
    const { inject, owners } = start();
    const made = idOf(await inject('POST', '/v1/files', { body: {} }));
    owners.remember([id], OTHER);
    const objects = world.worlds.get(world.keyOf(made) ?? '');
    const object = objects?.get(made);
    if (object !== undefined) objects?.set(made, { ...object, id });
    expect((await inject('GET', `/v1/files/${made}`)).json()).toMatchObject({ id });
    expect(owners.ownersOf(id)).toEqual([OTHER]);
  });

  it('is doubted when that key does not have it, found with the one that does, and is that one\u2019s then', async () => {
    const { inject, owners, gateway } = start({ MAX_RETRIES: 2 });
    const id = idOf(await inject('POST', '/v1/files', { body: {} }));
    const owner = ownerOf(owners, id);
    const keys = gateway.config.providers.get('default')?.pool.keys ?? [];
    const other = keys.find(({ config }) => config.keyId !== owner?.keyId)?.config.keyId ?? '';
    owners.forget(id, 'default');
    owners.suppose([id], { provider: 'default', keyId: other });
    world.asked.length = 0;
    expect((await inject('GET', `/v1/files/${id}`)).json()).toMatchObject({ id });
    expect(ownerOf(owners, id)).toEqual(owner);
    expect(keysAsked().length).toBeLessThanOrEqual(3);
    expect(new Set(keysAsked()).size).toBe(keysAsked().length);
  });

  it('is answered as it is when nobody has it, and each key was asked once', async () => {
    const { inject, owners, gateway, records } = start({ MAX_RETRIES: 2 });
    const keyId = gateway.config.providers.get('default')?.pool.keys[0]?.config.keyId ?? '';
    owners.suppose(['file-none'], { provider: 'default', keyId });
    expect((await inject('GET', '/v1/files/file-none')).status).toBe(404);
    expect(keysAsked().toSorted()).toEqual(['sk-a', 'sk-b', 'sk-c']);
    expect(records[0]?.trace?.attempts).toHaveLength(3);
  });

  it('is answered by the only key there is, asked once', async () => {
    const { inject, owners, gateway } = start({ API_KEYS: ['sk-a'] });
    const keyId = gateway.config.providers.get('default')?.pool.keys[0]?.config.keyId ?? '';
    owners.suppose(['file-none'], { provider: 'default', keyId });
    expect((await inject('GET', '/v1/files/file-none')).status).toBe(404);
    expect(keysAsked()).toEqual(['sk-a']);
  });

  it.each(['disabled', 'gone'])(
    'by a key that is %s is looked for with others, else refused',
    async (how) => {
      const { inject, owners, gateway } = start({ MAX_RETRIES: 2 });
      const pool = gateway.config.providers.get('default')?.pool;
      const id = idOf(await inject('POST', '/v1/files', { body: {} }));
      const other = pool?.keys.find(({ config }) => config.keyId !== ownerOf(owners, id)?.keyId);
      const keyId = how === 'gone' ? 'k-gone' : (other?.config.keyId ?? '');
      owners.forget(id, 'default');
      owners.suppose([id, 'file-none'], { provider: 'default', keyId });
      if (how === 'disabled') pool?.disable(keyId, 'by hand');
      expect((await inject('GET', `/v1/files/${id}`)).json()).toMatchObject({ id });
      const refused = await inject('GET', '/v1/files/file-none');
      expect(refused.status).toBe(409);
      expect(refused.json()).toMatchObject({ error: { code: 'owner_unavailable' } });
    },
  );

  it('by a fallback is looked for at the provider asked when the fallback does not have it', async () => {
    const { inject, owners, gateway } = start(withFallback());
    const id = idOf(await inject('POST', '/v1/files', { body: {} }));
    const spare = gateway.config.providers.get('spare')?.pool.keys[0]?.config.keyId ?? '';
    owners.forget(id, 'first');
    owners.suppose([id], { provider: 'spare', keyId: spare });
    expect((await inject('GET', `/v1/files/${id}`)).json()).toMatchObject({ id });
  });
});

describe('objects of the same id at two providers', () => {
  it('are each the one of the provider that is asked, and deleted one by one', async () => {
    const { inject, owners, gateway } = start(withFallback());
    const key = (provider: string) => ({
      provider,
      keyId: gateway.config.providers.get(provider)?.pool.keys[0]?.config.keyId ?? '',
    });
    for (const secret of ['sk-a', 'sk-spare']) {
      const objects = new Map();
      world.worlds.set(secret, objects);
      const { id, ...made } = world.make(new Map(), 'files');
      objects.set('file-1', { ...made, id: 'file-1', was: id });
    }
    for (const provider of ['spare', 'first', 'spare']) owners.remember(['file-1'], key(provider));
    const get = (provider: string) => inject('GET', `/${provider}/v1/files/file-1`);
    for (const provider of ['first', 'spare', 'first']) expect((await get(provider)).status).toBe(200);
    expect(keysAsked()).toEqual(['sk-a', 'sk-spare', 'sk-a']);
    await inject('DELETE', '/spare/v1/files/file-1');
    expect(owners.ownersOf('file-1')).toEqual([key('first')]);
  });
});

describe('an object at a fallback', () => {
  it('that is disabled is refused with 409, which says so, and nobody is asked', async () => {
    const settings = withFallback();
    const providers = settings.PROVIDERS_CONFIG as unknown as { enabled: boolean }[];
    if (providers[1] !== undefined) providers[1].enabled = false;
    const { inject, owners, gateway } = start(settings);
    const spare = gateway.config.providers.get('spare')?.pool.keys[0]?.config.keyId ?? '';
    owners.remember(['file-1'], { provider: 'spare', keyId: spare });
    for (const method of ['GET', 'DELETE']) {
      const refused = await inject(method, '/v1/files/file-1');
      expect(refused.status).toBe(409);
      expect(refused.json()).toMatchObject({ error: { code: 'owner_unavailable' } });
      expect(refused.text).toMatch(
        /'file-1' belongs to key .* of provider 'spare'. That provider is disabled/,
      );
    }
    owners.suppose(['file-2'], { provider: 'spare', keyId: spare });
    expect((await inject('GET', '/v1/files/file-2')).status).toBe(404);
    expect(keysAsked()).not.toContain('sk-spare');
    expect(keysAsked()).toHaveLength(2);
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
