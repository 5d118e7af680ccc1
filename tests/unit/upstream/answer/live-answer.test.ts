import { beforeEach, describe, expect, it } from 'vitest';
import type { BodyEnd } from '../../../../lib/upstream/answer/answer';
import {
  HELD_BYTES_MAX,
  HELD_STREAM_BYTES_MAX,
  LiveAnswer,
} from '../../../../lib/upstream/answer/live-answer';
import { Redactor } from '../../../../lib/upstream/redaction/redactor';
import type { UpstreamRequest } from '../../../../lib/upstream/target';
import { delta, events, JSON_TYPE, SSE } from '../dialled';

const SECRET = 'sk-live-0123456789abcdef';
const CHAT = '{"choices":[{"message":{"content":"Hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}';

/** Where the bytes come from. */
let source: { isPaused: boolean; aborted: string | undefined };

beforeEach(() => {
  source = { isPaused: false, aborted: undefined };
});

function answerOf(
  headers: Record<string, string> = JSON_TYPE,
  { status = 200, ...request }: Partial<UpstreamRequest> & { readonly status?: number } = {},
): LiveAnswer {
  return new LiveAnswer(
    {
      pause: () => (source.isPaused = true),
      resume: () => (source.isPaused = false),
      abort: ({ message }) => (source.aborted = message),
    },
    status,
    headers,
    new Redactor([{ value: SECRET, hint: 'sk-...def' }]),
    { expects: 'answer', ...request },
    () => 0,
  );
}

/** What a reader gets from now on; it takes everything unless told otherwise. */
function readerOf(answer: LiveAnswer, takes = true) {
  const seen = { chunks: [] as string[], end: undefined as 'whole' | BodyEnd | undefined };
  answer.attach({
    data: (chunk) => {
      seen.chunks.push(chunk.toString());
      return takes;
    },
    end: () => (seen.end = 'whole'),
    fail: (end) => (seen.end = end),
  });
  return seen;
}

const receive = (answer: LiveAnswer, text: string) => answer.receive(Buffer.from(text));

describe('what comes before anybody reads', () => {
  it('is held, and is the first that a reader gets, with the end behind it', () => {
    const answer = answerOf();
    receive(answer, '{"a":');
    receive(answer, '1}');
    answer.end();
    expect([answer.bytes, answer.heldBytes, answer.isOver]).toEqual([7, 7, true]);
    expect(readerOf(answer)).toEqual({ chunks: ['{"a":', '1}'], end: 'whole' });
  });

  it('can be looked at, and stays', () => {
    const answer = answerOf();
    receive(answer, '{"a"');
    receive(answer, ':1}');
    expect(String(answer.peek())).toBe('{"a":1}');
    expect(readerOf(answer).chunks).toEqual(['{"a":1}']);
  });

  it.each([
    ['an answer', JSON_TYPE, HELD_BYTES_MAX],
    ['a stream of which nothing is known yet', SSE, HELD_STREAM_BYTES_MAX],
  ])('of %s is paused when it is too much, and goes on with a reader', (_what, headers, max) => {
    const answer = answerOf(headers);
    receive(answer, `${': comment\n\n'.repeat(max / 11)}`);
    expect(source.isPaused).toBe(false);
    receive(answer, ': comment\n\n'.repeat(2));
    expect(source.isPaused).toBe(true);
    readerOf(answer);
    expect(source.isPaused).toBe(false);
  });

  it('that broke off tells its reader so, behind what had come', () => {
    const answer = answerOf();
    receive(answer, '{"a":');
    answer.breakOff('stalled', 'silence');
    expect(readerOf(answer)).toEqual({
      chunks: ['{"a":'],
      end: { kind: 'stalled', message: 'silence', isMidEvent: false, isLines: false, format: undefined },
    });
  });
});

