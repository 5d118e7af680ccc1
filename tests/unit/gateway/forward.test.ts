import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../../lib/config/settings';
import { startGateway } from '../../support/gateway';
import {
  chatChunk,
  chatStream,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { TestClock } from '../balancer/support';

const CHAT = '/v1/chat/completions';
const ASKED = { model: 'gpt-test', messages: [] };
const KEY = 'sk-forward-0123456789';
const HTML = reply.bytes(200, Buffer.from('<!doctype html><p>hi'), { 'content-type': 'text/html' });

let upstream: ScriptedUpstream;

async function newUpstream(): Promise<ScriptedUpstream> {
  const one = await startScriptedUpstream();
  onTestFinished(() => one.stop());
  return one;
}

beforeEach(async () => {
  upstream = await newUpstream();
});

const gatewayWith = (settings: Partial<Settings> = {}, options = {}) =>
  startGateway({ BASE_URL: upstream.baseUrl, API_KEYS: [KEY], MAX_RETRIES: 0, ...settings }, options);
const provider = (path: string, base_url: string, more: object = {}) => ({
  name: path,
  path,
  base_url,
  enabled: true,
  api_keys: [{ value: `sk-${path}-0123456789`, weight: 1 }],
  ...more,
});

describe('what is sent to a provider', () => {
  it('is the method, path and query, and the body byte for byte', async () => {
    const body = '{ "model":"gpt-test" }';
    await gatewayWith().inject('PUT', '/v1/some/path?a=1&b', { body });
    expect(upstream.requests).toMatchObject([{ method: 'PUT', url: '/v1/some/path?a=1&b' }]);
    expect(upstream.requests[0]!.body.toString()).toBe(body);
  });

  it('has no body, and says nothing of one, if the client sent none', async () => {
    await gatewayWith().inject('DELETE', '/v1/files/f');
    expect(upstream.requests[0]!.body).toHaveLength(0);
    expect(Object.keys(upstream.requests[0]!.headers)).not.toContain('content-length');
  });

  it('goes where the keys are for at that moment: an attempt behind a change goes to the new address', async () => {
    const clock = new TestClock();
    const moved = await newUpstream();
    upstream.fallbackReply = reply.error(500);
    const { inject, configure } = gatewayWith({ MAX_RETRIES: 1 }, { clock });
    const asleep = clock.nextSleep();
    const asking = inject('POST', CHAT, { body: ASKED });
    await asleep;
    configure({ BASE_URL: moved.baseUrl });
    clock.advance(10_000);
    expect((await asking).status).toBe(200);
    expect([upstream.requests.length, moved.requests.length]).toEqual([1, 1]);
  });
});

describe('a page of HTML', () => {
  it.each([
    ['POST', CHAT],
    ['GET', '/v1/models/unlisted'],
  ])('is no answer where something is computed, or models are told: %s %s', async (method, path) => {
    upstream.fallbackReply = HTML;
    const answer = await gatewayWith().inject(method, path, method === 'POST' ? { body: ASKED } : {});
    expect(answer.json()).toMatchObject({ error: { code: 'upstream_invalid_answer' } });
  });

  it.each([
    ['POST', '/v1/files'],
    ['GET', '/v1/files/f/content'],
  ])('is one anywhere else: %s %s', async (method, path) => {
    upstream.fallbackReply = HTML;
    const answer = await gatewayWith().inject(method, path, method === 'POST' ? { body: ASKED } : {});
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('<p>hi') as string });
  });
});

