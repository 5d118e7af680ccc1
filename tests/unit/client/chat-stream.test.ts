import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerReader, EventData, readChunk } from '../../../lib/client/chat-answer';
import { streamChat } from '../../../lib/client/chat-stream';

const stream = ': hello\n\ndata: {"a":1}\n\ndata: one\ndata: two\r\n\r\ndata:[DONE]\n\n';

test('the same events come out however the stream is cut', () => {
  const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const edges = [0, ...positions.sort((a, b) => a - b), stream.length];
      const events = new EventData();
      const seen = edges.slice(1).flatMap((end, index) => events.push(stream.slice(edges[index], end)));
      expect(seen).toEqual(['{"a":1}', 'one\ntwo', '[DONE]']);
    }),
  );
});

test('a chunk is its words, or what went wrong; anything else is nothing', () => {
  expect(readChunk('{"choices":[{"delta":{"content":"Hi"}}]}')).toEqual({ text: 'Hi' });
  expect(readChunk('{"choices":[{"delta":{"reasoning_content":"Hm"}}]}')).toEqual({
    text: '',
    thought: 'Hm',
  });
  expect(readChunk('{"choices":[]}')).toEqual({ text: '' });
  expect(readChunk('{"error":{"message":"broken"}}')).toEqual({ text: '', error: { message: 'broken' } });
  expect(readChunk('[DONE]')).toEqual({ text: '' });
  expect(readChunk('not json')).toEqual({ text: '' });
});

const choice = (value: object) => JSON.stringify({ choices: [{ index: 0, finish_reason: null, ...value }] });

test.each([
  ['content in parts', { delta: { content: [{ type: 'text', text: 'H' }, { text: 'm' }] } }],
  ['content as strings', { delta: { content: ['H', 'm'] } }],
  ['a part whose text has a value', { delta: { content: [{ type: 'text', text: { value: 'Hm' } }] } }],
  ['legacy text', { text: 'Hm' }],
  ['a refusal', { delta: { content: null, refusal: 'Hm' } }],
  ['a whole message', { message: { role: 'assistant', content: 'Hm' } }],
  ['a whole message in parts', { message: { content: [{ type: 'output_text', text: 'Hm' }] } }],
])('the words are found in %s', (_shape, value) => {
  expect(readChunk(choice(value))).toEqual({ text: 'Hm' });
});

test.each([
  ['reasoning', { delta: { reasoning: 'Hm' } }],
  ['reasoning beside an empty content', { delta: { content: '', reasoning_content: 'Hm' } }],
  ['reasoning beside no content', { delta: { content: null, reasoning: 'Hm' } }],
  [
    'parts of reasoning',
    { delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] } },
  ],
  ['details of reasoning', { delta: { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] } }],
])('the thoughts are found in %s, and are no words', (_shape, value) => {
  expect(readChunk(choice(value))).toEqual({ text: '', thought: 'Hm' });
});

test('thoughts and words of one message are told apart', () => {
  const whole = { message: { content: 'Yes', reasoning_content: 'Hm' } };
  expect(readChunk(choice(whole))).toEqual({ text: 'Yes', thought: 'Hm' });
  const parts = [
    { type: 'thinking', thinking: 'Hm' },
    { type: 'text', text: 'Yes' },
  ];
  expect(readChunk(choice({ delta: { content: parts } }))).toEqual({ text: 'Yes', thought: 'Hm' });
});

test('the tokens of an answer are told, and the code of an error', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  expect(readChunk(JSON.stringify({ choices: [], usage }))).toEqual({
    text: '',
    usage: { prompt: 3, completion: 2 },
  });
  expect(readChunk('{"choices":[],"usage":null}')).toEqual({ text: '' });
  expect(readChunk('{"error":{"message":"no","type":"server_error","code":"no_key"}}').error?.code).toBe(
    'no_key',
  );
  expect(readChunk('{"error":{"message":"no","type":"server_error"}}').error?.code).toBe('server_error');
});

test.each([
  { delta: {} },
  { delta: { content: null } },
  { delta: { tool_calls: [{ id: 'x' }] } },
  { delta: null },
])('a choice without words is none: %j', (value) => expect(readChunk(choice(value))).toEqual({ text: '' }));

test('an error may be a text, and is none where it is null', () => {
  expect(readChunk('{"error":"broken"}')).toEqual({ text: '', error: { message: 'broken' } });
  expect(readChunk('{"error":{"code":7}}')).toEqual({
    text: '',
    error: { message: '{"error":{"code":7}}' },
  });
  expect(readChunk('{"error":null,"choices":[{"delta":{"content":"Hi"}}]}')).toEqual({ text: 'Hi' });
  expect(readChunk('null')).toEqual({ text: '' });
});