describe('a reader', () => {
  it('that takes no more pauses the answer until it asks for more', () => {
    const answer = answerOf();
    readerOf(answer, false);
    receive(answer, '{');
    expect(source.isPaused).toBe(true);
    answer.resume();
    expect(source.isPaused).toBe(false);
  });

  it('that does not even take what was held leaves the answer paused', () => {
    const answer = answerOf();
    receive(answer, '{');
    readerOf(answer, false);
    expect(source.isPaused).toBe(true);
  });

  it('that gives up gets nothing more, and the source ends', () => {
    const answer = answerOf();
    const seen = readerOf(answer);
    answer.abort();
    receive(answer, '{}');
    answer.end();
    expect(seen).toEqual({ chunks: [], end: undefined });
    expect(source.aborted).toBe('the answer is not wanted any more');
  });

  it('that gives up an answer that has ended leaves its connection alone', () => {
    const answer = answerOf();
    answer.end();
    answer.abort();
    expect(source.aborted).toBeUndefined();
  });

  it('is told once how it ended', () => {
    const answer = answerOf();
    const seen = readerOf(answer);
    answer.breakOff('cut', 'first');
    answer.breakOff('stalled', 'second');
    answer.end();
    receive(answer, 'more');
    expect(seen).toMatchObject({ chunks: [], end: { kind: 'cut', message: 'first' } });
  });

  it('of an answer that the gateway stops is told why, and the source ends', () => {
    const answer = answerOf();
    const seen = readerOf(answer);
    answer.stop('shutting down');
    expect(seen.end).toMatchObject({ kind: 'stopped', message: 'shutting down' });
    expect(source.aborted).toBe('shutting down');
    source.aborted = undefined;
    answer.stop('again');
    expect(source.aborted).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are in neither headers nor body, and what may be one is held back to the end', () => {
    const answer = answerOf({ ...JSON_TYPE, 'x-key': SECRET });
    const seen = readerOf(answer);
    receive(answer, `{"key":"${SECRET.slice(0, 10)}`);
    expect(seen.chunks).toEqual(['{"key":"']);
    receive(answer, `${SECRET.slice(10)}"}`);
    answer.end();
    expect(JSON.stringify([answer.headers, seen.chunks])).not.toContain('0123456789');
    expect(answer.bytes).toBe(`{"key":"${SECRET}"}`.length);
  });

  it('that were only begun come out with the end', () => {
    const answer = answerOf();
    const seen = readerOf(answer);
    receive(answer, '"sk-li');
    answer.breakOff('cut', 'reset');
    expect(seen.chunks.join('')).toBe('"sk-li');
  });
});

describe('an event stream', () => {
  it('is handed on in whole events, and tells its tokens', () => {
    const answer = answerOf(SSE);
    const seen = readerOf(answer);
    const text = events(
      delta('Hi'),
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } },
      '[DONE]',
    );
    receive(answer, text.slice(0, 20));
    expect(seen.chunks.join('')).toBe('');
    receive(answer, text.slice(20));
    answer.end();
    expect(seen).toMatchObject({ end: 'whole' });
    expect(seen.chunks.join('')).toBe(text);
    expect(answer.usage).toMatchObject({ promptTokens: 3 });
  });

  it('that ends before its finish is cut, though its connection ended well', () => {
    const answer = answerOf(SSE);
    const seen = readerOf(answer);
    receive(answer, events(delta('Hi')));
    answer.end();
    expect(seen.end).toMatchObject({ kind: 'cut', message: 'the stream ended without a finish' });
  });

  it('with bare JSON of an error in it is broken by that, and its source ends', () => {
    const answer = answerOf(SSE);
    const seen = readerOf(answer);
    receive(answer, `${events(delta('Hi'))}{"error":{"message":"busy","code":503}}\n`);
    answer.end();
    expect(seen.end).toMatchObject({ kind: 'cut', message: 'busy', errorText: expect.any(String) as string });
    expect(answer.brokenFacts).toMatchObject({ message: 'busy' });
    expect(source.aborted).toBe('the stream is broken');
  });

  it.each([
    ['asked for, whose type says nothing', { 'content-type': 'text/plain' }, true, true],
    ['not asked for, whose type says nothing', { 'content-type': 'text/plain' }, false, false],
    ['asked for, of an error', SSE, true, true, 400],
    ['asked for, that is encoded', { ...SSE, 'content-encoding': 'compress' }, true, false],
  ] as [string, Record<string, string>, boolean, boolean, number?][])(
    'is told by its type, or else by its first bytes: %s',
    (_what, headers, isStream, isEvents, status = 200) => {
      const answer = answerOf(headers, { isStream, status });
      receive(answer, events(delta('Hi')));
      expect(answer.isEventStream).toBe(isEvents);
    },
  );
});

