import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';

const isMoney = (error: object, status = 429): boolean => {
  const answer = { status, headers: {}, body: JSON.stringify({ error }) };
  return readAnswer(answer, 0).facts.subject === 'money';
};

const OPENAI_EMPTY =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.';

describe('an empty account', () => {
  it.each([
    [{ message: OPENAI_EMPTY, type: 'insufficient_quota', code: 'insufficient_quota' }],
    [{ message: OPENAI_EMPTY }],
    [{ message: 'Billing hard limit has been reached', code: 'billing_hard_limit_reached' }],
    [{ message: 'm', type: 'exceeded_current_quota_error' }],
    [{ message: 'Access denied, please make sure your account is in good standing.', code: 'Arrearage' }],
    [{ message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' }],
    [{ message: 'Insufficient credits. Add more using https://openrouter.ai/credits', code: 402 }],
    [{ message: 'Sorry, your account balance is insufficient', code: 30001 }],
    [
      {
        message: 'Your credit balance is too low to access the Anthropic API.',
        type: 'invalid_request_error',
      },
    ],
    [{ message: 'You have reached your specified API usage limits. You will regain access on 2026-01-01' }],
    [{ message: 'You have exceeded your monthly included credits for Inference Providers.' }],
    [{ message: 'Your team has either used all available credits or reached its monthly spending limit.' }],
    [{ message: 'Your prepayment credits are depleted.', code: 429, status: 'RESOURCE_EXHAUSTED' }],
    [{ message: 'user quota is not enough', code: 'x' }],
    [{ message: '余额不足或无可用资源包,请充值。', code: '1113' }],
    [{ message: '该令牌额度已用尽' }],
  ])('is read from %j, whatever the status', (error) => {
    for (const status of [400, 401, 402, 403, 412, 429, 500, 503]) expect(isMoney(error, status)).toBe(true);
  });

  it.each([
    [
      {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 15\nPlease retry in 36.2s.',
      },
    ],
    [{ message: 'You exceeded your current quota. Please retry in 36s.', code: 429 }],
    [{ message: 'Resource has been exhausted (e.g. check quota).', code: 429, status: 'RESOURCE_EXHAUSTED' }],
    [
      {
        message:
          'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s. You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    ],
    [
      {
        message:
          'have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 2 seconds.',
      },
    ],
    [{ message: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'", code: 429 }],
    [
      {
        message: "This request would exceed your account's rate limit. Please try again later.",
        type: 'rate_limit_error',
      },
    ],
    [{ message: 'Concurrency limit reached' }],
    [{ message: 'Overloaded', type: 'overloaded_error' }],
    [{ message: 'You have insufficient permissions for this operation.', code: 403 }],
    [{ message: 'Incorrect API key provided', code: 'invalid_api_key' }],
    [{}],
  ])('is not read from %j', (error) => {
    expect(isMoney(error)).toBe(false);
  });

  it('is not read from a status without a word', () => {
    for (const status of [402, 403, 429, 500]) {
      expect(readAnswer({ status, headers: {}, body: '' }, 0).facts.subject).not.toBe('money');
    }
  });
});
