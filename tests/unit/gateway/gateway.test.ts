import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startGateway, type InProcessGateway } from '../../support/gateway';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { Settings } from '../../../lib/config/settings';
import { TestClock } from '../balancer/support';

const CHAT = '/v1/chat/completions';
const ASKED = { model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] };
const KEY = 'sk-in-process-0123456789';

let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  onTestFinished(() => upstream.stop());
});

function gatewayWith(settings: Partial<Settings> = {}): InProcessGateway {
  return startGateway({ BASE_URL: upstream.baseUrl, API_KEYS: [KEY], ...settings });
}

describe('a client that goes away', () => {
  it('during a back-off ends its request at once: no key is called again', async () => {
    const clock = new TestClock();
    upstream.fallbackReply = reply.error(500);
    const { open, records, gateway } = startGateway(
      { BASE_URL: upstream.baseUrl, API_KEYS: [KEY, `${KEY}-b`, `${KEY}-c`] },
      { clock },
    );
    const leaving = new AbortController();
    const asleep = clock.nextSleep();
    const answer = open('POST', CHAT, { body: ASKED, signal: leaving.signal });
    await asleep;
    const calls = upstream.requests.length;
    leaving.abort();
    await gateway.idle();
    await answer;
    expect(upstream.requests).toHaveLength(calls);
    expect(records.map(({ outcome }) => outcome)).toEqual(['client_closed']);
    expect(records[0]!.trace.attempts).toHaveLength(calls);
  });

  it('in the middle of a stream ends the upstream request', async () => {
    const stream = reply.sseControlled();
    upstream.fallbackReply = stream.reply;
    const { open, gateway } = gatewayWith();
    const opening = open('POST', CHAT, { body: { ...ASKED, stream: true } });
    await stream.opened;
    stream.write('data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n');
    const reader = (await opening).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toContain('Hello');
    await reader.cancel();
    const [request] = upstream.requests;
    await request!.closed;
    expect(request!.wasAborted()).toBe(true);
    await gateway.idle();
  });
});

describe('an address', () => {
  it.each([
    'files?prefix=a/../b',
    'files?after=..%2f..%2fx&limit=2',
    'files?a=1?b=2',
    'files?',
    'files?%00=',
  ])('may hold anything in its query that can be sent, and keeps it: %s', async (path) => {
    const { inject } = gatewayWith();
    const { status } = await inject('GET', `/v1/${path}`);
    expect(status).toBe(200);
    expect(upstream.requests.map(({ url }) => url)).toEqual([`/v1/${path.replace(/\?$/, '')}`]);
  });

  it.each(['..%2finternal', 'files/..%5cx?a=b', '%252e%252e/internal?x', 'files%00', 'files/%ff'])(
    'that leads elsewhere is refused whatever its query: %s',
    async (path) => {
      const answer = await gatewayWith().inject('GET', `/v1/${path}`);
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ error: { code: 'invalid_path' } });
      expect(upstream.requests).toEqual([]);
    },
  );

  it('loses the parameters of its query that are credentials, and no others', async () => {
    await gatewayWith().inject('GET', '/v1/files?limit=2&key=abc&order=asc');
    expect(upstream.requests[0]!.url).toBe('/v1/files?limit=2&order=asc');
  });
});

