import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../../lib/config/settings';
import type { Recorder } from '../../../lib/gateway/record/record';
import { Tracer } from '../../../lib/tracing/tracer';
import { CLIENT_TOKEN, startGateway, type InjectOptions } from '../../support/gateway';
import {
  reply,
  startScriptedUpstream,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';

const CHAT = '/v1/chat/completions';
const PROMPT = 'what nobody else may read';
const ASKED = { model: 'gpt-test', messages: [{ role: 'user', content: PROMPT }] };
const KEYS = ['a', 'b', 'c'].map((name) => `sk-in-process-0123456789-${name}`);
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const PARENT = `00-${TRACE}-${SPAN}-01`;
/** What wall clocks are ahead by in these tests. */
const AHEAD_MS = 5_000;

let upstream: ScriptedUpstream;
let spans: ReadableSpan[];

beforeEach(async () => {
  spans = [];
  upstream = await startScriptedUpstream();
  onTestFinished(() => upstream.stop());
});

function tracedGateway(settings: Partial<Settings> = {}) {
  const queue = {
    add: (more: readonly ReadableSpan[]) => void spans.push(...more),
    counts: { exported: 0, dropped: 0 },
    close: () => Promise.resolve(),
  };
  const clocks = { now: Date.now, wallOf: (at: number) => at + AHEAD_MS };
  const options = {
    sampler: 'parentbased_always_on',
    ratio: 1,
    attributes: { 'service.name': 'x' },
  } as const;
  const tracer = new Tracer(options, clocks, queue, '1.2.3');
  const recorder: Recorder = tracer.tracing({ record: () => undefined });
  return startGateway(
    { BASE_URL: upstream.baseUrl, API_KEYS: KEYS, SELECTION_POLICY: 'round_robin', ...settings },
    { tracing: tracer, recorder },
  );
}

async function ask(options: InjectOptions = {}, settings: Partial<Settings> = {}) {
  const { inject, gateway } = tracedGateway(settings);
  const answer = await inject('POST', CHAT, { body: ASKED, ...options });
  await gateway.idle();
  return answer;
}

/** The last reply is that to all further requests. */
function answerInTurn(...replies: Reply[]): void {
  upstream.fallbackReply = (request, response) =>
    (replies.length > 1 ? replies.shift() : replies[0])!(request, response);
}

const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const sentParents = () => upstream.requests.map(({ headers }) => headers['traceparent']);
const msOf = ([seconds, nanos]: readonly [number, number]) => seconds * 1000 + nanos / 1e6;

describe('a request that is answered', () => {
  it('has a span, and its attempt one below it, of which the provider is told', async () => {
    const before = Date.now() + AHEAD_MS;
    await ask();
    const [request, attempt, ...others] = spans;
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      name: 'POST /v1/chat/completions',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'http.route': '/v1/chat/completions',
        'http.response.status_code': 200,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-test',
        'openai_balance.provider': 'default',
        'openai_balance.outcome': 'success',
        'openai_balance.attempts': 1,
      },
    });
    expect(request!.parentSpanContext).toBeUndefined();
    expect(request!.attributes).not.toHaveProperty('error.type');
    const port = Number(new URL(upstream.baseUrl).port);
    expect(attempt).toMatchObject({
      name: 'chat gpt-test',
      kind: SpanKind.CLIENT,
      parentSpanContext: { traceId: request!.spanContext().traceId, spanId: idOf(request!), isRemote: false },
      attributes: {
        'gen_ai.provider.name': 'default',
        'server.address': '127.0.0.1',
        'server.port': port,
        'http.response.status_code': 200,
        'openai_balance.verdict': 'success',
      },
    });
    expect(attempt!.attributes['openai_balance.key.id']).toMatch(/./);
    expect(sentParents()).toEqual([`00-${request!.spanContext().traceId}-${idOf(attempt!)}-01`]);
    expect(msOf(request!.startTime)).toBeGreaterThanOrEqual(before);
    expect(msOf(attempt!.startTime)).toBeGreaterThanOrEqual(msOf(request!.startTime));
    expect(msOf(attempt!.endTime)).toBe(msOf(request!.endTime));
    expect(request!.resource.attributes).toEqual({ 'service.name': 'x' });
  });

  it('tells what it used at the attempt that used it, and nowhere else', async () => {
    answerInTurn(reply.error(500), reply.healthy);
    await ask();
    const used = spans.map(({ attributes }) => attributes['gen_ai.usage.input_tokens'] !== undefined);
    expect(used).toEqual([false, false, true]);
  });

  it('tells no prompt, no key, no token and no message of an error', async () => {
    answerInTurn(reply.error(401, { message: `no such key; you said: ${PROMPT}` }), reply.healthy);
    await ask({ headers: { traceparent: PARENT, tracestate: `us=${CLIENT_TOKEN}` } });
    const text = JSON.stringify(spans.map((span) => ({ ...span, context: span.spanContext() })));
    for (const secret of [PROMPT, CLIENT_TOKEN, ...KEYS]) expect(text).not.toContain(secret);
    expect(spans.map((span) => span.spanContext().traceState)).toEqual(spans.map(() => undefined));
  });
});

describe('a key that somebody has mixed up with something else', () => {
  const MIXED_UP = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789AB';

  it.each([
    ['the model', CHAT, MIXED_UP],
    ['an id', `/v1/models/${MIXED_UP}`, undefined],
  ])('is a hint where it stands for %s', async (_, path, model) => {
    const { inject, gateway } = tracedGateway();
    await inject(
      model === undefined ? 'GET' : 'POST',
      path,
      model === undefined ? {} : { body: { ...ASKED, model } },
    );
    await gateway.idle();
    const text = JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })));
    expect(text).toContain('sk-pro...89AB');
    expect(text).not.toContain('abcdefghijkl');
  });
});

