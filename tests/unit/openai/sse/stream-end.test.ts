import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerStream } from '../../../../lib/openai/answer/answer-stream';
import { StreamEnd } from '../../../../lib/openai/sse/stream-end';

const data = (value: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const typed = (type: string, more: object = {}): string => data({ type, ...more }, type);
const choice = (text: string, finish: unknown = null, index = 0): string =>
  data({ choices: [{ index, delta: { content: text }, finish_reason: finish }] });
const usage = data({ choices: [], usage: { prompt_tokens: 1 } });
const DONE = data('[DONE]');
const words = (count: number, index = 0): string =>
  Array.from({ length: count }, () => choice('word', null, index)).join('');

function isUnfinished(text: string, pieceBytes = text.length): boolean {
  const stream = new AnswerStream();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.push(bytes.subarray(at, at + pieceBytes));
  stream.end();
  return stream.isUnfinished;
}

const run = (event: string): string => data({ id: 'run', object: 'thread.run' }, `thread.run.${event}`);

/** What each kind of stream consists of, and what may end it. */
const KINDS: Readonly<Record<string, { readonly parts: string; readonly ends: readonly string[] }>> = {
  chat: {
    parts: words(9),
    ends: [
      DONE,
      choice('', 'stop'),
      `${choice('', 'tool_calls')}${usage}${DONE}`,
      usage,
      data({ choices: [{ index: 0, delta: {}, finishReason: 'stop' }] }),
      `${choice('', 'stop')}: a comment\n\n`.repeat(9),
    ],
  },
  completion: {
    parts: data({ choices: [{ text: 'a', index: 0, finish_reason: null }] }).repeat(3),
    ends: [data({ choices: [{ text: '', index: 0, finish_reason: 'length' }] })],
  },
  'Responses API': {
    parts: typed('response.created') + typed('response.output_text.delta', { delta: 'x' }).repeat(8),
    ends: ['completed', 'incomplete', 'failed', 'cancelled'].map((end) => typed(`response.${end}`)),
  },
  'Anthropic messages': {
    parts:
      typed('message_start', { message: {} }) +
      typed('content_block_start') +
      typed('content_block_delta', { delta: { type: 'text_delta', text: 'x' } }).repeat(8) +
      typed('message_delta', { delta: { stop_reason: null } }),
    ends: [typed('message_stop'), typed('message_delta', { delta: { stop_reason: 'end_turn' } })],
  },
  Gemini: {
    parts: data({ candidates: [{ content: { parts: [{ text: 'x' }] } }] }).repeat(3),
    ends: [
      data({ candidates: [{ content: {}, finishReason: 'STOP', index: 0 }] }),
      data({ promptFeedback: { blockReason: 'SAFETY' }, candidates: [] }),
    ],
  },
  'Gemini interactions': {
    parts:
      data({ event_type: 'interaction.created' }) + data({ event_type: 'step.delta', delta: {} }).repeat(9),
    ends: [data({ event_type: 'interaction.completed' })],
  },
  image: {
    parts: typed('image_generation.partial_image', { b64_json: 'A'.repeat(70_000) }),
    ends: [
      typed('image_generation.completed', { b64_json: 'A'.repeat(70_000) }),
      typed('image_generation.completed', { b64_json: 'A'.repeat(3_000_000), usage: {} }),
    ],
  },
  'edited image': {
    parts: typed('image_edit.partial_image', { b64_json: 'A' }),
    ends: [data({ b64_json: 'A'.repeat(2_000_000), type: 'image_edit.completed' })],
  },
  transcript: {
    parts: typed('transcript.text.delta', { delta: 'x' }) + typed('transcript.text.segment'),
    ends: [typed('transcript.text.done', { text: 'x' })],
  },
  speech: { parts: typed('speech.audio.delta', { audio: 'A' }), ends: [typed('speech.audio.done')] },
  'run of an assistant': {
    parts: run('created') + data({ delta: { content: [] } }, 'thread.message.delta').repeat(7),
    ends: [
      ...['completed', 'incomplete', 'cancelled', 'requires_action'].map(run),
      `${run('completed')}${data('[DONE]', 'done')}`,
    ],
  },
  'Mistral conversation': {
    parts: typed('conversation.response.started') + typed('message.output.delta').repeat(8),
    ends: [typed('conversation.response.done')],
  },
  'Cohere chat': {
    parts: typed('message-start') + typed('content-delta').repeat(8),
    ends: [typed('message-end', { delta: { finish_reason: 'COMPLETE' } })],
  },
};

describe.each(Object.entries(KINDS))('a stream of %s', (_name, { parts, ends }) => {
  it('is not finished without its finish, however it is cut into pieces', () => {
    expect(isUnfinished(parts)).toBe(true);
    expect(isUnfinished(parts, 1_000)).toBe(true);
  });

  it('is finished with any of them', () => {
    for (const end of ends) {
      expect(isUnfinished(parts + end)).toBe(false);
      expect(isUnfinished(parts + end, 1_000)).toBe(false);
    }
  });
});

describe('a chat', () => {
  it.each(['', 'null', false, null, undefined])('is not finished by a reason that is %j', (reason) => {
    expect(isUnfinished(words(3) + choice('x', reason).repeat(8))).toBe(true);
  });

  it('is not finished by a text that speaks of an end', () => {
    for (const text of [
      '[DONE]',
      '"finish_reason":"stop"',
      'response.completed',
      'message_stop',
      'data: [DONE]',
    ])
      expect(isUnfinished(words(3) + choice(text))).toBe(true);
  });

  it.each([1, 8, 40])('of two choices is finished once both are, %i words apart', (count) => {
    const both = choice('a', null, 0) + choice('b', null, 1);
    const first = `${both}${choice('', 'stop', 0)}${words(count, 1)}`;
    expect(isUnfinished(first)).toBe(true);
    expect(isUnfinished(first + choice('', 'stop', 1))).toBe(false);
    expect(isUnfinished(first + DONE)).toBe(false);
    const second = `${both}${words(count)}${choice('', 'stop', 1)}${words(count)}`;
    expect(isUnfinished(second)).toBe(true);
    expect(isUnfinished(second + choice('', 'length'))).toBe(false);
    expect(isUnfinished(`${both}${words(count)}${choice('', 'stop')}`)).toBe(true);
  });

  it('of one choice with several tool calls needs one finish', () => {
    const call = data({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 1 }] }, finish_reason: null }],
    });
    expect(isUnfinished(call.repeat(9))).toBe(true);
    expect(isUnfinished(call.repeat(9) + choice('', 'tool_calls'))).toBe(false);
  });

  it('is not finished within an event, even behind a finish', () => {
    expect(isUnfinished(`${words(2)}${choice('', 'stop')}data: {"usa`)).toBe(true);
    expect(isUnfinished(`${words(2)}data: {"a":"${'x'.repeat(100_000)}`, 5_000)).toBe(true);
    expect(isUnfinished(`${words(2)}${DONE.trim()}`)).toBe(false);
  });
});

