import { encode } from 'next-auth/jwt';
import { expect, it } from 'vitest';
import { errorCodeOf, hasBegun } from '../../../../lib/auth/oidc/begun';

const SECRET = 'a secret of this test';
const NAME = 'next-auth.state';
const keep = (token: object, salt = NAME, secret = SECRET) => encode({ token: { ...token }, secret, salt });
const begun = (state: string | null, cookie: string | undefined, isSecure = false) =>
  hasBegun(state, (name) => (name === (isSecure ? `__Secure-${NAME}` : NAME) ? cookie : undefined), {
    secret: SECRET,
    isSecure,
  });

it('a sign-in was begun here if its state is the one in the cookie of this browser', async () => {
  const mine = { value: 'mine', provider: 'oidc' };
  expect(await begun('mine', await keep(mine))).toBe(true);
  expect(await begun('mine', await keep(mine, `__Secure-${NAME}`), true)).toBe(true);
  expect(await begun('other', await keep(mine))).toBe(false);
  expect(await begun(null, await keep(mine))).toBe(false);
  expect(await begun('mine', undefined)).toBe(false);
  expect(await begun(null, undefined)).toBe(false);
  expect(await begun('', await keep({ value: '', provider: 'oidc' }))).toBe(false);
  expect(await begun('mine', 'forged')).toBe(false);
  expect(await begun('mine', await keep(mine, 'another salt'))).toBe(false);
  expect(await begun('mine', await keep(mine, NAME, 'another secret'))).toBe(false);
});

it('an error of the provider is known by its code alone', () => {
  expect(errorCodeOf('access_denied')).toBe('access_denied');
  for (const text of ['', 'Buy now', 'access_denied\n', 'ACCESS', 'a'.repeat(41), '1']) {
    expect(errorCodeOf(text)).toBeUndefined();
  }
});