describe('a request with several attempts', () => {
  it('has a span for each, with its verdict, and each provider is told of its own', async () => {
    answerInTurn(reply.error(429), reply.error(500), reply.healthy);
    await ask();
    const [request, ...attempts] = spans;
    expect(attempts.map(({ attributes }) => attributes['openai_balance.verdict'])).toEqual([
      'rate_limited',
      'upstream_error',
      'success',
    ]);
    expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([
      undefined,
      1,
      2,
    ]);
    expect(attempts.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
    const { traceId } = request!.spanContext();
    expect(sentParents()).toEqual(attempts.map((span) => `00-${traceId}-${idOf(span)}-01`));
    expect(new Set(spans.map(idOf)).size).toBe(4);
  });

  it('has them in the right places also where a key was asked twice', async () => {
    answerInTurn(reply.error(500), reply.healthy);
    await ask({}, { API_KEYS: KEYS.slice(0, 1) });
    const attempts = spans.slice(1);
    expect(attempts).toHaveLength(2);
    const { traceId } = spans[0]!.spanContext();
    expect(sentParents()).toEqual(attempts.map((span) => `00-${traceId}-${idOf(span)}-01`));
  });

  it('has one for each key that is asked for its part of a list', async () => {
    upstream.fallbackReply = reply.json(200, { object: 'list', data: [], has_more: false });
    const { inject, gateway } = tracedGateway();
    await inject('GET', '/v1/files');
    await gateway.idle();
    const attempts = spans.slice(1);
    expect(attempts.map(({ name }) => name)).toEqual(['GET', 'GET', 'GET']);
    const { traceId } = spans[0]!.spanContext();
    const expected = attempts.map((span) => `00-${traceId}-${idOf(span)}-01`);
    expect(sentParents().sort()).toEqual(expected.sort());
  });

  it('has them in the right places also where one was sent beside another', async () => {
    const slow = reply.sseControlled();
    answerInTurn(slow.reply, reply.healthy);
    await ask({ body: { ...ASKED, stream: true } }, { HEDGE_SECONDS: 0.01 });
    const attempts = spans.slice(1);
    const byKey = new Map(upstream.requests.map(({ key, headers }) => [key, headers['traceparent']]));
    expect(byKey.size).toBe(2);
    expect(attempts.map(({ attributes }) => attributes['openai_balance.verdict']).sort()).toEqual([
      'outrun',
      'success',
    ]);
    const hedge = attempts.find(({ attributes }) => attributes['openai_balance.hedge'] === true);
    const first = attempts.find((span) => span !== hedge);
    const endOf = (span: ReadableSpan) => `-${idOf(span)}-01`;
    expect(upstream.requests[0]!.headers['traceparent']).toContain(endOf(first!));
    expect(upstream.requests[1]!.headers['traceparent']).toContain(endOf(hedge!));
    expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.UNSET]);
  });
});

describe('the trace of the client', () => {
  it('is continued, its state passed on as it is', async () => {
    await ask({ headers: { traceparent: PARENT, tracestate: 'rojo=1,congo=2' } });
    const [request, attempt] = spans;
    expect(request!.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
    expect(request!.spanContext().traceState?.serialize()).toBe('rojo=1,congo=2');
    expect(sentParents()).toEqual([`00-${TRACE}-${idOf(attempt!)}-01`]);
    expect(upstream.requests[0]!.headers['tracestate']).toBe('rojo=1,congo=2');
  });

  it('that is not valid is replaced by a new one, its state with it', async () => {
    await ask({ headers: { traceparent: `${PARENT}-x`, tracestate: 'rojo=1' } });
    const [request] = spans;
    expect(request!.parentSpanContext).toBeUndefined();
    expect(request!.spanContext().traceId).not.toBe(TRACE);
    expect(sentParents()).toEqual([expect.stringMatching(`^00-${request!.spanContext().traceId}-`)]);
    expect(upstream.requests[0]!.headers['tracestate']).toBeUndefined();
  });

  it('that is not sampled is passed on with spans of ours that nobody gets', async () => {
    await ask({ headers: { traceparent: PARENT.replace(/01$/, '00') } });
    expect(spans).toEqual([]);
    expect(sentParents()).toEqual([expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-00$`)]);
    expect(sentParents()[0]).not.toContain(SPAN);
  });

  it('passes as it is where tracing is off', async () => {
    const { inject } = startGateway({ BASE_URL: upstream.baseUrl, API_KEYS: KEYS });
    await inject('POST', CHAT, { body: ASKED, headers: { traceparent: 'as-it-is', tracestate: 'X' } });
    await inject('POST', CHAT, { body: ASKED });
    expect(upstream.requests.map(({ headers }) => [headers['traceparent'], headers['tracestate']])).toEqual([
      ['as-it-is', 'X'],
      [undefined, undefined],
    ]);
  });
});

describe('a request that fails', () => {
  it('here has one span with our code', async () => {
    await ask({ headers: { authorization: 'Bearer wrong' } });
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'http.response.status_code': 401, 'error.type': 'invalid_token' },
    });
  });

  it('at all providers is an error', async () => {
    upstream.fallbackReply = reply.error(500);
    await ask();
    expect(spans[0]).toMatchObject({ status: { code: SpanStatusCode.ERROR } });
  });

  it('never gives a name to a model that was made up', async () => {
    upstream.fallbackReply = reply.error(404);
    const { inject, gateway } = tracedGateway();
    for (let i = 0; i < 150; i += 1)
      await inject('POST', CHAT, { body: { ...ASKED, model: `made-up-${i}` } });
    await gateway.idle();
    expect(new Set(spans.map(({ name }) => name)).size).toBeLessThanOrEqual(102);
  });
});
