import { describe, expect, it } from 'vitest';
import { GATEWAY_ERRORS, gatewayError, SHUTTING_DOWN } from '../../../../lib/gateway/answer/errors';

describe('errors of our own', () => {
  it.each(Object.entries(GATEWAY_ERRORS))('%s has a type that fits its status', (code, { status, type }) => {
    // As OpenAI has it.
    if (code === 'insufficient_quota') expect(type).toBe(code);
    else if (status === 403) expect(type).toBe('permission_error');
    else if (status === 429) expect(type).toBe('rate_limit_error');
    else if (status === 401) expect(type).toBe('authentication_error');
    else expect(type).toBe(status >= 500 ? 'server_error' : 'invalid_request_error');
  });

  it('name a time to come back only where there is one', () => {
    expect(gatewayError('invalid_json', 'no')).toEqual({ code: 'invalid_json', message: 'no' });
    expect(gatewayError('all_keys_cooling', 'later', 500)).toMatchObject({ retryAfterMs: 500 });
  });

  it('of a gateway that shuts down ask to come back at once: another one may be there', () => {
    expect(SHUTTING_DOWN).toMatchObject({ code: 'shutting_down', retryAfterMs: 1_000 });
  });
});