describe('an answer in JSON', () => {
  it('tells its tokens at its end', () => {
    const answer = answerOf();
    readerOf(answer);
    receive(answer, CHAT);
    expect(answer.usage).toBeUndefined();
    answer.end();
    expect(answer.usage).toMatchObject({ promptTokens: 3, completionTokens: 2 });
  });

  it.each([
    ['is cut', { 'content-type': 'application/json' }, {}, 'cut'],
    [
      'is whole where only a part was asked for',
      { 'content-type': 'application/json' },
      { status: 206 },
      'whole',
    ],
    [
      'is whole where anything may come',
      { 'content-type': 'application/json' },
      { expects: 'anything' },
      'whole',
    ],
    ['is whole if it is short and has a length', { ...JSON_TYPE, 'content-length': '9' }, {}, 'whole'],
  ] as [string, Record<string, string>, object, string][])(
    'that ends half-way %s',
    (_what, headers, how, end) => {
      const answer = answerOf(headers, how);
      const seen = readerOf(answer);
      receive(answer, '{"a":[1,2');
      answer.end();
      if (end === 'cut')
        expect(seen.end).toMatchObject({ kind: 'cut', message: expect.stringContaining('JSON') as string });
      else expect(seen.end).toBe('whole');
    },
  );
});

describe('what an error says', () => {
  it('is read from the body, in short, and kept as text', () => {
    const answer = answerOf(JSON_TYPE, { status: 429 });
    receive(answer, `{"error":{"code":"rate_limit_exceeded","message":"slow down, ${SECRET}"}}`);
    answer.end();
    const { status, facts } = answer.readError();
    expect(status).toBe(429);
    expect(facts).toMatchObject({ subject: 'rate', message: 'slow down, sk-...def' });
    expect(answer.errorText).toMatch(/slow down, sk-\*+def/);
    expect(answer.errorData).toBe(answer.errorText);
  });

  it('within an event is the data of that', () => {
    const answer = answerOf(SSE, { status: 500 });
    receive(answer, 'event: error\ndata: {"error":{"message":"busy"}}\n\n');
    answer.end();
    answer.readError();
    expect(answer.errorData).toBe('{"error":{"message":"busy"}}');
    expect(answer.errorText).toContain('event: error');
  });

  it('is nothing that can be read if it is encoded', () => {
    const answer = answerOf({ ...JSON_TYPE, 'content-encoding': 'compress' }, { status: 500 });
    receive(answer, '{"error":{}}');
    answer.readError();
    expect(answer.errorText).toBe('');
  });
});

describe('a stream of lines', () => {
  const LINES = { 'content-type': 'application/x-ndjson' };
  const part = { model: 'm', message: { content: 'x' }, done: false };

  it.each([
    ['behind a whole line', `${JSON.stringify(part)}\n`, false],
    ['behind a line without its end', `${JSON.stringify(part)}\n${JSON.stringify(part)}`, true],
    ['within a line', `${JSON.stringify(part)}\n{"model":`, true],
  ])('that ends unfinished %s says where its last words have to begin', (_where, text, isMidEvent) => {
    const answer = answerOf(LINES, { isStream: true });
    const seen = readerOf(answer);
    receive(answer, text);
    answer.end();
    expect(seen.end).toMatchObject({ kind: 'cut', isLines: true, isMidEvent });
  });
});
