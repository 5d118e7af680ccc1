import { describe, expect, it } from 'vitest';
import { AnswerStream } from '../../../../lib/openai/answer/answer-stream';
import { usageAt, usageOf } from '../../../../lib/openai/answer/token-counts';
import { countsFromEvent, JsonUsageScanner, usageFrom } from '../../../../lib/openai/answer/usage';
import { takesAtMost } from '../../../support/cost';

const ZERO = { promptTokens: 0, completionTokens: 0, totalTokens: 0, cachedTokens: 0, reasoningTokens: 0 };

const CHAT = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 0 },
};
const CHAT_USAGE = {
  promptTokens: 19,
  completionTokens: 10,
  totalTokens: 29,
  cachedTokens: 8,
  reasoningTokens: 4,
};

const RESPONSES = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 30 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 123,
};
const RESPONSES_USAGE = {
  promptTokens: 36,
  completionTokens: 87,
  totalTokens: 123,
  cachedTokens: 30,
  reasoningTokens: 64,
};

describe('usageFrom', () => {
  it('reads chat, Responses, embedding and image usage', () => {
    expect(usageFrom(CHAT)).toEqual(CHAT_USAGE);
    expect(usageFrom(RESPONSES)).toEqual(RESPONSES_USAGE);
    expect(usageFrom({ prompt_tokens: 8, total_tokens: 8 })).toEqual({
      ...ZERO,
      promptTokens: 8,
      totalTokens: 8,
    });
    expect(
      usageFrom({ input_tokens: 5, output_tokens: 7, input_tokens_details: { text_tokens: 5 } }),
    ).toEqual({
      ...ZERO,
      promptTokens: 5,
      completionTokens: 7,
      totalTokens: 12,
    });
  });

  it.each([
    ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens'],
    ...['cache_read_input_tokens', 'cache_creation_input_tokens'],
    ...['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'toolUsePromptTokenCount'],
  ])('is undefined where %s cannot be a count: nobody knows what was used', (field) => {
    for (const junk of [-1, 1e18, 1e308, true, false, [5], {}, '', '1e3', '0x10', '5 or so'])
      expect(usageFrom({ prompt_tokens: 3, total_tokens: 3, [field]: junk })).toBeUndefined();
  });

  it('needs no total where the parts are told, and knows nothing by a total that cannot be', () => {
    for (const junk of [-1, 1e18, true, '5 or so', {}, 2 ** 53]) {
      expect(usageFrom({ prompt_tokens: 2.9, completion_tokens: null, total_tokens: junk })).toEqual({
        ...ZERO,
        promptTokens: 2,
        totalTokens: 2,
      });
      expect(usageFrom({ total_tokens: junk })).toBeUndefined();
      expect(usageFrom({ prompt_tokens: null, total_tokens: junk })).toBeUndefined();
    }
  });

  it('counts junk in the details as 0', () => {
    const details = { prompt_tokens_details: [9], completion_tokens_details: { reasoning_tokens: 1e300 } };
    expect(usageFrom({ prompt_tokens: 2, completion_tokens: 3, ...details })).toEqual({
      ...ZERO,
      promptTokens: 2,
      completionTokens: 3,
      totalTokens: 5,
    });
  });

  it('counts no more of a part than the whole has', () => {
    const usage = usageFrom({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 99, audio_tokens: 99, cache_write_tokens: 99 },
      completion_tokens_details: { reasoning_tokens: 99, audio_tokens: 3, image_tokens: 99 },
    });
    expect(usage).toEqual({
      promptTokens: 10,
      completionTokens: 5,
      totalTokens: 15,
      cachedTokens: 10,
      reasoningTokens: 5,
      audioPromptTokens: 10,
      audioCompletionTokens: 3,
      imageCompletionTokens: 2,
    });
    const written = usageFrom({ prompt_tokens: 10, cached_tokens: 8, cache_creation_input_tokens: 9 });
    expect(written).toMatchObject({ cachedTokens: 8, cacheWriteTokens: 2 });
  });

  it.each([
    ['told with the total', { completion_tokens: 9, total_tokens: 135 }, 94, 103],
    ['more than what was said', { completion_tokens: 9 }, 94, 103],
    ['less than what was said', { completion_tokens: 530, total_tokens: 795 }, 233, 763],
    ['in the total alone', { completion_tokens: 9, total_tokens: 489 }, 0, 457],
    ['part of what was said', { completion_tokens: 103, total_tokens: 135 }, 94, 103],
  ])('counts what was thought, %s', (_what, told, reasoning, completionTokens) => {
    const completion_tokens_details = { reasoning_tokens: reasoning };
    const usage = usageFrom({ prompt_tokens: 32, ...told, completion_tokens_details });
    expect(usage && usageAt('/chat/completions', usage)).toMatchObject({
      promptTokens: 32,
      completionTokens,
      reasoningTokens: reasoning,
    });
  });

  it('reads what Google calls interactions', () => {
    const usage = usageFrom({
      total_input_tokens: 1_000,
      total_cached_tokens: 200,
      total_output_tokens: 100,
      total_thought_tokens: 50,
      total_tool_use_tokens: 7,
      input_tokens_by_modality: [
        { modality: 'text', tokens: 900 },
        { modality: 'audio', tokens: 100 },
      ],
      total_tokens: 1_157,
    });
    expect(usage).toEqual({
      promptTokens: 1_007,
      cachedTokens: 200,
      audioPromptTokens: 100,
      completionTokens: 150,
      reasoningTokens: 50,
      totalTokens: 1_157,
    });
    expect(usageFrom({ total_input_tokens: -1, total_output_tokens: 5 })).toBeUndefined();
  });

  it("reads Anthropic's thinking, and what it used to shorten a conversation", () => {
    const usage = usageFrom({
      input_tokens: 1_000,
      cache_read_input_tokens: 10,
      output_tokens: 100,
      output_tokens_details: { thinking_tokens: 60 },
      iterations: [
        { type: 'compaction', input_tokens: 5_000, output_tokens: 700 },
        { type: 'message', input_tokens: 1_000, output_tokens: 100 },
      ],
    });
    expect(usage).toMatchObject({ promptTokens: 6_010, completionTokens: 800, reasoningTokens: 60 });
  });

  it('counts parts of a prompt that the total alone tells', () => {
    const usage = usageFrom({ completion_tokens: 4, total_tokens: 10, cached_tokens: 5 });
    expect(usage && usageAt('/chat/completions', usage)).toMatchObject({ promptTokens: 6, cachedTokens: 5 });
  });

  it('reads counts that are sent as texts', () => {
    expect(usageFrom({ prompt_tokens: '12', completion_tokens: ' 3 ', total_tokens: '15.0' })).toEqual({
      ...ZERO,
      promptTokens: 12,
      completionTokens: 3,
      totalTokens: 15,
    });
  });

  it("reads Gemini's, and what caches are told to have given", () => {
    const gemini = {
      promptTokenCount: 30,
      cachedContentTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      totalTokenCount: 42,
    };
    expect(usageFrom(gemini)).toEqual({
      promptTokens: 30,
      completionTokens: 12,
      totalTokens: 42,
      cachedTokens: 10,
      reasoningTokens: 7,
    });
    expect(usageFrom({ prompt_tokens: 9, prompt_cache_hit_tokens: 4 })?.cachedTokens).toBe(4);
    expect(usageFrom({ prompt_tokens: 9, cache_read_input_tokens: 4 })).toMatchObject({
      promptTokens: 9,
      cachedTokens: 4,
    });
  });

  it.each([undefined, null, 3, 'text', true, [], [CHAT], {}, { type: 'object' }])(
    'is undefined for %j',
    (value) => {
      expect(usageFrom(value)).toBeUndefined();
    },
  );
});

