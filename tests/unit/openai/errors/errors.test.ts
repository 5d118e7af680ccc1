import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventData } from '../../../../lib/openai/sse/sse';
import { errorBody, errorEvent, readUpstreamError } from '../../../../lib/openai/errors/errors';

const NONE = { message: undefined, type: undefined, code: undefined, status: undefined };

describe('readUpstreamError', () => {
  it.each([
    [
      'OpenAI',
      '{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key', status: 401 },
    ],
    ['a text', '{"error":"Model is loading"}', { ...NONE, message: 'Model is loading' }],
    [
      'a text beside a message',
      '{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}',
      { ...NONE, message: 'Invalid token', type: 'Unauthorized' },
    ],
    [
      'fields on top',
      '{"message":"slow down","type":"rate_limit_error","code":1302}',
      { message: 'slow down', type: 'rate_limit_error', code: '1302', status: 429 },
    ],
    [
      'Gemini',
      '[{"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED","details":[]}}]',
      { message: 'Resource has been exhausted', type: 'RESOURCE_EXHAUSTED', code: '429', status: 429 },
    ],
    ['FastAPI', '{"detail":"Not Found"}', { ...NONE, message: 'Not Found' }],
    [
      'FastAPI validation',
      '{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]}',
      { ...NONE, message: 'Field required', type: 'missing' },
    ],
    [
      'vLLM',
      '{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}',
      { message: 'too long', type: 'BadRequestError', code: '400', status: 400 },
    ],
    [
      'Anthropic',
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      { ...NONE, message: 'Overloaded', type: 'overloaded_error', status: 529 },
    ],
    [
      'Cloudflare',
      '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}',
      { ...NONE, message: 'Authentication error', code: '10000' },
    ],
    [
      'what the error object leaves out beside it',
      '{"status":503,"error":{"message":"busy"}}',
      { ...NONE, message: 'busy', status: 503 },
    ],
    [
      'a numeric string',
      '{"error":{"message":"m","code":"429"}}',
      { ...NONE, message: 'm', code: '429', status: 429 },
    ],
    [
      'MiniMax',
      '{"id":"0","choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}',
      { ...NONE, message: 'insufficient balance', code: '1008' },
    ],
    ['Baidu', '{"error_code":18,"error_msg":"qps"}', { ...NONE, message: 'qps', code: '18' }],
    ['an empty error object', '{"error":{}}', NONE],
    ['an error that is only true', '{"error":true,"message":"m"}', { ...NONE, message: 'm' }],
  ])('reads %s', (_name, body, expected) => {
    expect(readUpstreamError(body)).toEqual(expected);
  });

  it.each([
    ['rate_limit_exceeded', 429],
    ['rate_limit_error', 429],
    ['RESOURCE_EXHAUSTED', 429],
    ['insufficient_quota', 429],
    ['invalid_api_key', 401],
    ['authentication_error', 401],
    ['UNAUTHENTICATED', 401],
    ['permission_error', 403],
    ['PERMISSION_DENIED', 403],
    ['invalid_request_error', 400],
    ['not_found_error', 404],
    ['overloaded_error', 529],
    ['server_error', 500],
    ['api_error', 500],
    ['INTERNAL', 500],
    ['UNAVAILABLE', 503],
    ['something_else', undefined],
    ['constructor', undefined],
  ])('knows the status of %s as code, type or status word', (word, status) => {
    for (const field of ['code', 'type', 'status']) {
      expect(readUpstreamError(JSON.stringify({ error: { message: 'm', [field]: word } }))?.status).toBe(
        status,
      );
    }
  });

  it('believes a number before a word, and a code before a type', () => {
    const status = (error: object) => readUpstreamError(JSON.stringify({ error }))?.status;
    expect(status({ code: 'server_error', status: 503 })).toBe(503);
    expect(status({ code: 'rate_limit_exceeded', type: 'invalid_request_error' })).toBe(429);
    expect(status({ code: 200, type: 'api_error' })).toBe(500);
    expect(status({ code: 20015, status: 600 })).toBeUndefined();
  });

  it.each([
    '',
    '<html>502 Bad Gateway</html>',
    '{',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"error":null}',
    '{"id":1}',
    '{"choices":[],"base_resp":{"status_code":0,"status_msg":"success"}}',
  ])('is undefined for %s', (text) => {
    expect(readUpstreamError(text)).toBeUndefined();
  });

  it('never throws', () => {
    const wrapper = fc.constantFrom(
      'error',
      'errors',
      'detail',
      'message',
      'code',
      'type',
      'status',
      'response',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(wrapper, fc.oneof(fc.jsonValue(), fc.dictionary(wrapper, fc.jsonValue()))),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          value.map((any) => JSON.stringify(any)),
        ),
        (text) => {
          readUpstreamError(text);
        },
      ),
    );
    expect(() => readUpstreamError(`${'{"error":'.repeat(50_000)}1${'}'.repeat(50_000)}`)).not.toThrow();
  });
});

