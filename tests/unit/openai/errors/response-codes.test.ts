import { expect, it } from 'vitest';
import { judge } from '../../../../lib/balancer/attempts/verdict';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';

const NOW = Date.UTC(2026, 10, 29);

/** What a response means that ends with an error, as OpenAI's own do within a 200. */
function verdictOf(code: string) {
  const body = JSON.stringify({ object: 'response', status: 'failed', error: { code, message: 'As it is' } });
  return judge({ kind: 'answer', ...readAnswer({ status: 200, headers: {}, body, model: 'm' }, NOW) });
}

it.each([
  'invalid_prompt',
  'bio_policy',
  'invalid_base64_image',
  'image_parse_error',
  'image_content_policy_violation',
  'unsupported_image_media_type',
  'failed_to_download_image',
  'data_residency_mismatch',
])('%s is about the request, and costs no provider anything', (code) => {
  expect(verdictOf(code)).toMatchObject({ blame: 'client', breaker: 'none' });
});

it.each(['server_error', 'vector_store_timeout'])('%s is the provider’s', (code) => {
  expect(verdictOf(code).blame).not.toBe('client');
});