const read = (...pieces: string[]) => {
  const reader = new AnswerReader();
  const chunks = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  return {
    text: chunks.map(({ text }) => text).join(''),
    error: chunks.find(({ error }) => error !== undefined)?.error,
  };
};

test('an answer in one piece of JSON is read as well as a stream, wherever it is cut', () => {
  const whole = JSON.stringify({ choices: [{ message: { content: 'Hello\n\ndata: x' } }] }, null, 2);
  for (let at = 0; at <= whole.length; at += 7) {
    expect(read(whole.slice(0, at), whole.slice(at)).text).toBe('Hello\n\ndata: x');
  }
  expect(read(choice({ message: { content: 'a' } }).replaceAll(',', ',\r\n\r\n')).text).toBe('a');
  expect(read('{"error":{"message":"broken"}}').error?.message).toBe('broken');
});

test('the last event of a stream counts without the line behind it', () => {
  const event = (text: string) => `data: ${choice({ delta: { content: text } })}`;
  expect(read(`${event('a')}\n\n`, `${event('b')}`).text).toBe('ab');
  expect(read(event('only')).text).toBe('only');
});

test('what is neither a stream nor JSON has no words', () => {
  expect(read('<html>').text).toBe('');
  expect(read().text).toBe('');
});

/**
 * Sends one request to a provider that refuses some by their bodies, and tells what it was asked and what came of it.
 */
async function chatWith(
  refusalOf: (body: Record<string, unknown>) => readonly [number, string] | undefined,
  options: { readonly isStream: boolean; readonly wantsUsage: boolean },
) {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((pieces) => {
        const body = JSON.parse(pieces.join('')) as Record<string, unknown>;
        asked.push(body);
        const refusal = refusalOf(body);
        response.setHeader('x-request-id', `req-${asked.length}`);
        response.statusCode = refusal?.[0] ?? 200;
        const good = { choices: [{ message: { content: 'Hello' } }] };
        response.end(
          JSON.stringify(refusal === undefined ? good : { error: { message: refusal[1], code: 'no' } }),
        );
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const body = { model: 'm', messages: [{ role: 'user', content: 'p' }] } as const;
  let last;
  for await (last of streamChat({ base, token: 't', body, signal, ...options }));
  server.closeAllConnections();
  server.close();
  return { asked, text: last?.text, error: last?.error, requestId: last?.requestId };
}

const streamed = { isStream: true, wantsUsage: false };

test.each([
  [400, 'Streaming is not supported for this model'],
  [422, "Unsupported value: 'stream' does not support true"],
])('where streams are refused with %i the request is made without one', async (status, message) => {
  const { asked, ...rest } = await chatWith(
    ({ stream }) => (stream === true ? [status, message] : undefined),
    streamed,
  );
  expect(asked.map(({ stream }) => stream)).toEqual([true, undefined]);
  expect(rest).toEqual({ text: 'Hello', error: undefined, requestId: 'req-2' });
});

test.each([
  [400, 'no such upstream'],
  [401, 'No key may stream'],
])('any other refusal, as %i %s, is told as it is', async (status, message) => {
  const { asked, text, error } = await chatWith(() => [status, message], streamed);
  expect(asked).toHaveLength(1);
  expect([text, error]).toEqual(['', { message, code: 'no', status }]);
});

test('who does not know how to tell tokens in a stream is asked without, and streams all the same', async () => {
  const { asked, text } = await chatWith(
    ({ stream_options: options }) => (options === undefined ? undefined : [422, 'extra: stream_options']),
    { isStream: true, wantsUsage: true },
  );
  expect(asked.map(({ stream, stream_options: options }) => [stream, options])).toEqual([
    [true, { include_usage: true }],
    [true, undefined],
  ]);
  expect(text).toBe('Hello');
});

test('no stream is asked for where none is wanted', async () => {
  const { asked } = await chatWith(() => undefined, { isStream: false, wantsUsage: true });
  expect(asked).toEqual([{ model: 'm', messages: [{ role: 'user', content: 'p' }] }]);
});

test('a connection that breaks is told as lost, with the words that came before; one that was stopped is no error', async () => {
  const event = `data: ${choice({ delta: { content: 'Half' } })}\n\n`;
  const server = createServer((_request, response) => response.write(event)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = { model: 'm', messages: [] };
  const endBy = async (breakOff: (aborter: AbortController) => void) => {
    const aborter = new AbortController();
    const { signal } = aborter;
    let last;
    for await (last of streamChat({ base, token: 't', body, isStream: true, wantsUsage: false, signal })) {
      if (last.text !== '') breakOff(aborter);
    }
    return [last?.text, last?.error?.code];
  };
  expect(await endBy(() => server.closeAllConnections())).toEqual(['Half', 'connection_lost']);
  expect(await endBy((aborter) => aborter.abort())).toEqual(['Half', undefined]);
  server.closeAllConnections();
  server.close();
});