it.each<[object, object]>([
  [{ candidatesTokenCount: 5 }, { completionTokens: 5, totalTokens: 5 }],
  [{ promptTokenCount: 5 }, { promptTokens: 5, totalTokens: 5 }],
  [
    { promptTokenCount: 5, toolUsePromptTokenCount: 2, thoughtsTokenCount: 1 },
    { promptTokens: 7, completionTokens: 1, totalTokens: 8, reasoningTokens: 1 },
  ],
  [{ total_tokens: 2 ** 53 - 1 }, { totalTokens: 2 ** 53 - 1 }],
  [
    { prompt_tokens: 3, cached_tokens: 2 },
    { promptTokens: 3, cachedTokens: 2, totalTokens: 3 },
  ],
  [
    { input_tokens: 3, cache_read_input_tokens: 2, cache_creation_input_tokens: 4 },
    { promptTokens: 9, cachedTokens: 2, cacheWriteTokens: 4, totalTokens: 9 },
  ],
  [
    {
      prompt_tokens: 9,
      prompt_tokens_details: { audio_tokens: 6 },
      completion_tokens: 5,
      completion_tokens_details: { audio_tokens: 4 },
    },
    {
      promptTokens: 9,
      completionTokens: 5,
      totalTokens: 14,
      audioPromptTokens: 6,
      audioCompletionTokens: 4,
    },
  ],
  [
    {
      promptTokenCount: 9,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 6 }, { modality: 'TEXT' }],
    },
    { promptTokens: 9, totalTokens: 9, audioPromptTokens: 6 },
  ],
  [
    { input_tokens: 3, cache_read_input_tokens: 2, input_tokens_details: {} },
    { promptTokens: 3, cachedTokens: 2, totalTokens: 3 },
  ],
])('%j counts %j', (value, usage) => {
  expect(usageFrom(value)).toEqual({ ...ZERO, ...usage });
});

