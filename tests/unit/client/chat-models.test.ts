import { describe, expect, it } from 'vitest';
import type { TaskItem } from '../../../lib/admin/contract/tasks';
import { canChat, chatModelOf, chatModelsOf, isRefusedByTest } from '../../../lib/client/chat-models';

it.each([
  'text-embedding-3-small',
  'BAAI/bge-m3',
  'whisper-large-v3-turbo',
  'gpt-4o-mini-tts',
  'gpt-4o-transcribe',
  'omni-moderation-latest',
  'llama-guard-3-8b',
  'dall-e-3',
  'gpt-image-1',
  'black-forest-labs/FLUX.1-schnell',
  'gpt-4o-realtime-preview',
  'gemini-embedding-001',
  'gpt-3.5-turbo-instruct',
  'playai-tts',
  'jina-reranker-v2',
])('%s is not proposed for chat', (model) => expect(canChat(model)).toBe(false));

it.each([
  'gpt-4o-mini',
  'llama-3.1-8b-instant',
  'deepseek-chat',
  'Qwen/Qwen3-8B',
  'models/gemini-2.5-flash',
  'glm-4-flash',
])('%s chats', (model) => expect(canChat(model)).toBe(true));

it('proposes a model of the list only: the preferred one, else a small one, and none where none chats', () => {
  expect(chatModelOf(['b-chat', 'gpt-4o-mini'], 'gpt-4o-mini')).toBe('gpt-4o-mini');
  expect(chatModelOf(['big-chat', 'small-chat-mini'], 'gpt-4o-mini')).toBe('small-chat-mini');
  expect(chatModelOf(['whisper-1', 'text-embedding-3-small'], 'gpt-4o-mini')).toBeUndefined();
  expect(chatModelOf([])).toBeUndefined();
});

it.each(['voice-of-reason-chat', 'live-chat-1', 'guard_talk_2', 'music-assistant'])(
  '%s is proposed where no better one is there',
  (model) => {
    expect(chatModelOf(['text-embedding-3-small', 'whisper-1', model])).toBe(model);
    expect(chatModelOf([model, 'acme-mini'])).toBe('acme-mini');
    expect(chatModelsOf(['tts-1', model])).toEqual([model]);
    expect(chatModelsOf(['acme-mini', model])).toEqual(['acme-mini']);
  },
);

it.each(['chat-embedding-1', 'gpt-3.5-turbo-instruct', 'chat-rerank', 'whisper-talk'])(
  '%s is never proposed',
  (model) => expect(chatModelOf([model])).toBeUndefined(),
);

describe('a model that the test of the keys was refused', () => {
  const test = (provider: string, ...groups: readonly (readonly [string, string])[]) =>
    ({
      kind: 'probe-keys',
      result: { groups: groups.map(([outcome, text]) => ({ provider, outcome, text, count: 1 })) },
    }) as unknown as TaskItem;
  const denied = (model: string) =>
    `cannot be tested with the model '${model}': 404 model_not_found: no such model`;

  it.each([
    denied('gpt-4o-mini'),
    denied('(id)'),
    '404 no such model',
    '400 invalid_request_error: unknown model',
  ])('is known by "%s"', (text) => {
    const tasks = [{ kind: 'import-keys', result: null } as TaskItem, test('acme', ['unproven', text])];
    expect(isRefusedByTest('gpt-4o-mini', 'acme', tasks)).toBe(true);
    expect(isRefusedByTest('gpt-4o-mini', 'other', tasks)).toBe(false);
  });

  it('is not one that a key has answered with, now or in a later test, nor one that was not tested', () => {
    const refused = test('acme', ['unproven', denied('gpt-4o-mini')]);
    const isRefused = (...tasks: TaskItem[]) => isRefusedByTest('gpt-4o-mini', 'acme', tasks);
    expect(isRefused(test('acme', ['alive', 'alive'], ['unproven', denied('gpt-4o-mini')]))).toBe(false);
    expect(isRefused(test('acme', ['alive', 'alive']), refused)).toBe(false);
    expect(isRefused(test('acme', ['unproven', '429 slow down']), refused)).toBe(true);
    expect(isRefused(test('acme', ['rejected', '401 wrong key']))).toBe(false);
    expect(isRefused(test('acme', ['unproven', denied('another')]))).toBe(false);
    expect(isRefused()).toBe(false);
  });
});