describe('when there is no answer', () => {
  it('the error names the provider that was asked last, and why it rests', async () => {
    await upstream.refuse();
    const { inject } = gatewayWith({
      DEFAULT_PROVIDER: 'first',
      PROVIDERS_CONFIG: [
        provider('first', upstream.baseUrl, { fallbacks: ['spare'] }),
        provider('spare', upstream.baseUrl),
      ] as unknown as Settings['PROVIDERS_CONFIG'],
    });
    const { error } = (await inject('POST', CHAT, { body: ASKED })).json() as { error: { message: string } };
    expect(error).toMatchObject({
      code: 'upstream_unreachable',
      message: expect.stringContaining("'spare'") as string,
    });
  });

  it('the log has all attempts and skipped providers, and what upstreams said of each failure, in short', async () => {
    const spare = await newUpstream();
    upstream.fallbackReply = reply.error(503, { message: 'x'.repeat(40_000) });
    const { inject, records } = gatewayWith({
      DEFAULT_PROVIDER: 'first',
      PROVIDERS_CONFIG: [
        provider('first', upstream.baseUrl, { fallbacks: ['empty', 'off', 'spare'] }),
        provider('empty', upstream.baseUrl, { api_keys: [] }),
        provider('off', upstream.baseUrl, { enabled: false }),
        provider('spare', spare.baseUrl),
      ] as unknown as Settings['PROVIDERS_CONFIG'],
    });
    expect((await inject('POST', CHAT, { body: ASKED })).status).toBe(200);
    const [{ trace, upstreamBodies, provider: answeredBy }] = records as [(typeof records)[0]];
    expect(trace.attempts.map((attempt) => attempt.provider)).toEqual(['first', 'spare']);
    expect(trace.skippedProviders).toMatchObject([{ provider: 'empty', reason: 'no_keys' }]);
    expect(answeredBy).toBe('spare');
    expect([...upstreamBodies.keys()]).toEqual([0]);
    expect(upstreamBodies.get(0)!.length).toBeLessThan(20_000);
  });
});

describe('a gateway that is cut off', () => {
  it('ends a stream with an error event that says so, and its upstream request', async () => {
    const stream = reply.sseControlled();
    upstream.fallbackReply = stream.reply;
    const { open, gateway, records } = gatewayWith();
    const opening = open('POST', CHAT, { body: { ...ASKED, stream: true } });
    await stream.opened;
    stream.write(chatChunk('Hello'));
    const reader = (await opening).body!.getReader();
    let text = Buffer.from((await reader.read()).value!).toString();
    gateway.cutOff();
    const reading = (async () => {
      for (;;) text += Buffer.from((await reader.read()).value!).toString();
    })();
    await expect(reading).rejects.toThrow();
    expect(text.slice(chatChunk('Hello').length)).toMatch(
      /^data: \{"error":.*"code":"shutting_down"\}\}\n\n$/,
    );
    await gateway.idle();
    expect(records).toMatchObject([{ outcome: 'shutting_down' }]);
    await upstream.requests[0]!.closed;
  });

  it('refuses what has not been answered yet', async () => {
    upstream.fallbackReply = reply.stall();
    const { inject, gateway } = gatewayWith();
    const asking = inject('POST', CHAT, { body: ASKED });
    await upstream.waitForRequest();
    gateway.cutOff();
    expect((await asking).json()).toMatchObject({ error: { code: 'shutting_down' } });
  });
});

it('what is told of a request that names two models says nothing of either', async () => {
  upstream.fallbackReply = reply.rateLimited({ retryAfter: '60' });
  const { inject, gateway } = gatewayWith();
  await inject('POST', CHAT, { body: '{"model":"one","messages":[],"model":"other"}' });
  const [key] = gateway.config.providers.get('default')!.pool.keys;
  const named = [...(key!.modelCooldowns?.keys() ?? [])].filter((model) => model !== '');
  expect(named).toEqual([]);
  await inject('POST', CHAT, { body: { ...ASKED, model: 'one' } });
  expect(upstream.requests).toHaveLength(2);
});

it('a stream of whole events reaches its client unchanged', async () => {
  const whole = chatStream(['Hello', ' there']);
  upstream.fallbackReply = reply.sse(whole);
  expect((await gatewayWith().inject('POST', CHAT, { body: { ...ASKED, stream: true } })).text).toBe(
    whole.join(''),
  );
});