describe('of one event', () => {
  const read = (raw: string) => {
    const counts = countsFromEvent(Buffer.from(raw));
    return counts && usageOf(counts);
  };

  it('reads the last chunk of a chat stream', () => {
    expect(read(`data: ${JSON.stringify({ choices: [], usage: CHAT })}\n\n`)).toEqual(CHAT_USAGE);
    expect(
      read(`data: ${JSON.stringify({ usage: CHAT, choices: [] }, null, 1).replaceAll('\n', ' ')}`),
    ).toEqual(CHAT_USAGE);
  });

  it.each(['response.completed', 'response.incomplete'])(
    'reads %s, where usage is under response',
    (type) => {
      const tools = [{ parameters: { properties: { usage: { type: 'object' } } } }];
      const data = JSON.stringify({ type, response: { usage: RESPONSES, tools } });
      expect(read(`event: ${type}\ndata: ${data}\n\n`)).toEqual(RESPONSES_USAGE);
    },
  );

  it('reads an object spread over several data lines', () => {
    const data = JSON.stringify({ usage: CHAT }, null, 2).replaceAll('\n', '\ndata: ');
    expect(read(`data: ${data}\n\n`)).toEqual(CHAT_USAGE);
  });

  it('is undefined for events without usage', () => {
    expect(read('data: {"choices":[{"delta":{"content":"hi"}}]}\n\n')).toBeUndefined();
    expect(read('data: {"choices":[],"usage":null}\n\n')).toBeUndefined();
    expect(read(`data: ${JSON.stringify({ content: JSON.stringify({ usage: CHAT }) })}\n\n`)).toBeUndefined();
    expect(read('data: {"usage":{"prompt_tokens":1\n\n')).toBeUndefined();
    expect(read('data: {"kind":"usage"}\n\n')).toBeUndefined();
    expect(read('data: {"usage":{prompt_tokens}}\n\n')).toBeUndefined();
    expect(read('data: [DONE]\n\n')).toBeUndefined();
  });
});

