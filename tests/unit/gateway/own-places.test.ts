import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startGateway } from '../../support/gateway';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';

let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  onTestFinished(() => upstream.stop());
});

const start = (FILTERED_MODELS: readonly string[] = []) =>
  startGateway({ BASE_URL: upstream.baseUrl, API_KEYS: ['sk-own-place-0001'], FILTERED_MODELS });

it.each([
  '/default/openai/deployments/gone/chat/completions',
  '/default/openai/deployments/g%6Fne/chat/completions',
  '/default/v1beta/models/gone:generateContent',
  '/default/v1beta/models/gone:streamGenerateContent?alt=sse',
  '/default/v1/models/gone:generateContent',
  '/v1beta/models/default/gone:generateContent',
  '/v1beta/models/models/gone:generateContent',
  '/v1beta/models/default%2Fgone:generateContent',
  '/openai/deployments/default/gone/chat/completions',
  '/openai/deployments/default%2fgone/chat/completions',
])('a model that is not served is refused by the address that names it: %s', async (path) => {
  const { inject } = start(['gone']);
  const { status, text } = await inject('POST', path, { body: { messages: [] } });
  expect([status, text]).toEqual([404, expect.stringContaining('model_not_found')]);
  expect(upstream.requests).toEqual([]);
});

it('the model of the address is the one that is asked, whatever the body says', async () => {
  const { inject, records } = start();
  const path = '/default/openai/deployments/a/chat/completions';
  for (const body of [{ messages: [] }, { model: 'b', messages: [] }]) await inject('POST', path, { body });
  expect(records.map(({ model, status }) => [model, status])).toEqual([
    ['a', 200],
    ['a', 200],
  ]);
  expect(upstream.requests.map(({ url }) => url)).toEqual(
    Array(2).fill('/openai/deployments/a/chat/completions'),
  );
});

it("a list of models is the provider's own there", async () => {
  const { inject } = start();
  await inject('GET', '/default/v1beta/models');
  expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1beta/models']);
});

it.each([
  '/v1beta/models/default%2F%2e%2e%2Fx:generateContent',
  '/v1beta/models/default%252F..%252Fx:generateContent',
  '/openai/deployments/default%2F..%2F..%2Fx/chat/completions',
  '/openai/deployments/default%2F%2Fx/chat/completions',
])('no name leads out of its place: %s', async (path) => {
  const { inject } = start();
  const { status, text } = await inject('POST', path, { body: { messages: [] } });
  expect([status, text]).toEqual([400, expect.stringContaining('invalid_path')]);
  expect(upstream.requests).toEqual([]);
});

it.each([
  ['/v1beta/models/team/gem:generateContent', '/v1beta/models/gem:generateContent'],
  ['/v1beta/models/models%2Fteam%2Fgem:generateContent', '/v1beta/models/gem:generateContent'],
  ['/v1beta/models/default/other:countTokens', '/v1beta/models/other:countTokens'],
  ['/v1beta/models/default/tunedModels/t:predict', '/v1beta/tunedModels/t:predict'],
  ['/openai/deployments/default/dep-1/chat/completions', '/openai/deployments/dep-1/chat/completions'],
  ['/openai/deployments/team%2Fgem/embeddings', '/openai/deployments/models%2Fgem/embeddings'],
])('a name with slashes leads to its route or its provider: %s', async (path, sent) => {
  const target = { provider: 'default', model: 'models/gem', weight: 1, tier: 1 };
  const { inject } = startGateway({
    BASE_URL: upstream.baseUrl,
    API_KEYS: ['sk-own-place-0001'],
    MODEL_ROUTES: [{ name: 'team/gem', targets: [target], on: ['unavailable'] }],
  });
  expect((await inject('POST', path, { body: { messages: [] } })).status).toBe(200);
  const urls = upstream.requests.filter(({ method }) => method === 'POST').map(({ url }) => url);
  expect(urls).toEqual([sent]);
});
