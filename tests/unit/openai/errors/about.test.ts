import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';

const about = (status: number, error: object | string) => {
  const body = typeof error === 'string' ? error : JSON.stringify({ error });
  return readAnswer({ status, headers: {}, body }, 0).facts.about;
};

describe('a refusal that another model may not share', () => {
  it.each([
    [
      400,
      {
        message:
          "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    ],
    [400, { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' }],
    [
      400,
      {
        code: 400,
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        status: 'INVALID_ARGUMENT',
      },
    ],
    [
      400,
      { message: 'Please reduce the length of the messages or completion.', code: 'context_length_exceeded' },
    ],
    [
      413,
      { message: 'Request too large for model `x` on tokens per minute (TPM)', code: 'request_too_large' },
    ],
    [400, '{"object":"error","message":"This model\'s maximum context length is 4096 tokens","code":400}'],
    [
      422,
      { message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000' },
    ],
    [400, { message: "This endpoint's maximum context length is 32768 tokens.", code: 400 }],
    [400, { message: '输入内容过长', code: '1261' }],
  ])('is that it is too long: %s %j', (status, error) => {
    expect(about(status, error)).toBe('context_length');
  });

  it.each([
    [
      400,
      {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        param: 'prompt',
        code: 'content_filter',
      },
    ],
    [
      400,
      {
        message: 'Your request was rejected as a result of our safety system.',
        code: 'content_policy_violation',
      },
    ],
    [403, { message: 'Your input was flagged by moderation', code: 403 }],
    [400, { message: 'Content Exists Risk', type: 'invalid_request_error', code: 'invalid_request_error' }],
  ])('is that its prompt is not allowed: %s %j', (status, error) => {
    expect(about(status, error)).toBe('content_policy');
  });

  it.each([
    [400, { message: "Unknown parameter: 'foo'.", param: 'foo', code: 'unknown_parameter' }],
    [404, { message: 'The model `x` does not exist', code: 'model_not_found' }],
    [401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }],
    [429, { message: 'Rate limit reached', code: 'rate_limit_exceeded' }],
    [500, { message: 'The server had an error' }],
    [400, { message: "'temperature' must be at most 2", param: 'temperature' }],
    [400, { message: 'max_tokens is too large: 100000', param: 'max_tokens', code: 'invalid_value' }],
  ])('is nothing else: %s %j', (status, error) => {
    expect(about(status, error)).toBeUndefined();
  });
});
