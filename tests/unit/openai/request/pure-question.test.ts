import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isPureQuestion } from '../../../../lib/openai/request/pure-question';

const CHAT = '/chat/completions';
const MESSAGES = '/messages';
const RESPONSES = '/responses';

const isPure = (path: string, said: object | string) =>
  isPureQuestion(path, Buffer.from(typeof said === 'string' ? said : JSON.stringify(said)));

const chat = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] };
const messages = { ...chat, max_tokens: 5 };
const response = { model: 'm', stream: true, store: false, input: 'hi' };
const FUNCTION = { type: 'function', function: { name: 'f', parameters: { properties: { tools: {} } } } };

describe('a question of which nothing but its answer comes', () => {
  it.each<[string, string, object]>([
    ['a chat', CHAT, { ...chat, temperature: 1, max_completion_tokens: 5, stream_options: {}, user: 'u' }],
    ['a chat with functions', CHAT, { ...chat, tools: [FUNCTION, { type: 'custom', custom: {} }] }],
    ['a chat with functions of the old kind', CHAT, { ...chat, functions: [{ name: 'f' }] }],
    ['a chat in words', CHAT, { ...chat, modalities: ['text'] }],
    ['a chat that says no to what it could ask for', CHAT, { ...chat, store: false, tools: [], audio: null }],
    ['a message with tools', MESSAGES, { ...messages, tools: [{ name: 'f', input_schema: {} }] }],
    ['a prompt', '/completions', { model: 'm', prompt: ['a', 'b'], stream: true }],
    ['a response that is not stored', RESPONSES, { ...response, background: false }],
    ['one that goes on', RESPONSES, { ...response, previous_response_id: 'resp_1' }],
    [
      'one that brings its history along',
      RESPONSES,
      {
        ...response,
        tools: [{ type: 'function', name: 'f' }],
        input: [
          { role: 'user', content: 'hi' },
          { type: 'reasoning', encrypted_content: 'x' },
          { type: 'function_call', call_id: 'c' },
          { type: 'function_call_output', call_id: 'c', output: '' },
        ],
      },
    ],
    ['an embedding', '/embeddings', { model: 'm', input: ['a', 'b'], dimensions: 2 }],
    ['one of tokens', '/embeddings', { model: 'm', input: [[1, 2]] }],
    ['a moderation', '/moderations', { model: 'm', input: [{ type: 'image_url', image_url: {} }] }],
    ['a ranking', '/rerank', { model: 'm', query: 'q', documents: ['a'], top_n: 1 }],
  ])('may be asked twice: %s', (_what, path, said) => {
    expect(isPure(path, said)).toBe(true);
  });
});

describe('a request that does more than ask, or may', () => {
  it.each<[string, string, object]>([
    ['a chat that is stored', CHAT, { ...chat, store: true }],
    ['a chat in sound', CHAT, { ...chat, modalities: ['text', 'audio'], audio: { voice: 'alloy' } }],
    ['a chat in pictures', CHAT, { ...chat, modalities: ['image', 'text'] }],
    ['a chat that searches', CHAT, { ...chat, web_search_options: {} }],
    ['a chat with plugins', CHAT, { ...chat, plugins: [{ id: 'web' }] }],
    ['a model that acts by itself', CHAT, { ...chat, model: 'groq/compound' }],
    ['an agent', CHAT, { ...chat, model: 'agent:a1' }],
    ['another model that searches', CHAT, { ...chat, models: ['m', 'openai/m:online'] }],
    ['a model without a name', CHAT, { ...chat, model: 5 }],
    ['a member in other letters', CHAT, { ...chat, Store: true }],
    ['a message with tool servers', MESSAGES, { ...messages, mcp_servers: [{ type: 'url' }] }],
    ['a message with a container', MESSAGES, { ...messages, container: 'container_1' }],
    ['a response that does not say', RESPONSES, { ...response, store: undefined }],
    ['a response that says nothing', RESPONSES, { ...response, store: null }],
    ['a response that goes on by itself', RESPONSES, { ...response, background: true }],
    ['a response of a conversation', RESPONSES, { ...response, conversation: { id: 'conv_1' } }],
    ['a template at the provider', RESPONSES, { ...response, prompt: { id: 'pmpt_1' } }],
    ['an approval', RESPONSES, { ...response, input: [{ type: 'mcp_approval_response', approve: true }] }],
    ['tools among what was said', RESPONSES, { ...response, input: [{ type: 'tool_search_output' }] }],
    ['an item of no kind', RESPONSES, { ...response, input: [{ id: 'x' }] }],
    ['an embedding that is stored', '/embeddings', { model: 'm', input: 'a', store: true }],
  ])('may not be sent twice: %s', (_what, path, said) => {
    expect(isPure(path, said)).toBe(false);
  });

  it.each([
    'code_interpreter',
    'shell',
    'local_shell',
    'image_generation',
    'mcp',
    'computer_use_preview',
    'file_search',
    'web_search',
    'web_fetch_20250910',
    'code_execution_20250825',
    'builtin_function',
    'whatever comes next',
  ])('may not be sent twice with the tool %s', (type) => {
    const tools = [FUNCTION, { type, name: 'n', input_schema: {}, container: { type: 'auto' } }];
    for (const [path, said] of [
      [CHAT, chat],
      [MESSAGES, messages],
      [RESPONSES, response],
    ] as const) {
      expect(isPure(path, { ...said, tools })).toBe(false);
    }
  });

  it.each([{}, 'function', null, { name: 'f' }])('may not be sent twice with the tool %j', (tool) => {
    expect(isPure(CHAT, { ...chat, tools: [tool] })).toBe(false);
  });

  it.each<[string, string]>([
    ['names a member with escapes', String.raw`{"model":"m","st\u006fre":true}`],
    ['says two things of one member', '{"model":"m","store":true,"store":false}'],
    ['says two things of a tool', '{"model":"m","tools":[{"type":"mcp","type":"function"}]}'],
    ['is no JSON', '{"model":"m"'],
    ['is no object', '["m"]'],
    ['is empty', ''],
    ['is a form', '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--b--'],
  ])('may not be sent twice if it %s', (_what, text) => {
    expect(isPure(CHAT, text)).toBe(false);
  });

  it('may not be sent twice if it is encoded, or too long to look at', () => {
    expect(isPureQuestion(CHAT, gzipSync(JSON.stringify(chat)))).toBe(false);
    expect(isPure(CHAT, { ...chat, system: 'x'.repeat(500_000) })).toBe(true);
    expect(isPure(CHAT, { ...chat, system: 'x'.repeat(600_000) })).toBe(false);
  });
});
