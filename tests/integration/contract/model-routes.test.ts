import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as zlib from 'node:zlib';
import {
  chatCompletion,
  chatStream,
  reply,
  startScriptedUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { ask, type Answer } from './ask';
import { inEveryFace, type Program } from './faces';
import { expectRefusal } from './refusal';

const MODELS = ['own-model', 'b/listed-here', 'secret-model'];
const list = (ids: readonly string[]) =>
  reply.json(200, { object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

/** Of each provider, its key is its name. */
const KEY = (slug: string) => `sk-${slug}-some-long-secret-key`;
const PROVIDERS = ['a', 'b', 'c', 'd', 'off'];
const ROUTES = [
  {
    name: 'shared',
    targets: [
      { provider: 'a', model: 'model-a', weight: 3 },
      { provider: 'b', model: 'model-b' },
    ],
  },
  {
    name: 'tiered',
    targets: [
      { provider: 'c', model: 'cheap' },
      { provider: 'd', model: 'dear', tier: 2 },
    ],
  },
  { name: 'one', targets: [{ provider: 'b', model: 'gpt-\u00fcnl\u00e4ufig "x"' }] },
  { name: 'same', targets: ['b'] },
  { name: 'team/gem', targets: [{ provider: 'b', model: 'models/gem' }] },
  { name: 'claude-*', targets: [{ provider: 'b', model: 'any-claude' }] },
  { name: 'claude-exact-*-x', targets: [{ provider: 'c' }] },
  { name: 'claude-exact', targets: [{ provider: 'a', model: 'exactly' }] },
  {
    name: 'long',
    targets: [
      { provider: 'a', model: 'short-one' },
      { provider: 'b', model: 'long-one', tier: 2 },
    ],
    on: ['unavailable', 'context_length', 'content_policy'],
  },
  {
    name: 'narrow',
    targets: [
      { provider: 'a', model: 'narrow-a' },
      { provider: 'b', model: 'narrow-b', tier: 2 },
    ],
    on: ['context_length'],
  },
  {
    name: 'twice',
    targets: [
      { provider: 'a', model: 'first' },
      { provider: 'a', model: 'second', tier: 2 },
    ],
  },
  {
    name: 'moved',
    targets: [
      { provider: 'c', model: 'retired' },
      { provider: 'd', model: 'new', tier: 2 },
    ],
  },
  { name: 'nobody', targets: ['off', 'unknown'] },
  { name: 'filtered', targets: [{ provider: 'a', model: 'secret-model' }] },
  {
    name: 'half-filtered',
    targets: [
      { provider: 'a', model: 'secret-model' },
      { provider: 'b', model: 'open-model', tier: 2 },
    ],
  },
  { name: 'own-model', targets: [{ provider: 'd', model: 'in-its-place' }] },
  {
    name: 'quick',
    targets: [
      { provider: 'a', model: 'slow' },
      { provider: 'b', tier: 2 },
    ],
    first_token_timeout: 0.2,
  },
];

inEveryFace('a model route', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [KEY('default')],
      DEFAULT_PROVIDER: 'home',
      FILTERED_MODELS: ['secret-model'],
      PROVIDERS_CONFIG: [
        ...PROVIDERS.map((path) => ({
          name: path,
          path,
          base_url: `${upstream.baseUrl}/${path}`,
          api_keys: [KEY(path)],
          enabled: path !== 'off',
          max_retries: 0,
        })),
        {
          name: 'falls',
          path: 'falls',
          base_url: upstream.baseUrl,
          api_keys: [KEY('falls')],
          max_retries: 0,
          fallbacks: [{ provider: 'b', models: { 'gpt-4o': 'my-deployment' } }, 'c'],
        },
      ],
      MODEL_ROUTES: ROUTES,
      WAIT_SECONDS: 0,
    });
  });
  beforeEach(() => {
    upstream.reset();
    upstream.fallbackReply = (request, response) =>
      (request.url.endsWith('/models') ? list(MODELS) : reply.healthy)(request, response);
  });
  afterAll(() => upstream.stop());

  const chat = (model: string, more: object = {}) =>
    ask(server, '/v1/chat/completions', {
      body: { model, messages: [{ role: 'user', content: 'hi' }], ...more },
    });
  const to = (slug: string): RecordedRequest[] => upstream.requestsOf(KEY(slug));
  const modelOf = ({ body }: RecordedRequest) => (JSON.parse(body.toString()) as { model: string }).model;
  const asked = (): (readonly [string, string])[] =>
    upstream.requests
      .filter(({ method }) => method === 'POST')
      .map((request) => [String(request.key?.split('-')[1]), modelOf(request)] as const);
  const expectOk = (answer: Answer) => expect([answer.status, answer.text]).toEqual([200, expect.anything()]);

  it('shares requests by weight: 3 to 1 over 400 is 300 to 100', async () => {
    for (let round = 0; round < 40; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => chat('shared')));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    }
    expect([to('a').length, to('b').length]).toEqual([300, 100]);
    expect(new Set(to('a').map(modelOf))).toEqual(new Set(['model-a']));
    expect(new Set(to('b').map(modelOf))).toEqual(new Set(['model-b']));
  });

  it('tells in the log the name asked, the route and the name sent', async () => {
    const log = await server.readLog(await chat('one'));
    expect(log).toMatchObject({ modelAsked: 'one', route: 'one', provider: 'b' });
    expect(log.model).toBe(ROUTES[2]?.targets.map((target) => (target as { model: string }).model)[0]);
  });

  it('goes to the second tier while the first is limited, and no client sees it', async () => {
    upstream.forKey(KEY('c'), reply.rateLimited({ retryAfter: '60' }));
    for (let time = 0; time < 5; time += 1) expectOk(await chat('tiered'));
    expect(asked()).toEqual([['c', 'cheap'], ...Array.from({ length: 5 }, () => ['d', 'dear'])]);
    const log = await server.readLog(await chat('tiered'));
    expect(log.trace.skippedProviders).toMatchObject([
      { provider: 'c', model: 'cheap', reason: 'all_cooling' },
    ]);
    expect(log.trace.attempts).toMatchObject([{ provider: 'd', model: 'dear' }]);
  });

  it('asks a target that lacks the model once, and others from then on', async () => {
    upstream.forKey(
      KEY('c'),
      reply.error(404, { code: 'model_not_found', message: 'The model `retired` does not exist.' }),
    );
    for (let time = 0; time < 3; time += 1) expectOk(await chat('moved'));
    expect(asked()).toEqual([
      ['c', 'retired'],
      ['d', 'new'],
      ['d', 'new'],
      ['d', 'new'],
    ]);
  });

  it('changes the name alone: every other byte of the body is as it was', async () => {
    const before =
      '{ "model_x":1,"a":{"model":"one"}, "big":9007199254740993,"e":"\\u00e9\\/", "mod\\u0065l" :\n"o\\u006ee"';
    const after = ' ,"messages":[{"role":"user","content":"the \\"model\\":\\"one\\""}],"n":1.0 }\n';
    expectOk(await ask(server, '/v1/chat/completions', { body: before + after }));
    const [request] = to('b');
    const name = JSON.stringify('gpt-\u00fcnl\u00e4ufig "x"');
    const wanted = before.replace('"o\\u006ee"', name) + after;
    expect(request?.body.toString()).toBe(wanted);
    expect(request?.headers['content-length']).toBe(String(Buffer.byteLength(wanted)));
  });

  it('leaves a body alone whose name stays', async () => {
    const body = '{"model":"same", "model2":"x",   "messages":[]}';
    expectOk(await ask(server, '/v1/chat/completions', { body }));
    expect(to('b')[0]?.body.toString()).toBe(body);
  });

  it('refuses a body that names its model twice, where the name changes', async () => {
    const body = '{"model":"one","messages":[],"model":"one"}';
    expectRefusal(await ask(server, '/v1/chat/completions', { body }), 400, 'ambiguous_model');
    expectOk(await ask(server, '/v1/chat/completions', { body: body.replaceAll('one', 'same') }));
  });

  it('changes the name in a body of 12 MB', async () => {
    const filling = 'x'.repeat(12 * 2 ** 20);
    const body = (model: string) =>
      `{"input":"${filling}","model":${JSON.stringify(model)},"z":{"model":"one"}}`;
    expectOk(await ask(server, '/v1/embeddings', { body: body('one') }));
    expect(to('b')[0]?.body.equals(Buffer.from(body('gpt-\u00fcnl\u00e4ufig "x"')))).toBe(true);
  });

  const form = (model: string, file: string | Buffer) =>
    Buffer.concat([
      Buffer.from('--xx\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'),
      Buffer.from(file),
      Buffer.from(`\r\n--xx\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}`),
      Buffer.from('\r\n--xx\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nmodel\r\n--xx--\r\n'),
    ]);
  const sendForm = (model: string, file: string | Buffer) =>
    ask(server, '/v1/audio/transcriptions', {
      body: form(model, file),
      headers: { 'content-type': 'multipart/form-data; boundary=xx' },
    });

  it.each([
    ['small', 'name="model"\r\n\r\none'],
    ['large', Buffer.alloc(5 * 2 ** 20, '\r\n--x')],
  ])('changes the name in a form with a %s file', async (_size, file) => {
    expectOk(await sendForm('claude-3', file));
    expect(to('b')[0]?.body.equals(form('any-claude', file))).toBe(true);
  });

  it('decodes an encoded body to change the name, and sends it plain', async () => {
    const body = '{"model":"one", "messages":[]}';
    const answer = await ask(server, '/v1/chat/completions', {
      body: zlib.gzipSync(body),
      headers: { 'content-encoding': 'gzip' },
    });
    expectOk(answer);
    expect(to('b')[0]?.headers['content-encoding']).toBeUndefined();
    expect(modelOf(to('b')[0]!)).toBe('gpt-\u00fcnl\u00e4ufig "x"');
  });

  it('is found by its exact name, then by the first pattern that fits', async () => {
    for (const model of ['claude-3', 'claude-exact', 'claude-exact-1-x', 'own-model'])
      expectOk(await chat(model));
    expect(asked()).toEqual([
      ['b', 'any-claude'],
      ['a', 'exactly'],
      ['b', 'any-claude'],
      ['d', 'in-its-place'],
    ]);
  });

  it('does not count at the address of a provider', async () => {
    expectOk(await ask(server, '/c/v1/chat/completions', { body: { model: 'one', messages: [] } }));
    expectOk(await ask(server, '/hf/v1/chat/completions', { body: { model: 'one', messages: [] } }));
    expect(asked().map(([slug]) => slug)).toEqual(['c', 'b']);
  });

  it('is found in an address that names the model', async () => {
    const body = { contents: [], model: 'left' };
    expectOk(await ask(server, '/v1beta/models/claude-3:generateContent?x=1', { body }));
    expectOk(await ask(server, '/openai/deployments/claude-3/chat/completions?api-version=1', { body }));
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/v1beta/models/any-claude:generateContent?x=1',
      '/openai/deployments/any-claude/chat/completions?api-version=1',
    ]);
    expect(upstream.requests.map(({ body: sent }) => JSON.parse(sent.toString()) as unknown)).toEqual([
      body,
      body,
    ]);
  });

  it.each([
    ['/v1beta/models/team/gem:generateContent', '/v1beta/models/gem:generateContent'],
    ['/v1beta/models/models%2Fteam%2Fgem:generateContent', '/v1beta/models/gem:generateContent'],
    ['/v1beta/models/b/other:countTokens', '/v1beta/models/other:countTokens'],
    ['/v1beta/models/b/tunedModels/t:predict', '/v1beta/tunedModels/t:predict'],
    ['/openai/deployments/team/gem/embeddings', '/openai/deployments/models%2Fgem/embeddings'],
    ['/openai/deployments/b/dep-1/chat/completions', '/openai/deployments/dep-1/chat/completions'],
    ['/openai/deployments/b%2Fdep-1/chat/completions', '/openai/deployments/dep-1/chat/completions'],
  ])('is found in an address also by a name with slashes: %s', async (path, sent) => {
    expectOk(await ask(server, path, { body: { messages: [] } }));
    // What the default provider lists is asked for once.
    const asked = upstream.requests.filter(({ url }) => url !== '/v1/models');
    expect(asked.map(({ url, key }) => [url, key])).toEqual([[sent, KEY('b')]]);
  });

  it.each(['plain', 'packed'])(
    'is named so in a %s body too that says again what the address says',
    async (how) => {
      const text = (name: string) =>
        `{ "requests" : [ {"model": ${JSON.stringify(`models/${name}`)}, "n": 9007199254740993, "content": {"parts": [` +
        '{"text": "a \\"model\\": \\"models/claude-3\\""}]}}, { "model":"models/other" },' +
        `{"model":${JSON.stringify(name)}}] }`;
      const isPacked = how === 'packed';
      const plain = Buffer.from(text('claude-3'));
      const body = isPacked ? zlib.gzipSync(plain) : plain;
      const headers = { 'content-type': 'application/json', ...(isPacked && { 'content-encoding': 'gzip' }) };
      expectOk(await ask(server, '/v1beta/models/claude-3:batchEmbedContents', { body, headers }));
      const [sent] = upstream.requests;
      expect(sent?.url).toBe('/v1beta/models/any-claude:batchEmbedContents');
      expect(sent?.headers['content-encoding']).toBeUndefined();
      expect(sent?.body.toString()).toBe(text('any-claude'));
    },
  );

  const tooLong = reply.json(400, {
    error: {
      message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  });
  const refused = reply.error(400, {
    code: 'content_policy_violation',
    message: 'Your request was rejected',
  });

  it.each([
    ['too long', tooLong],
    ['against the policy', refused],
  ])('asks the next target for what is %s to the first', async (_what, first) => {
    upstream.forKey(KEY('a'), first);
    expectOk(await chat('long'));
    expect(asked()).toEqual([
      ['a', 'short-one'],
      ['b', 'long-one'],
    ]);
  });

  it('passes on the first of these answers if nobody has a better one', async () => {
    upstream.forKey(KEY('a'), tooLong);
    upstream.forKey(KEY('b'), reply.error(500));
    const answer = await chat('long');
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('8192');
    upstream.forKey(KEY('b'), refused);
    expect((await chat('long')).text).toContain('8192');
  });

  it('asks nobody else for them unless the route says so', async () => {
    upstream.forKey(KEY('a'), tooLong);
    expect((await chat('claude-exact')).status).toBe(400);
  });

  it('asks nobody else because a target is unavailable where only other reasons count', async () => {
    upstream.forKey(KEY('a'), reply.error(503));
    expect((await chat('narrow')).status).toBe(503);
    upstream.forKey(KEY('a'), tooLong);
    expectOk(await chat('narrow'));
  });

  it('may name one provider with several models', async () => {
    upstream.forKey(
      KEY('a'),
      reply.error(404, { code: 'model_not_found', message: 'no such model' }),
      reply.healthy,
    );
    expectOk(await chat('twice'));
    expect(asked()).toEqual([
      ['a', 'first'],
      ['a', 'second'],
    ]);
  });

  it('has a time of its own for the first content', async () => {
    const silent = reply.sseControlled();
    upstream.forKey(KEY('a'), silent.reply);
    upstream.forKey(KEY('b'), reply.sse(chatStream(['there'])));
    const answer = await chat('quick', { stream: true });
    expect(answer.text).toContain('there');
    expect(asked().map(([slug]) => slug)).toEqual(['a', 'b']);
  });

  it('says so if none of its providers exists and is enabled', async () => {
    expectRefusal(await chat('nobody'), 503, 'no_key_available');
  });

  it('sends no model that is not served here', async () => {
    expectRefusal(await chat('filtered'), 404, 'model_not_found');
    expectOk(await chat('half-filtered'));
    expect(asked()).toEqual([['b', 'open-model']]);
  });

  it('is not needed for provider/model', async () => {
    expectOk(await chat('B/some/model'));
    expect(asked()).toEqual([['b', 'some/model']]);
    const log = await server.readLog(await chat('b/other'));
    expect(log).toMatchObject({ model: 'other', modelAsked: 'b/other', route: null, provider: 'b' });
  });

  it('leaves provider/model to the default provider if that lists it, or if there is no such provider', async () => {
    for (const model of ['b/listed-here', 'nowhere/x', 'off/x']) expectOk(await chat(model));
    expect(asked()).toEqual([
      ['default', 'b/listed-here'],
      ['default', 'nowhere/x'],
      ['default', 'off/x'],
    ]);
  });

  it('is listed beside the models of the default provider', async () => {
    const answer = await ask(server, '/v1/models');
    const items = answer.json().data as { id: string; owned_by?: string }[];
    expect(items.map(({ id }) => id)).toEqual([
      'own-model',
      'b/listed-here',
      ...ROUTES.map(({ name }) => name).filter(
        (name) => !name.includes('*') && !['own-model', 'nobody', 'filtered'].includes(name),
      ),
    ]);
    expect(items.find(({ id }) => id === 'one')).toMatchObject({ object: 'model', owned_by: 'route' });
  });

  it.each(['one', 'claude-7'])('is found in the list by its name: %s', async (name) => {
    expect((await ask(server, `/v1/models/${name}`)).json()).toMatchObject({ id: name, owned_by: 'route' });
  });

  it('lists a model of another provider by its whole name', async () => {
    for (const path of ['c/own-model', 'c%2Fown-model']) {
      expect((await ask(server, `/v1/models/${path}`)).json()).toMatchObject({ id: 'c/own-model' });
    }
  });

  it('is no part of a fallback, which may call models otherwise', async () => {
    upstream.forKey(KEY('falls'), reply.error(500));
    const send = (model: string) =>
      ask(server, '/falls/v1/chat/completions', { body: { model, messages: [] } });
    expectOk(await send('gpt-4o'));
    expectOk(await send('gpt-5'));
    upstream.forKey(KEY('b'), reply.error(500));
    expectOk(await send('gpt-4o'));
    expect(asked()).toEqual([
      ['falls', 'gpt-4o'],
      ['b', 'my-deployment'],
      ['falls', 'gpt-5'],
      ['b', 'gpt-5'],
      ['falls', 'gpt-4o'],
      ['b', 'my-deployment'],
      ['c', 'gpt-4o'],
    ]);
  });

  it('answers what the provider says of the model', async () => {
    upstream.forKey(KEY('b'), reply.json(200, chatCompletion('hi', 'gpt-real')));
    expect((await chat('one')).json()).toMatchObject({ model: 'gpt-real' });
  });
});

