import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isErrorEvent, isRawError, isRawJson, kindOfEvent } from '../../../../lib/openai/sse/stream-event';

const event = (value: unknown, name?: string): Buffer =>
  Buffer.from(
    `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`,
  );
const choice = (one: object) => event({ choices: [one] });

describe('before any content', () => {
  it.each<[string, Buffer]>([
    ['comment', Buffer.from(': OPENROUTER PROCESSING\n\n')],
    ['comment', event('')],
    ['comment', Buffer.from('retry: 10\n\n')],
    ['finish', event('[DONE]')],
    ['preamble', choice({ delta: { role: 'assistant', content: '' }, finish_reason: null })],
    ['preamble', choice({ delta: { role: 'assistant', content: null, tool_calls: [], refusal: null } })],
    ['preamble', choice({ delta: {}, logprobs: { content: [] } })],
    ['preamble', choice({ text: '' })],
    ['preamble', event({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] })],
    ['preamble', event({ choices: [], usage: { prompt_tokens: 1 } })],
    ['preamble', event({ type: 'response.queued' })],
    ['preamble', event({ type: 'response.output_item.added', item: {} })],
    ['preamble', event({ type: 'response.content_part.added' })],
    ['preamble', event({ type: 'response.reasoning_summary_part.added' })],
    ['preamble', event({}, 'ping')],
    ['preamble', event({ type: 'content_block_start', content_block: { text: '' } })],
    ['preamble', event({ candidates: [{ content: { parts: [{ text: '' }], role: 'model' } }] })],
    ['preamble', event({ candidates: [], usageMetadata: {} })],
    ['comment', event('  ')],
    ['finish', event(' [DONE] ')],
    ['preamble', event({ candidates: [{ content: {} }, { content: { parts: [] } }] })],
    ['preamble', event({ candidates: [{ content: { parts: [{ text: '' }, { text: '', a: null }] } }] })],
    ['content', event({ candidates: [{ content: { parts: [{ text: '' }, { text: 'x' }] } }] })],
    ['content', event({ candidates: [{ content: { parts: [{ text: '', thought: true }] } }] })],
    ['content', event({ candidates: [{ content: { parts: ['x'] } }] })],
    ['content', event({ candidates: [{ content: { parts: 'x' } }] })],
    ['content', event({ candidates: [17] })],
    ['content', event({ choices: [17] })],
    ['content', event({ choices: [null] })],
    ['content', choice({ delta: 'x' })],
    ['content', choice({ delta: { content: ' ' } })],
    ['content', choice({ delta: { function_call: { name: 'f' } } })],
    ['content', choice({ delta: {}, finish_reason: 'length' })],
    ['content', event({ type: 'response.output_item.done' })],
    ['content', event({ type: 'response.incomplete', response: {} })],
    ['content', event({ type: 'message_delta', delta: { stop_reason: 'end_turn' } })],
    ['content', event({ candidates: [{ finishReason: 'SAFETY' }] })],
    ['content', event({ promptFeedback: { blockReason: 'SAFETY' } })],
    ['content', event({ choices: 1 })],
    ['content', event('plain words')],
    ['content', event('17')],
    ['content', event({ code: 200, message: 'ok', data: { text: 'x' } })],
    ['content', event({ code: 20000, message: 'Ok', data: { a: 1 } })],
    ['content', event({ message: 'fine' })],
    ['error', event({ object: 'error', message: 'no' })],
    ['error', event({ detail: 'Not found' })],
    ['error', event({ success: false, message: 'no' })],
    ['error', event([{ error: { code: 503 } }])],
    ['error', event({ error: {} })],
    ['error', event('oops', 'error')],
  ])('%s: %s', (kind, raw) => {
    expect(kindOfEvent(raw)).toBe(kind);
  });
});

describe('after it', () => {
  it.each([
    event({ error: { code: 500 } }),
    event({ error: 'text' }),
    event('oops', 'error'),
    event({ type: 'error', error: { type: 'overloaded_error' } }),
    event({ type: 'response.failed' }),
    event({ choices: [{ delta: { content: '' }, finish_reason: 'error' }] }),
    event({ code: '1302', msg: 'limit' }),
    event({ base_resp: { status_code: 1002 } }),
    event({ object: 'thread.run', status: 'failed', response_format: { type: 'text' } }, 'thread.run.failed'),
    event({ object: 'thread.run', status: 'expired', text: 'x' }, 'thread.run.expired'),
    Buffer.from('event:thread.run.failed\ndata: {"text":"x"}\n\n'),
    event({ detail: 'Not found' }),
  ])('an error is told from the rest: %s', (raw) => {
    expect(isErrorEvent(raw)).toBe(true);
  });

  it.each([
    choice({ delta: { content: '"error": {"message":"x"}' } }),
    event({ choices: [{ delta: {} }], error: null }),
    event({ type: 'response.output_item.done', item: { type: 'mcp_call', error: 'no such tool' } }),
    event({ base_resp: { status_code: 0 }, choices: [] }),
    event({ message: 'fine' }, 'message'),
    event({ delta: 'x', detail: 'Not found' }),
    event({ text: 'x', detail: 'Not found' }),
    event('[DONE]'),
    Buffer.from(': "error"\n\n'),
    event({ object: 'thread.run', status: 'completed', last_error: null }, 'thread.run.completed'),
    event('{"error":{"mess'),
  ])('and the rest is no error: %s', (raw) => {
    expect(isErrorEvent(raw)).toBe(false);
  });
});

it.each([
  ['{"error":{"message":"no"}}', true, true],
  ['\ufeff \n[{"error":{"message":"no"}}]', true, true],
  ['{\n"error":{\n"message":"no"}}', true, true],
  ['\n {"error":{"message":"no"}}\n{"a":1}\n', true, true],
  ['{"a":1}\n{"error":{"message":"no"}}\n', true, false],
  ['{"a":1}', true, false],
  ['{"error":{"mess', true, false],
  ['', false, false],
  ['data: {"error":{"message":"no"}}', false, false],
])('%j is JSON without framing: %s, and an error: %s', (text, isJson, isError) => {
  expect(isRawJson(Buffer.from(text))).toBe(isJson);
  expect(isRawError(text.replace('\ufeff', ''))).toBe(isError);
});

it('nothing that can come makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      for (const raw of [event(text), event(text, 'error'), Buffer.from(text)]) {
        kindOfEvent(raw);
        isErrorEvent(raw);
        if (isRawJson(raw)) isRawError(text);
      }
    }),
  );
});