describe('our own errors', () => {
  const error = {
    message: 'All keys are "cooling"\nwait',
    type: 'rate_limit_error',
    code: 'all_keys_cooling',
  };

  it('have the shape clients know', () => {
    expect(JSON.parse(errorBody({ ...error, extra: 'secret' } as typeof error))).toEqual({
      error: { ...error, param: null },
    });
  });

  it('make one event that reads back as an error', () => {
    const event = errorEvent(error);
    expect(event.toString()).toBe(`data: ${errorBody(error)}\n\n`);
    expect(readUpstreamError(eventData(event) ?? '')).toEqual({ ...error, status: 429 });
  });
});

describe('what is no error, or hardly one', () => {
  const failed = (depth: number): object =>
    depth === 0 ? { message: 'm' } : { type: 'response.failed', response: failed(depth - 1) };

  it.each<[unknown, object | undefined]>([
    [{ a: 1 }, undefined],
    [{ error: '' }, undefined],
    [{ error: 0 }, undefined],
    [{ type: 'response.failed' }, undefined],
    [{ base_resp: { status_code: 0, status_msg: 'ok' } }, undefined],
    [{ base_resp: { status_code: '5', status_msg: 'no' } }, undefined],
    [{ base_resp: { status_code: 5, status_msg: 'no' } }, { ...NONE, code: '5', message: 'no' }],
    [{ type: 'error' }, NONE],
    [{ error: true }, NONE],
    [{ error: {} }, NONE],
    [
      { error: 'not_found', message: 'm' },
      { ...NONE, message: 'm', type: 'not_found', status: 404 },
    ],
    [
      { error: 'not_found', message: 'm', status: 503 },
      { ...NONE, message: 'm', type: 'not_found', status: 503 },
    ],
    [
      { error: 'x', message: 'm', type: 't' },
      { ...NONE, message: 'm', type: 't' },
    ],
    [
      { error: {}, message: 'm', code: 'c', type: 't' },
      { message: 'm', code: 'c', type: 't', status: undefined },
    ],
    [failed(3), { ...NONE, message: 'm' }],
    [failed(4), undefined],
    [[[[[{ message: 'm' }]]]], undefined],
    [
      { last_error: { message: 'm', code: 'server_error' } },
      { ...NONE, message: 'm', code: 'server_error', status: 500 },
    ],
  ])('%j', (value, error) => {
    expect(readUpstreamError(JSON.stringify(value))).toEqual(error);
  });
});

it('the last event of a stream has the form of its kind', () => {
  const own = { message: 'm', type: 't', code: 'c' };
  const body = '"error":{"message":"m","type":"t","param":null,"code":"c"}}';
  expect(errorEvent(own).toString()).toBe(`data: {${body}\n\n`);
  expect(errorEvent(own, 'choices').toString()).toBe(`data: {${body}\n\n`);
  expect(errorEvent(own, 'messages').toString()).toBe(`event: error\ndata: {"type":"error",${body}\n\n`);
});
