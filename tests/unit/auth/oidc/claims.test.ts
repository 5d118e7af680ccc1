import { describe, expect, it } from 'vitest';
import { claimsOfBoth } from '../../../../lib/auth/oidc/claims';

const idToken = { iss: 'https://login.example.com', sub: 'anna-1', name: 'Anna', groups: ['old'] };

describe('the claims of somebody', () => {
  it('are those of the ID token, under those of the answer about the user; issuer and subject stay', () => {
    const answer = { groups: ['new'], iss: 'https://evil.example', sub: 'eve' };
    expect(claimsOfBoth(idToken, answer)).toMatchObject({ ...idToken, groups: ['new'] });
  });

  it.each([
    [{ email: 'a@example.com' }, { email_verified: true }, 'a@example.com', undefined],
    [{ email: 'a@example.com', email_verified: false }, { email_verified: true }, 'a@example.com', false],
    [
      { email: 'a@example.com', email_verified: true },
      { email: 'b@example.com' },
      'b@example.com',
      undefined,
    ],
    [{ email_verified: true }, { email: 'b@example.com', email_verified: false }, 'b@example.com', false],
    [{ email: 'a@example.com', email_verified: true }, {}, 'a@example.com', true],
    [{ email: 'a@example.com', email_verified: true }, { email: null }, null, undefined],
  ])('take address and email_verified from one source: %j and %j', (more, answer, email, isVerified) => {
    const claims = claimsOfBoth({ ...idToken, ...more }, answer);
    expect([claims.email, claims.email_verified]).toEqual([email, isVerified]);
  });

  it.each([[null], [undefined], ['text'], [7], [[]]])('are none if the answer is %j', (answer) => {
    expect(() => claimsOfBoth(idToken, answer)).toThrow('userinfo_no_object');
  });
});
