import { describe, expect, it } from 'vitest';
import { failureOf, OidcError, problemOf } from '../../../../lib/auth/oidc/failure';

const coded = (code: string) => Object.assign(new Error('it failed'), { code });

describe('what went wrong at the provider', () => {
  it.each<[unknown, string]>([
    [new OidcError('unfit', 'other_issuer'), 'unfit'],
    [coded('ECONNREFUSED'), 'unreachable'],
    [coded('ENOTFOUND'), 'unreachable'],
    [coded('ETIMEDOUT'), 'unreachable'],
    [coded('CERT_HAS_EXPIRED'), 'certificate'],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate'],
    [coded('EPROTO'), 'certificate'],
    [new Error('outgoing request timed out after 5000ms'), 'unreachable'],
    [new Error('State cookie was missing.'), 'stale'],
    [new Error('state mismatch, expected abc, got: def'), 'stale'],
    [new Error('invalid_grant (grant request is invalid)'), 'stale'],
    [new Error('access_denied (no)'), 'refused'],
    [new Error('failed to validate JWT signature'), 'unfit'],
    [new Error('unexpected iss value, expected a, got: b'), 'unfit'],
    [new Error('azp mismatch, got: another-client'), 'unfit'],
    [new Error('userinfo_no_object'), 'unfit'],
    [new Error('id_token_from_the_future'), 'unfit'],
    [new Error('status_101'), 'unfit'],
    [coded('HPE_INVALID_CONSTANT'), 'unreachable'],
    [coded('HPE_HEADER_OVERFLOW'), 'unreachable'],
    [coded('answer_too_large'), 'unreachable'],
    [new Error('invalid_client (client authentication failed)'), 'failed'],
    [undefined, 'failed'],
    ['text', 'failed'],
  ])('%s is %s', (error, failure) => {
    expect(failureOf(error)).toBe(failure);
  });

  it('is logged without any value that it was about', () => {
    expect(problemOf(new Error('state mismatch, expected SECRET-STATE, got: OTHER'))).toBe('state mismatch');
    expect(problemOf(new Error(`Unexpected token '<', "<html>SECRET" is not valid JSON`))).toBe(
      `Unexpected token '`,
    );
    expect(problemOf(new Error('failed to decode JWT (Error: SECRET)'))).toBe('failed to decode JWT');
    expect(problemOf(coded('ECONNRESET'))).toBe('ECONNRESET');
    expect(problemOf(undefined)).toBe('');
  });
});
