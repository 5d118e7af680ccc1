import { describe, expect, it } from 'vitest';
import { assertIssued, claimsOfBoth, nullAsAnswer } from '../../../../lib/auth/oidc/claims';

const idToken = { iss: 'https://login.example.com', sub: 'anna-1', name: 'Anna', groups: ['old'] };

describe('the claims of somebody', () => {
  it('are those of the ID token, under those of the answer about the user; issuer and subject stay', () => {
    const answer = { groups: ['new'], iss: 'https://evil.example', sub: 'eve' };
    expect(claimsOfBoth(idToken, answer)).toMatchObject({ ...idToken, groups: ['new'] });
  });

  it.each([
    [{ email: 'a@example.com' }, { email_verified: true }, 'a@example.com', undefined],
    [{ email: 'a@example.com', email_verified: false }, { email: 'a@example.com' }, 'a@example.com', false],
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

  it('are none if the library cannot read an answer of null; its other errors stay', () => {
    const parsed = null as unknown as { readonly sub: string };
    expect(answerOf(() => parsed.sub)).toBeNull();
    expect(() => answerOf(() => JSON.parse('x'))).toThrow(SyntaxError);
  });

  it('are none if the ID token is from the future, by more than clocks differ', () => {
    const NOW = 1_800_000_000_000;
    for (const iat of [undefined, NOW / 1000 - 9000, NOW / 1000 + 299]) {
      expect(() => assertIssued({ iat }, NOW)).not.toThrow();
    }
    expect(() => assertIssued({ iat: NOW / 1000 + 301 }, NOW)).toThrow('id_token_from_the_future');
    expect(() => assertIssued({ iat: 1e300 }, NOW)).toThrow('id_token_from_the_future');
  });
});

function answerOf(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return nullAsAnswer(error);
  }
}