describe('of a whole stream', () => {
  function read(...events: readonly unknown[]) {
    const stream = new AnswerStream();
    for (const one of events) stream.push(Buffer.from(`data: ${JSON.stringify(one)}\n\n`));
    stream.end();
    return stream.usage;
  }
  const chat = (usage: object | null) => ({ choices: [{ delta: { content: 'x' } }], usage });

  it('puts together what the first and the last event of an Anthropic answer tell, cached tokens in the prompt', () => {
    const start = {
      type: 'message_start',
      message: {
        usage: {
          input_tokens: 1_000,
          cache_read_input_tokens: 200,
          cache_creation_input_tokens: 50,
          output_tokens: 1,
        },
      },
    };
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 15 } };
    expect(read(start, delta)).toEqual({
      promptTokens: 1_250,
      completionTokens: 15,
      totalTokens: 1_265,
      cachedTokens: 200,
      cacheWriteTokens: 50,
      reasoningTokens: 0,
    });
  });

  it('lets a later count replace an earlier one, but no zero, and nothing that is absent', () => {
    const first = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const told = { ...ZERO, promptTokens: 10, completionTokens: 5, totalTokens: 15 };
    expect(read(chat(first), chat(zeros))).toEqual(told);
    expect(read(chat(first), chat(null), chat({ total_tokens: 0 }))).toEqual(told);
    expect(read(chat(first), chat({ completion_tokens: 8 }))).toEqual({
      ...ZERO,
      promptTokens: 10,
      completionTokens: 8,
      totalTokens: 18,
    });
    expect(read(chat(zeros))).toEqual(ZERO);
    const more = { ...first, total_tokens: 20, completion_tokens_details: { reasoning_tokens: 3 } };
    expect(read(chat(more), chat(zeros))?.totalTokens).toBe(20);
    expect(read(chat(more), chat({ completion_tokens: 8, total_tokens: 30 }))).toEqual({
      ...ZERO,
      promptTokens: 10,
      completionTokens: 8,
      totalTokens: 30,
      reasoningTokens: 3,
    });
  });
});

describe('usageAt', () => {
  const total = { ...ZERO, totalTokens: 500 };

  it('gives a bare total to the prompt where nothing is generated', () => {
    expect(usageAt('/embeddings', total)).toEqual({ ...total, promptTokens: 500 });
    expect(usageAt('/rerank', total)).toEqual({ ...total, promptTokens: 500 });
    expect(usageAt('/chat/completions', total)).toEqual(total);
  });

  it('gives what one part leaves of the total to the other', () => {
    expect(usageAt('/chat/completions', { ...total, promptTokens: 100 }).completionTokens).toBe(400);
    expect(usageAt('/chat/completions', { ...total, completionTokens: 100 }).promptTokens).toBe(400);
    const told = { ...total, promptTokens: 100, completionTokens: 400 };
    expect(usageAt('/chat/completions', told)).toBe(told);
    const apart = { ...total, promptTokens: 100, completionTokens: 100 };
    expect(usageAt('/chat/completions', apart).completionTokens).toBe(400);
    expect(usageAt('/chat/completions', total)).toBe(total);
    expect(usageAt('/embeddings', { ...total, completionTokens: 5 }).promptTokens).toBe(495);
    const prompt = { ...total, promptTokens: 500 };
    expect(usageAt('/chat/completions', prompt)).toBe(prompt);
  });
});

