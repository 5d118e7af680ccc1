import { expect, it } from 'vitest';
import { withoutKeys } from '../../../../lib/gateway/record/without-keys';

const RANDOM = 'abcdefghijklmnopqrstuvwxyz0123456789AB';

it.each([
  [`sk-proj-${RANDOM}`, 'sk-pro...89AB'],
  [`openai/sk-${RANDOM}:free`, 'openai/sk-abc...89AB:free'],
  [`/models/gsk_${RANDOM}`, '/models/gsk_ab...89AB'],
  [`AIzaSyA_b1-C2d_e3-F4g_h5-I6j_k7-L8m_n9`, 'AIzaSy...m_n9'],
  [`hf_${'abCdEfGh'.repeat(4)}`, 'hf_abC...EfGh'],
  [`sk-${RANDOM} sk-${RANDOM}`, 'sk-abc...89AB sk-abc...89AB'],
])('shows of %s no more than a hint', (text, shown) => expect(withoutKeys(text)).toBe(shown));

it.each([
  'gpt-4o-mini-2024-07-18',
  'ft:gpt-4o-mini-2024-07-18:some-organisation::AbCdEf12',
  'anthropic/claude-3-5-sonnet-20241022',
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
  'hf-internal-testing/tiny-random-gpt2',
  'xai-grok-4-fast-non-reasoning-latest',
  'accounts/fireworks/models/fw-function-calling-34b-v0',
  'task-0123456789abcdef0123456789abcdef',
  '/responses/resp_0123456789abcdef0123456789abcdef/input_items',
  '/files/file-0123456789abcdef/content',
  '',
])('leaves %s as it is', (text) => expect(withoutKeys(text)).toBe(text));

it('costs no more than its length, whatever it is asked of', () => {
  const text = 'sk-'.repeat(50_000);
  expect(withoutKeys(text)).toBe(text);
});
