/** What is sent in the scenarios, and what comes back. */

const SYSTEM = 'You are a helpful assistant.';

export const SMALL_CHAT = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: 'Hello, please say something friendly.' },
  ],
  temperature: 0.7,
});

export const LONG_CHAT = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: 'Sum this up: "caf\u00e9".\n'.repeat(200 * 40) },
  ],
});

/** Of other models than plain answers, so that gateways that route by model find the provider of the streams. */
const STREAMED = {
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Tell me a story.' }],
};
export const STREAMED_CHAT = JSON.stringify({ model: 'gpt-4o', ...STREAMED });
/** Of a model that takes its time. */
export const SLOW_STREAMED_CHAT = JSON.stringify({ model: 'gpt-4.1', ...STREAMED });
/** By model; of each stream. */
export const EVENTS_PER_SECOND = { 'gpt-4o': 20, 'gpt-4.1': 4 } as const;
export const PLAIN_MODELS = ['gpt-4o-mini', 'text-embedding-3-large'] as const;
export const STREAMED_MODELS = Object.keys(EVENTS_PER_SECOND);

export const EMBEDDING = JSON.stringify({
  model: 'text-embedding-3-large',
  input: ['a', 'b', 'c'],
  encoding_format: 'base64',
});

export const CHAT_ANSWER = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_732_460_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content:
          'Hello! How can I help you today? This is an answer of an ordinary size, with some words in it.',
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 19,
    completion_tokens: 28,
    total_tokens: 47,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_0705bf87c0',
});

/** About 1 MB: vectors in base64, as the official client asks for them. */
export function embeddingAnswer(): string {
  const vectors = Array.from({ length: 64 }, (_, index) => ({
    object: 'embedding',
    index,
    embedding: Buffer.alloc(12_288, `bench ${index} `).toString('base64'),
  }));
  return JSON.stringify({
    object: 'list',
    data: vectors,
    model: 'text-embedding-3-large',
    usage: { prompt_tokens: 12, total_tokens: 12 },
  });
}

/** Stands in the text of each event, before the time of its sending: gateways write events anew, but keep their text. */
export const SENT_AT = 'sent@';
/** Of the time behind it: milliseconds since 1970, with three decimals. */
export const SENT_AT_LENGTH = 17;