describe('JsonUsageScanner', () => {
  function scan(text: string, chunkBytes = text.length, maxBytes?: number) {
    const scanner = new JsonUsageScanner(maxBytes);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
    return scanner.finish();
  }

  const vectors = (count: number) =>
    Array.from({ length: count }, () => ({ object: 'embedding', embedding: 'A'.repeat(8_000) }));
  const EMBEDDING_USAGE = { ...ZERO, promptTokens: 8, totalTokens: 8 };
  const usage = { prompt_tokens: 8, total_tokens: 8 };

  it('reads a short answer wherever usage stands and however it is cut', () => {
    const texts = [
      { usage: CHAT, data: vectors(2) },
      { data: vectors(1), usage: CHAT, more: vectors(1) },
    ].map((answer) => JSON.stringify(answer));
    for (const text of texts) {
      for (const chunkBytes of [1, 7, 1_000, 100_000]) expect(scan(text, chunkBytes)).toEqual(CHAT_USAGE);
    }
  });

  it.each([100, 1_460, 65_536, 2_000_000])(
    'reads usage at either end of a long answer in chunks of %i',
    (size) => {
      expect(scan(JSON.stringify({ data: vectors(130), usage }), size)).toEqual(EMBEDDING_USAGE);
      expect(scan(JSON.stringify({ object: 'list', usage, data: vectors(130) }), size)).toEqual(
        EMBEDDING_USAGE,
      );
    },
  );

  it('prefers the end to the start', () => {
    expect(scan(JSON.stringify({ usage: CHAT, data: vectors(130), usage2: 0 }), 9_999)).toEqual(CHAT_USAGE);
    const twice = JSON.stringify({ usage: CHAT, data: vectors(130) }).slice(0, -1);
    expect(scan(`${twice},"usage":${JSON.stringify(usage)}}`, 9_999)).toEqual(EMBEDDING_USAGE);
    expect(scan(JSON.stringify({ a: { usage: CHAT }, usage, b: { usage: null } }))).toEqual(EMBEDDING_USAGE);
  });

  it('of a long answer takes none that stands within something', () => {
    const own = { usage: CHAT, data: vectors(130) };
    expect(scan(JSON.stringify({ ...own, metadata: { usage } }), 9_999)).toEqual(CHAT_USAGE);
    expect(scan(JSON.stringify({ data: vectors(130), metadata: { usage } }), 9_999)).toBeUndefined();
    expect(scan(JSON.stringify({ metadata: { usage }, data: vectors(130) }), 9_999)).toBeUndefined();
  });

  it('prefers what counts something to zeros behind it', () => {
    const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    expect(scan(JSON.stringify({ usage: CHAT, last: { usage: zeros } }))).toEqual(CHAT_USAGE);
    expect(scan(JSON.stringify({ usage: zeros }))).toEqual(ZERO);
    expect(scan(JSON.stringify({ usage: CHAT, text: '"usage":{"total_tokens":1}' }))).toEqual(CHAT_USAGE);
  });

  it('keeps only both ends of a long answer', () => {
    const middle = JSON.stringify({ data: vectors(20), usage, more: vectors(20) });
    for (const chunkBytes of [1_000, 100_000, 1_000_000])
      expect(scan(middle, chunkBytes, 65_536)).toBeUndefined();
    expect(scan(middle, 1_000, 1_000_000)).toEqual(EMBEDDING_USAGE);
  });

  it('is undefined for answers without usage, empty ones and ones cut off within it', () => {
    expect(scan('{"choices":[]}')).toBeUndefined();
    expect(new JsonUsageScanner().finish()).toBeUndefined();
    expect(scan('{"usage":{"prompt_tokens":1')).toBeUndefined();
    expect(scan('<html>"usage":</html>')).toBeUndefined();
  });

  it('knows the member by its whole name', () => {
    expect(scan('{"usageMetadata" : {"promptTokenCount":3}}')?.promptTokens).toBe(3);
    for (const name of ['usageMeta', 'usageMetadataX', 'usages', 'usage_', 'Usage'])
      expect(scan(`{"${name}":{"promptTokenCount":3}}`)).toBeUndefined();
    expect(scan('["usage",{"prompt_tokens":5}]')).toBeUndefined();
    expect(scan('{"usage":[{"prompt_tokens":5}]}')).toBeUndefined();
    expect(scan('"usage":{"prompt_tokens":5}')).toBeUndefined();
  });

  it('looks at no more than 16 objects of that name', () => {
    const behind = (count: number) => `{"usage":{"prompt_tokens":5}${',"usage":null'.repeat(count)}}`;
    expect(scan(behind(15))?.promptTokens).toBe(5);
    expect(scan(behind(16))).toBeUndefined();
  });

  it('gives up early on text made of usage keys', () => {
    const [long, short] = ['"usage":{'.repeat(28_000), '"usage":{'.repeat(2_800)];
    expect(scan(long)).toBeUndefined();
    // A hundred times as long if it looked for the end of each.
    const isCheap = takesAtMost(
      30,
      () => scan(long),
      () => scan(short),
    );
    expect(isCheap).toBe(true);
  });
});