inEveryFace('the list of all models', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const provider = (path: string, enabled = true) => ({
      name: path,
      path,
      base_url: `${upstream.baseUrl}/${path}`,
      api_keys: [KEY(path)],
      max_retries: 0,
      enabled,
    });
    server = await start({
      DEFAULT_PROVIDER: 'first',
      PROVIDERS_CONFIG: [
        provider('first', false),
        provider('second'),
        provider('broken'),
        provider('off', false),
      ],
      MODEL_ROUTES: [{ name: 'fast', targets: [{ provider: 'second', model: 'x' }] }],
      FILTERED_MODELS: ['secret-model'],
      LIST_ALL_MODELS: true,
      WAIT_SECONDS: 0,
    });
    upstream.fallbackReply = (request, response) =>
      (request.url.endsWith('/models') ? list(MODELS) : reply.healthy)(request, response);
    upstream.forKey(KEY('broken'), reply.error(500));
  });
  afterAll(() => upstream.stop());

  it('has those of each enabled provider that can be asked, and routes, though the default one is disabled', async () => {
    const answer = await ask(server, '/v1/models');
    expect(answer.status).toBe(200);
    const ids = (answer.json().data as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(['fast', 'second/own-model', 'second/b/listed-here']);
    expect((await ask(server, '/v1/models/second/own-model')).json()).toMatchObject({
      id: 'second/own-model',
    });
  });

  it('is not that of a provider with an address of its own', async () => {
    const answer = await ask(server, '/second/v1/models');
    expect((answer.json().data as { id: string }[]).map(({ id }) => id)).toEqual([
      'own-model',
      'b/listed-here',
    ]);
  });

  it('leads to what it has, though the default provider is disabled', async () => {
    const send = (model: string) => ask(server, '/v1/chat/completions', { body: { model, messages: [] } });
    expect((await send('fast')).status).toBe(200);
    expect((await send('second/own-model')).status).toBe(200);
    expectRefusal(await send('own-model'), 404, 'provider_not_found');
  });
});
