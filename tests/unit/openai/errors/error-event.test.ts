import { expect, it } from 'vitest';
import { upstreamErrorEvent } from '../../../../lib/openai/errors/error-event';

const told = (text: string) => upstreamErrorEvent(text, 'It failed.').toString();
const envelope = (message: string, type: string, code: string) =>
  `data: ${JSON.stringify({ error: { message, type, param: null, code } })}\n\n`;

it('is what the upstream said, on one line', () => {
  const error = { error: { message: 'a\nb', code: 429 }, user_id: 'u' };
  expect(told(JSON.stringify(error, null, 2))).toBe(`data: ${JSON.stringify(error)}\n\n`);
  expect(told(JSON.stringify([error]))).toBe(`data: ${JSON.stringify(error)}\n\n`);
  const failed = { type: 'response.failed', response: { error: { code: 'x' } } };
  expect(told(JSON.stringify(failed))).toBe(`data: ${JSON.stringify(failed)}\n\n`);
});

it('is in our envelope where clients would not see that it is an error', () => {
  expect(told('{"error":"no"}')).toBe(envelope('no', 'server_error', 'upstream_error'));
  expect(told('{"code":50603,"message":"busy"}')).toBe(envelope('busy', 'server_error', '50603'));
});

it('does not repeat what is no JSON', () => {
  for (const text of ['', '<html>', '{}']) {
    expect(told(text)).toBe(envelope('It failed.', 'server_error', 'upstream_error'));
  }
});