it.each([
  ['a response in the background', '"background": true,', { isBackground: true, model: 'gpt-x' }],
  ['another response', '"background":false,', {}],
  ['one in whose text the word stands', '"output":"\\"background\\":true",', {}],
])('of %s', (_name, member, told) => {
  const scanner = new JsonUsageScanner();
  scanner.push(
    Buffer.from(`{"id":"resp_1",${member}"model":"gpt-x","usage":{"input_tokens":3,"output_tokens":4}}`),
  );
  const { promptTokens, completionTokens, isBackground, model } = scanner.finish() ?? expect.fail('no usage');
  expect([promptTokens, completionTokens]).toEqual([3, 4]);
  expect({ ...(isBackground && { isBackground }), ...(model !== undefined && { model }) }).toEqual(told);
});

describe('an answer cut off in the middle', () => {
  it.each([
    ['a batch', '{"id":"batch_1","object":"batch"'],
    ['a response in the background', '{"id":"resp_1","background":true'],
  ])('of %s tells nothing: it counts once, and whole', (_name, start) => {
    const scanner = new JsonUsageScanner();
    scanner.push(Buffer.from(`${start},"usage":{"input_tokens":3,"output_tokens":4},"met`));
    expect(scanner.finish()).toBeUndefined();
  });
});

it('knows a long response in the background by its head', () => {
  const scanner = new JsonUsageScanner(1_000);
  const long = JSON.stringify('x'.repeat(20_000));
  scanner.push(Buffer.from(`{"id":"resp_1","background":true,"output":${long},"usage":{"input_tokens":3}}`));
  expect(scanner.finish()).toMatchObject({ promptTokens: 3, isBackground: true });
});

