import { encode } from 'next-auth/jwt';
import { expect, it } from 'vitest';
import { identityOf } from '../../../lib/auth/oidc/identity';
import { claimsFor, forgottenCookies, readSession, sessionsIn } from '../../../lib/auth/session';
import { defaultSettings } from '../../../lib/config/settings';

const SECRET = 'a secret of this test';
const NOW = Date.now();

const cookieOf = async (name: string, sessionId: string) =>
  `${name}=${await encode({ token: { sessionId, signedInAt: NOW }, secret: SECRET })}`;

async function bothCookies(): Promise<string> {
  const plain = await cookieOf('next-auth.session-token', 'by http');
  const secure = await cookieOf('__Secure-next-auth.session-token', 'by https');
  return `${plain}; other=1; ${secure}; next-auth.session-token=broken`;
}

it('finds all sessions that a browser has, whichever scheme they came by', async () => {
  const sessions = await sessionsIn(SECRET, await bothCookies());
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['by http', 'by https']);
  expect(await sessionsIn(SECRET, null)).toEqual([]);
});

it('nobody is in when all of them were signed out of', async () => {
  const cookies = await bothCookies();
  const revoked = new Set<string>();
  const auth = {
    sessionSecret: SECRET,
    sessionSeconds: 60,
    isRevoked: (id: string) => revoked.has(id),
    roleOf: () => 'admin' as const,
  };
  expect(await readSession(auth, cookies, NOW)).toEqual({
    id: 'by http',
    endsAt: NOW + 60_000,
    role: 'admin',
    identity: undefined,
  });
  revoked.add('by http');
  expect(await readSession(auth, cookies, NOW)).toMatchObject({ id: 'by https' });
  revoked.add('by https');
  expect(await readSession(auth, cookies, NOW)).toBeUndefined();
});

it('makes the browser forget every name that it sent, and no other', () => {
  const forgotten = forgottenCookies('next-auth.session-token=a; x=1; __Secure-next-auth.session-token=b');
  expect(forgotten.map((cookie) => cookie.split(';')[0])).toEqual([
    '__Secure-next-auth.session-token=',
    'next-auth.session-token=',
  ]);
  expect(forgotten[0]).toContain('; Secure');
  expect(forgottenCookies('x=1')).toEqual([]);
  expect(forgottenCookies(null)).toEqual([]);
});

it('the session of the OpenID provider is none to a program that knows no roles, and is nobody without an identity', async () => {
  const identity = { provider: 'p', subject: 'anna-1', name: 'Anna', values: ['admins'] };
  const claims = claimsFor({ sessionId: 'theirs', signedInAt: NOW }, identity);
  expect(Object.keys(claims)).toEqual(['oidc']);
  const cookie = async (token: object) =>
    `next-auth.session-token=${await encode({ token: { ...token }, secret: SECRET })}`;
  const read = async (token: object, role: 'viewer' | undefined) =>
    readSession(
      { sessionSecret: SECRET, sessionSeconds: 60, isRevoked: () => false, roleOf: () => role },
      await cookie(token),
      NOW,
    );
  expect(await read(claims, 'viewer')).toMatchObject({ id: 'theirs', role: 'viewer', identity });
  expect(await read(claims, undefined)).toBeUndefined();
  expect(await read({ oidc: { sessionId: 'theirs', signedInAt: NOW } }, 'viewer')).toBeUndefined();
});

it.each([
  ['signs that JSON escapes', '\u0001'],
  ['quotes', '"'],
  ['letters of three bytes', '名'],
  ['letters of four bytes', '\u{20000}'],
  ['lone surrogates', '\ud800'],
  ['letters', 'x'],
])('whatever the provider tells, in %s, fits into one cookie, or is nobody', async (_what, sign) => {
  const issuer = 'https://login.example.com';
  const groups = Array.from({ length: 500 }, (_, at) => `${at}${sign.repeat(30)}`);
  const settings = {
    ...defaultSettings,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: 'gateway',
    OIDC_ADMINS: groups,
  };
  let fitting = 0;
  for (let length = 1; length <= 260; length++) {
    const name = sign.repeat(length);
    const email = `${sign.repeat(length)}@example.com`;
    const identity = identityOf({ iss: issuer, sub: name, name, email, groups }, settings);
    if (identity === undefined) continue;
    fitting += 1;
    const claims = claimsFor(
      { sessionId: '00000000-0000-4000-8000-000000000000', signedInAt: NOW },
      identity,
    );
    // Where next-auth begins a second cookie: 4096 less what it counts for name and attributes.
    expect((await encode({ token: { ...claims }, secret: SECRET })).length).toBeLessThan(3933);
  }
  expect(fitting).toBeGreaterThan(0);
  expect(fitting).toBeLessThan(260);
});
