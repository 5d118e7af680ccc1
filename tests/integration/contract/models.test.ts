import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask } from './ask';
import { inEveryFace, type Program } from './faces';
import { expectRefusal } from './refusal';

const model = (id: string) => ({
  id,
  object: 'model',
  created: 1_700_000_000,
  owned_by: 'test',
  extra: { a: [1] },
});
const MODELS = ['gpt-test', 'meta-llama/Llama-3.1-8B:free', 'secret-model', 'ft:gpt-4o:org::x'];
const LIST = reply.json(200, {
  object: 'list',
  data: MODELS.map(model),
  first_id: 'gpt-test',
  has_more: false,
});

function idsOf(json: Record<string, unknown>): string[] {
  return (json.data as { id: string }[]).map(({ id }) => id);
}

inEveryFace('models', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;
  // Lists are kept for a minute, so what needs a fresh one asks a provider of its own.
  const providers = Array.from({ length: 30 }, (_, index) => `p${index}`);
  let slug: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({
      BASE_URL: upstream.baseUrl,
      API_KEYS: 'sk-pool',
      MODEL_REQUEST_KEY: 'sk-models',
      FILTERED_MODELS: ['secret-model'],
      PROVIDERS_CONFIG: providers.map((path) => ({
        name: path,
        path,
        base_url: `${upstream.baseUrl}/${path}`,
        api_keys: [`sk-${path}`],
        max_retries: 0,
      })),
    });
  });
  beforeEach(() => {
    upstream.reset();
    upstream.fallbackReply = LIST;
    slug = providers.pop()!;
  });
  afterAll(() => upstream.stop());

  it('are listed with MODEL_REQUEST_KEY, which is used for nothing else', async () => {
    const answer = await ask(server, '/v1/models');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['x-request-id']).toBeTruthy();
    upstream.fallbackReply = reply.healthy;
    await ask(server, '/v1/chat/completions', { body: { model: 'gpt-test' } });
    await ask(server, '/v1/files');
    expect(upstream.requests.map(({ key, url }) => `${key} ${url}`)).toEqual([
      'sk-models /v1/models',
      'sk-pool /v1/chat/completions',
      'sk-pool /v1/files',
    ]);
  });

  it('are listed with a key of the pool if there is no MODEL_REQUEST_KEY', async () => {
    await ask(server, `/${slug}/v1/models`);
    expect(upstream.requests.map(({ key, url }) => `${key} ${url}`)).toEqual([
      `sk-${slug} /v1/${slug}/models`,
    ]);
  });

  it('keep all their fields and those of the list', async () => {
    const answer = await ask(server, `/${slug}/v1/models`);
    expect(answer.json()).toEqual({
      object: 'list',
      data: MODELS.filter((id) => id !== 'secret-model').map(model),
      first_id: 'gpt-test',
      has_more: false,
    });
  });

  it('are filtered in a bare list too', async () => {
    upstream.fallbackReply = reply.json(200, MODELS.map(model));
    const answer = await ask(server, `/${slug}/v1/models`);
    expect(JSON.parse(answer.text)).toEqual(MODELS.filter((id) => id !== 'secret-model').map(model));
  });

  it('are neither shown nor served when filtered', async () => {
    expectRefusal(await ask(server, `/${slug}/v1/models/secret-model`), 404, 'model_not_found');
    for (const path of ['chat/completions', 'embeddings', 'responses', 'images/generations']) {
      const answer = await ask(server, `/${slug}/v1/${path}`, { body: { model: 'secret-model' } });
      expectRefusal(answer, 404, 'model_not_found');
    }
    const form = new FormData();
    form.set('model', 'secret-model');
    const encoded = new Response(form);
    const answer = await ask(server, `/${slug}/v1/audio/transcriptions`, {
      body: Buffer.from(await encoded.arrayBuffer()),
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    });
    expectRefusal(answer, 404, 'model_not_found');
    expect(upstream.requests).toEqual([]);
  });

  it('are asked for once, however many clients want them at once', async () => {
    let release: () => void = () => undefined;
    upstream.fallbackReply = reply.slowHeaders(new Promise<void>((resolve) => (release = resolve)), LIST);
    const asking = Array.from({ length: 10 }, () => ask(server, `/${slug}/v1/models`));
    await upstream.waitForRequest();
    release();
    for (const answer of await Promise.all(asking)) expect(idsOf(answer.json())).toHaveLength(3);
    await ask(server, `/${slug}/v1/models/gpt-test`);
    await ask(server, `/${slug}/v1/models/`);
    expect(upstream.requests).toHaveLength(1);
  });

  it('are still listed while the upstream is down, as long as the list is fresh', async () => {
    const before = await ask(server, `/${slug}/v1/models`);
    await upstream.refuse();
    const after = await ask(server, `/${slug}/v1/models`);
    await upstream.accept();
    expect(after.status).toBe(200);
    expect(after.json()).toEqual(before.json());
  });

  it.each([
    ['gpt-test', 'gpt-test'],
    ['meta-llama/Llama-3.1-8B:free', 'meta-llama/Llama-3.1-8B:free'],
    ['meta-llama%2FLlama-3.1-8B%3Afree', 'meta-llama/Llama-3.1-8B:free'],
    ['ft:gpt-4o:org::x', 'ft:gpt-4o:org::x'],
  ])('are found by id: %s', async (path, id) => {
    const answer = await ask(server, `/v1/models/${path}`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json()).toEqual(model(id));
  });

  it('that are not in the list are looked for upstream', async () => {
    upstream.fallbackReply = (request, response) =>
      (request.url.endsWith('/models') ? LIST : reply.error(404, { code: 'model_not_found' }))(
        request,
        response,
      );
    const answer = await ask(server, '/v1/models/unlisted%2Fx');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ error: { message: 'scripted error', code: 'model_not_found' } });
    expect(upstream.requests.at(-1)).toMatchObject({ key: 'sk-pool', url: '/v1/models/unlisted%2Fx' });
  });

  it.each([404, 401, 500])(
    'of an upstream that answers with %i are refused, as nothing passes unfiltered',
    async (status) => {
      upstream.fallbackReply = reply.error(status, { message: 'no models here' });
      expectRefusal(await ask(server, `/${slug}/v1/models`), 502, 'upstream_unreachable');
    },
  );

  it('of an upstream that cannot be reached are refused', async () => {
    await upstream.refuse();
    const answer = await ask(server, `/${slug}/v1/models`);
    await upstream.accept();
    expectRefusal(answer, 502, 'upstream_unreachable');
  });

  it('of an upstream that speaks nonsense are refused, and asked for again', async () => {
    upstream.fallbackReply = reply.bytes(200, Buffer.from('<html>'), { 'content-type': 'text/html' });
    expectRefusal(await ask(server, `/${slug}/v1/models`), 502, 'upstream_invalid_answer');
    upstream.fallbackReply = LIST;
    expect(idsOf((await ask(server, `/${slug}/v1/models`)).json())).toHaveLength(3);
  });
});

inEveryFace('models of providers that have trouble with their list', (start) => {
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it('are listed by the pool, and filtered, when MODEL_REQUEST_KEY is refused', async () => {
    const server = await start({
      BASE_URL: upstream.baseUrl,
      API_KEYS: 'sk-pool',
      MODEL_REQUEST_KEY: 'sk-dead',
      FILTERED_MODELS: ['secret-model'],
    });
    upstream.fallbackReply = LIST;
    upstream.forKey('sk-dead', reply.error(401));
    const answer = await ask(server, '/v1/models');
    expect(answer.status).toBe(200);
    expect(idsOf(answer.json())).toEqual(MODELS.filter((id) => id !== 'secret-model'));
    expect(upstream.requests.map(({ key }) => key)).toEqual(['sk-dead', 'sk-pool']);
  });

  it("get the upstream's own words, status and all, when nothing has to be filtered", async () => {
    const server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-pool' });
    upstream.fallbackReply = reply.error(404, { message: 'no models here' });
    const answer = await ask(server, '/v1/models');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ error: { message: 'no models here' } });
  });
});