describe('of objects of that name only those count that the answer tells of itself', () => {
  const counted = { input_tokens: 900, output_tokens: 900 };
  const own = { usage: { input_tokens: 3, output_tokens: 4 } };
  const scan = (answer: unknown) => {
    const scanner = new JsonUsageScanner();
    scanner.push(Buffer.from(JSON.stringify(answer)));
    return scanner.finish()?.totalTokens;
  };
  const ofEvent = (answer: unknown) => {
    const counts = countsFromEvent(Buffer.from(`event: x\ndata: ${JSON.stringify(answer)}\n\n`));
    return counts && usageOf(counts).totalTokens;
  };

  const elsewhere: readonly [string, object][] = [
    ['metadata', { metadata: { usage: counted } }],
    ['tools', { tools: [{ function: { parameters: { usage: counted } } }] }],
    ['a list', { usages: [{ usage: counted }] }],
    ['what was parsed', { choices: [{ message: { parsed: { usage: counted } } }] }],
    ['a tool call', { type: 'content_block_start', content_block: { input: { usage: counted } } }],
    ['a tool result', { content_block: { content: [{ structured_content: { usage: counted } }] } }],
    [
      'a function call',
      { candidates: [{ content: { parts: [{ functionCall: { args: { usage: counted } } }] } }] },
    ],
    ['metadata of a response', { response: { metadata: { usage: counted } } }],
    ['the depths', { a: { b: { c: { d: { e: { f: { usage: counted } } } } } } }],
    ['a total within something', { metadata: { usage: { total_tokens: 5 } } }],
  ];
  it.each(elsewhere)('not within %s, behind it, before it or without it', (_name, other) => {
    for (const read of [scan, ofEvent]) {
      expect(read(other)).toBeUndefined();
      expect(read({ ...own, ...other })).toBe(7);
      expect(read({ ...other, ...own })).toBe(7);
      if (!('response' in other)) expect(read({ ...other, response: own })).toBe(7);
    }
  });

  it.each<[string, unknown]>([
    ['on top', own],
    ['in a response', { type: 'response.completed', response: { output: [], ...own, metadata: {} } }],
    ['in a message', { type: 'message_start', message: { id: 'msg_1', ...own } }],
    ['in an interaction', { event_type: 'interaction.complete', interaction: own }],
    ['beside an answer of Groq', { choices: [], x_groq: { id: 'req_1', ...own } }],
    ['with a choice', { choices: [{ index: 0, delta: {}, ...own }] }],
    ['in an envelope', { success: true, result: { response: 'Hi', ...own } }],
    ['in a list', [{ candidates: [] }, { candidates: [], usageMetadata: own.usage }]],
  ])('but %s', (_name, answer) => {
    expect(scan(answer)).toBe(7);
    if (!Array.isArray(answer)) expect(ofEvent(answer)).toBe(7);
  });

  it('of a long answer too, whatever the client has sent with it stands behind', () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`k${at}`, 'é'.repeat(512)]));
    const long = { output: 'x'.repeat(300_000), ...own, user: 'u', metadata };
    expect(scan(long)).toBe(7);
    const event = `data: ${JSON.stringify({ type: 'response.completed', response: long })}\n\n`;
    expect(countsFromEvent(Buffer.from(event), false)?.prompt).toBe(3);
  });

  it('of both ends of a long event too', () => {
    const text = (answer: object) =>
      Buffer.from(`data: {"type":"response.completed",${JSON.stringify(answer).slice(1)}\n\n`);
    const ofEnds = (answer: object) => countsFromEvent(text(answer), false)?.prompt;
    expect(ofEnds({ response: own })).toBe(3);
    expect(ofEnds({ response: { ...own, metadata: { usage: counted } } })).toBe(3);
    expect(ofEnds({ response: { metadata: { usage: counted } } })).toBeUndefined();
    const chunk = JSON.stringify({ choices: [], ...own, metadata: { usage: counted } });
    expect(countsFromEvent(Buffer.from(`data: ${chunk}\n\n`), false)?.prompt).toBe(3);
  });
});

describe('an Anthropic stream that breaks off', () => {
  const start = { type: 'message_start', message: { usage: { input_tokens: 1_000, output_tokens: 1 } } };
  const delta = { type: 'message_delta', delta: {}, usage: { output_tokens: 15 } };
  const usageOfStream = (...events: object[]) => {
    const stream = new AnswerStream();
    for (const event of events) stream.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
    return stream.usage;
  };

  it('before its last count has none that is known', () => {
    expect(usageOfStream(start)).toBeUndefined();
    expect(usageOfStream(start, { type: 'content_block_delta', delta: { text: 'x' } })).toBeUndefined();
    expect(usageOfStream(start, delta)?.totalTokens).toBe(1_015);
  });

  it('is known by its type, and by no word that a client has sent', () => {
    const stopped = { ...delta, delta: { stop_reason: 'stop_sequence', stop_sequence: 'message_start' } };
    expect(usageOfStream(start, stopped)?.totalTokens).toBe(1_015);
    const metadata = { type: 'message_start' };
    const response = { metadata, usage: { input_tokens: 3, output_tokens: 4 } };
    expect(usageOfStream({ type: 'response.completed', response })?.totalTokens).toBe(7);
  });
});
