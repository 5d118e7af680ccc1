import { expect, it } from 'vitest';
import { canChat, chatModelOf } from '../../../lib/client/chat-models';

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