/** What is known of a stream of these events, or lines. */
function endOf(...events: string[]): { format: string | undefined; isMissing: boolean } {
  const end = new StreamEnd();
  for (const event of events) end.observe(Buffer.from(event));
  return { format: end.format, isMissing: end.isMissing };
}
const several = (event: string, count: number): string[] => Array.from({ length: count }, () => event);

describe('the end of a stream', () => {
  it.each<[string | undefined, boolean, string[]]>([
    ['choices', true, [choice('a')]],
    ['choices', false, [choice('a', 'stop')]],
    ['candidates', true, [data({ candidates: [{ content: {} }] })]],
    ['messages', true, [typed('message_start')]],
    ['messages', false, [typed('message_start'), typed('message_stop')]],
    ['typed', true, [typed('response.created')]],
    ['typed', true, ['{"type":"response.created"}\n']],
    ['typed', false, ['{"type":"response.completed"}\n']],
    ['typed', true, ['{"a":{"type":1},"event_type":"interaction.created","type":"x"}\n']],
    ['done', true, ['{"model":"m","done":false}\n']],
    ['done', false, ['{"model":"m","done":false}\n', '{"model":"m","done":true}\n']],
    [undefined, false, ['{"done":false}\n']],
    [undefined, false, ['{"model":"m","done":0}\n']],
    [undefined, false, ['{"choices":17}\n', '{"choices":[']],
    [undefined, false, [data({ type: 'ping' }, 'ping')]],
    [undefined, false, []],
  ])('of the format %s is missing: %s', (format, isMissing, events) => {
    expect(endOf(...events)).toEqual({ format, isMissing });
  });

  it.each(['[DONE]', '"[DONE]"', ' [done]\n', 'data: [DONE] \n\n', 'data:"[DONE]"\n\n'])('is %j', (mark) => {
    expect(endOf(choice('a'), mark).isMissing).toBe(false);
  });

  it.each(['[DONE].', 'x[DONE]', 'data: DONE\n\n', 'id: [DONE]\n\n'])('is not %j', (mark) => {
    expect(endOf(choice('a'), mark).isMissing).toBe(true);
  });

  it('is usage without choices, and not choices without both', () => {
    expect(endOf(choice('a'), usage).isMissing).toBe(false);
    expect(endOf(choice('a'), data({ choices: [] })).isMissing).toBe(true);
    expect(endOf(data({ choices: [{ index: 0 }], usage: { a: 1 } })).isMissing).toBe(true);
    expect(endOf(usage, choice('a')).isMissing).toBe(true);
    expect(endOf(data({ choices: [null, 17, { index: 0, finish_reason: 'stop' }] })).isMissing).toBe(false);
  });

  it('is looked for among the last six events, comments not counted', () => {
    const stop = choice('', 'stop');
    expect(endOf(choice('a'), stop, ...several(choice('b'), 5)).isMissing).toBe(false);
    expect(endOf(choice('a'), stop, ...several(choice('b'), 6)).isMissing).toBe(true);
    expect(endOf(choice('a'), stop, ...several(': ping\n\n', 9)).isMissing).toBe(false);
  });

  it('of a typed stream is asked for if one of its first four events, or of its last, has a known type', () => {
    const unknown = data({ a: 1 });
    const known = typed('response.created');
    expect(endOf(...several(unknown, 3), known, ...several(unknown, 9))).toEqual({
      format: 'typed',
      isMissing: true,
    });
    expect(endOf(...several(unknown, 4), known, ...several(unknown, 9))).toEqual({
      format: undefined,
      isMissing: false,
    });
    expect(endOf(...several(unknown, 9), known, unknown).format).toBe('typed');
  });

  it('is asked for of each choice that begins within the first 32 events', () => {
    const begins = (after: number) =>
      endOf(...several(choice('a'), after), ...several(choice('b', null, 1), 9), choice('', 'stop', 1));
    expect(begins(31).isMissing).toBe(true);
    expect(begins(32).isMissing).toBe(false);
  });

  it.each([1, 9, 10])('is asked for of a choice with the index %i', (index) => {
    const both = [choice('a'), choice('b', null, index)];
    const one = [...both, choice('', 'stop', index), ...several(choice('a'), 9), choice('', 'stop')];
    expect(endOf(...one).isMissing).toBe(false);
    expect(endOf(...one.filter((event) => event !== choice('', 'stop', index))).isMissing).toBe(true);
    const spaced = one.map((event) => event.replace('"index":', '"index" : '));
    expect(endOf(...spaced).isMissing).toBe(false);
    expect(endOf(...spaced.slice(0, 2), ...spaced.slice(3)).isMissing).toBe(true);
  });
});

it('a stream of no known kind ends where it ends', () => {
  for (const text of [
    data({ token: 'x' }).repeat(9),
    data('plain words').repeat(3),
    'data: plain words',
    typed('text-delta').repeat(9),
    data({ type: 'completion', done: true }),
    data({ choices: 'none' }),
    data('[1]'),
  ]) {
    expect(isUnfinished(text)).toBe(false);
  }
});

it('nothing that can come makes it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.json(), fc.string()), { maxLength: 8 }), (texts) => {
      isUnfinished(texts.map((text) => data(text)).join(''), 50);
    }),
  );
});
