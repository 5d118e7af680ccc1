import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../../../lib/config/settings';
import { startGateway } from '../../../support/gateway';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../../support/scripted-upstream';

const MODELS = ['gpt-test', 'org/gpt-old', 'meta/llama 3'];
const LIST = { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) };

let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  onTestFinished(() => upstream.stop());
  upstream.fallbackReply = reply.json(200, LIST);
});

const gatewayWith = (settings: Partial<Settings> = {}) =>
  startGateway({ BASE_URL: upstream.baseUrl, API_KEYS: ['sk-serve-models'], ...settings });
const filtering = { FILTERED_MODELS: ['gpt-old'] };
const urls = () => upstream.requests.map(({ url }) => url);

describe('the list of models', () => {
  it('has no route of which no target can be asked', async () => {
    const target = (provider: string, model: string) => ({ provider, model, weight: 1, tier: 1 });
    const { inject } = gatewayWith({
      ...filtering,
      MODEL_ROUTES: [
        { name: 'gone', targets: [target('unknown', 'x')], on: ['unavailable'] },
        { name: 'filtered', targets: [target('default', 'org/gpt-old')], on: ['unavailable'] },
        {
          name: 'half',
          targets: [target('unknown', 'x'), target('default', 'x')],
          on: ['unavailable'],
        },
        { name: 'any-*', targets: [target('default', 'x')], on: ['unavailable'] },
      ],
    });
    const { data } = (await inject('GET', '/v1/models')).json() as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['gpt-test', 'meta/llama 3', 'half']);
  });

  it.each(['/v1/models', '/v1/models/'])(
    'is answered here, with its length and our request id: %s',
    async (path) => {
      const { inject, records } = gatewayWith();
      const answer = await inject('GET', path);
      expect(answer.json()).toEqual(LIST);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(answer.text)),
        'x-request-id': expect.stringMatching(/^req_/) as string,
      });
      expect(records).toMatchObject([
        { status: 200, outcome: 'success', responseBytes: Buffer.byteLength(answer.text) },
      ]);
      expect(records[0]!.trace.attempts).toHaveLength(1);
      expect(records[0]!.firstByteMs).toBeGreaterThanOrEqual(0);
    },
  );

  it('is without what is filtered', async () => {
    const { data } = (await gatewayWith(filtering).inject('GET', '/v1/models')).json() as typeof LIST;
    expect(data.map(({ id }) => id)).toEqual(['gpt-test', 'meta/llama 3']);
  });

  it('that failed is told in the words of its provider only if nothing has to be filtered', async () => {
    upstream.fallbackReply = reply.error(404, { message: 'no org/gpt-old here' });
    const open = await gatewayWith().inject('GET', '/v1/models');
    expect(open).toMatchObject({ status: 404, text: expect.stringContaining('gpt-old') as string });
    const filtered = await gatewayWith(filtering).inject('GET', '/v1/models');
    expect(filtered.status).toBe(502);
    expect(filtered.text).not.toContain('gpt-old');
  });

  it('that never came is told in ours', async () => {
    await upstream.refuse();
    const answer = await gatewayWith().inject('GET', '/v1/models');
    expect(answer.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
  });

  it.each(['POST', 'DELETE'])('with %s is left to the provider', async (method) => {
    await gatewayWith().inject(method, '/v1/models/gpt-test');
    expect(upstream.requests.map((request) => `${request.method} ${request.url}`)).toEqual([
      `${method} /v1/models/gpt-test`,
    ]);
  });
});

describe('one model', () => {
  it.each([
    ['gpt-test', 'gpt-test'],
    ['org%2Fgpt-old', 'org/gpt-old'],
    ['meta%2Fllama%203', 'meta/llama 3'],
  ])('is found in the list by its decoded id: %s', async (path, id) => {
    expect((await gatewayWith().inject('GET', `/v1/models/${path}`)).json()).toEqual({ id, object: 'model' });
    expect(urls()).toEqual(['/v1/models']);
  });

  it('that is not in the list is asked of the provider, whose attempts stand behind those for the list', async () => {
    const { inject, records } = gatewayWith();
    await inject('GET', '/v1/models/unlisted');
    expect(urls()).toEqual(['/v1/models', '/v1/models/unlisted']);
    expect(records[0]!.trace.attempts).toHaveLength(2);
  });

  it('is asked of the provider if the list fails', async () => {
    upstream.fallbackReply = (request, response) =>
      (request.url === '/v1/models' ? reply.error(404) : reply.json(200, { id: 'x' }))(request, response);
    expect((await gatewayWith(filtering).inject('GET', '/v1/models/x')).json()).toEqual({ id: 'x' });
  });

  // Also where it stands so deep, or behind such signs, that a path alone does not tell.
  it.each(['gpt-old', 'org%2Fgpt-old', 'a/b/c/d/e/gpt-old', 'a;b:gpt-old'])(
    'that is filtered does not exist, and nobody is asked for it: %s',
    async (path) => {
      const answer = await gatewayWith(filtering).inject('GET', `/v1/models/${path}`);
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: 'model_not_found' } });
      expect(urls()).toEqual([]);
    },
  );
});