describe('filtered models', () => {
  const idsOf = (json: Record<string, unknown>) => (json.data as { id: string }[]).map(({ id }) => id);

  it('are neither listed nor found nor served; the others are', async () => {
    const { inject } = gatewayWith({ FILTERED_MODELS: ['gpt-4o-mini'] });
    expect(idsOf((await inject('GET', '/v1/models')).json())).toEqual(['gpt-test']);
    const hidden = await inject('GET', '/v1/models/gpt-4o-mini');
    expect(hidden.status).toBe(404);
    expect(hidden.json()).toMatchObject({ error: { code: 'model_not_found' } });
    expect((await inject('GET', '/v1/models/gpt-test')).json()).toMatchObject({ id: 'gpt-test' });
    const asked = await inject('POST', CHAT, { body: { ...ASKED, model: 'gpt-4o-mini' } });
    expect(asked.json()).toMatchObject({ error: { code: 'model_not_found' } });
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1/models']);
  });

  it('change with the settings, for a list that is known already too', async () => {
    const { inject, configure } = gatewayWith();
    expect(idsOf((await inject('GET', '/v1/models')).json())).toEqual(['gpt-test', 'gpt-4o-mini']);
    configure({ FILTERED_MODELS: ['gpt-test'] });
    expect(idsOf((await inject('GET', '/v1/models')).json())).toEqual(['gpt-4o-mini']);
    expect(upstream.requests).toHaveLength(1);
  });

  it('are not told by an answer that is passed on: a list that failed is an error of ours', async () => {
    upstream.fallbackReply = reply.json(400, { error: { message: 'not gpt-4o-mini' } });
    const answer = await gatewayWith({ FILTERED_MODELS: ['gpt-4o-mini'] }).inject('GET', '/v1/models');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('gpt-4o-mini');
  });
});

describe('headers', () => {
  const sent = (name: string) => {
    const { rawHeaders } = upstream.requests[0]!;
    return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name);
  };

  it('of the provider replace those of the client, each once, however they are spelt', async () => {
    const { inject } = gatewayWith({
      CUSTOM_HEADERS: { 'X-Team': 'ours', Authorization: 'Basic own-secret' },
    });
    await inject('POST', CHAT, { body: ASKED, headers: { 'x-team': 'theirs', 'x-other': 'kept' } });
    expect(sent('x-team')).toEqual(['ours']);
    expect(sent('authorization')).toEqual(['Basic own-secret']);
    expect(sent('x-other')).toEqual(['kept']);
  });

  it('of the provider are sent even where the client may not say such a thing', async () => {
    const { inject } = gatewayWith({ CUSTOM_HEADERS: { 'OpenAI-Organization': 'org-ours' } });
    await inject('POST', CHAT, { body: ASKED, headers: { 'openai-organization': 'org-theirs' } });
    expect(sent('openai-organization')).toEqual(['org-ours']);
  });

  it("of the client that let it in never cross; the provider's key does", async () => {
    await gatewayWith().inject('POST', CHAT, { body: ASKED, headers: { 'api-key': 'client-token' } });
    expect(sent('authorization')).toEqual([`Bearer ${KEY}`]);
    expect(sent('api-key')).toEqual([]);
  });
});

it.each([
  ['the bare key', KEY],
  ['the key within words', `Incorrect API key provided: ${KEY}. Look it up.`],
  ['the key behind another scheme', `Token ${KEY}`],
])('no answer tells the key, whatever stands before it: %s', async (_what, message) => {
  upstream.fallbackReply = reply.error(400, { message });
  const { inject, records } = gatewayWith();
  const answer = await inject('POST', CHAT, { body: ASKED });
  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain(KEY);
  expect(JSON.stringify([...records[0]!.upstreamBodies])).not.toContain(KEY);
});

describe('who may come in', () => {
  it.each([
    ['no token', undefined, 'missing_token'],
    ['a wrong one', 'Bearer wrong-token', 'invalid_token'],
  ])('not with %s', async (_what, authorization, code) => {
    const answer = await gatewayWith().inject('POST', CHAT, { body: ASKED, headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(upstream.requests).toEqual([]);
  });
});

it('a body must be there, and name a model, where one is needed', async () => {
  const { inject } = gatewayWith();
  expect((await inject('POST', CHAT)).json()).toMatchObject({ error: { code: 'missing_body' } });
  expect((await inject('POST', CHAT, { body: {} })).json()).toMatchObject({
    error: { code: 'missing_model' },
  });
});

it('a gateway that shuts down refuses, and is idle when the last answer is out', async () => {
  const { inject, gateway } = gatewayWith();
  gateway.drain();
  expect((await inject('POST', CHAT, { body: ASKED })).status).toBe(503);
  await gateway.idle();
  expect(gateway.inFlight).toBe(0);
});
