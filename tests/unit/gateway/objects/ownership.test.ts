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
    expect(owners.ownerOf('resp_1')?.keyId).toBe('k-gone');
  });

  it('is refused with 409 when the key is gone and there is no other', async () => {
    const { inject, owners } = start({ API_KEYS: [] });
    owners.remember(['resp_1'], { provider: 'default', keyId: 'k-gone' });
    expect((await inject('GET', '/v1/responses/resp_1')).status).toBe(409);
  });

  it('is read with the key that has taken the place of the one that is gone, and then goes to it', async () => {
    const { inject, owners } = start({ MAX_RETRIES: 2 });
    const id = idOf(await inject('POST', '/v1/responses', { body: response }));
    const owner = owners.ownerOf(id);
    owners.remember([id], { provider: 'default', keyId: 'k-gone' });
    expect((await inject('GET', `/v1/responses/${id}`)).json()).toMatchObject({ id });
    expect(owners.ownerOf(id)).toEqual(owner);
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
    expect(owners.ownerOf(unkept)).toBeUndefined();
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
    expect(owners.ownerOf('made_1')).toBeDefined();
    expect(owners.ownerOf('msg_1') ?? owners.ownerOf('chatcmpl-1')).toBeUndefined();
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
    expect(owners.ownerOf('rtc_1') === undefined).toBe(isUnknown);
  });

  it('of an answer that is not kept are the items that no other account can read', async () => {
    const { inject, owners } = start({ BASE_URL: await reasoningProvider() });
    for (const stream of [false, true]) {
      const body = { ...response, store: false, stream };
      expect((await inject('POST', '/v1/responses', { body })).status).toBe(200);
      expect(owners.ownerOf(`rs_${stream}`)).toBeDefined();
      expect(owners.ownerOf(`resp_${stream}`)).toBeUndefined();
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
