import { beforeEach, expect, it } from 'vitest';
import { AdminAuth } from '../../../lib/auth/admin-auth';
import { GuessLimiter } from '../../../lib/auth/guess-limiter';
import { defaultSettings } from '../../../lib/config/settings';
import type { SignedOut } from '../../../lib/auth/signed-out';

const HOME = { address: '203.0.113.7', socketAddress: '203.0.113.7' };
let now = 0;
let adminToken = '';
let auth: AdminAuth;
let saved: SignedOut[];

beforeEach(() => {
  now = 1_000_000;
  adminToken = 'sk-admin';
  saved = [];
  auth = new AdminAuth({
    encryptionKey: Buffer.alloc(32, 1),
    adminToken: () => adminToken,
    sessionSeconds: () => 3600,
    oidc: () => defaultSettings,
    limiter: new GuessLimiter(() => now),
    now: () => now,
    saveSignedOut: (session) => Promise.resolve(void saved.push(session)),
  });
});

it('lets in whoever has the admin token of this moment', () => {
  expect(auth.check('sk-admin', HOME)).toEqual({ ok: true });
  adminToken = 'sk-other';
  expect(auth.check('sk-admin', HOME)).toMatchObject({ ok: false });
  expect(auth.check('sk-other', HOME)).toEqual({ ok: true });
});

it('lets nobody in while there is no admin token', () => {
  adminToken = '';
  expect(auth.check('', HOME)).toMatchObject({ ok: false });
});

it('makes whoever guesses wait, and says for how long', () => {
  for (let i = 0; i < 4; i++) expect(auth.check('wrong', HOME)).toEqual({ ok: false, waitSeconds: 0 });
  expect(auth.check('wrong', HOME)).toEqual({ ok: false, waitSeconds: 60 });
});

it('lets the right token in from an address that has to wait', () => {
  for (let i = 0; i < 50; i++) auth.check('wrong', HOME);
  expect(auth.check('sk-admin', HOME)).toEqual({ ok: true });
});

it('finds the right token among several', () => {
  expect(auth.check(['wrong', 'sk-admin'], HOME)).toEqual({ ok: true });
});

it('counts every wrong token of a request', () => {
  auth.check(['a', 'b', 'c'], HOME);
  expect(auth.check(['d', 'e'], HOME)).toEqual({ ok: false, waitSeconds: 60 });
});

it('whoever writes another address into X-Forwarded-For each time waits in the end, and locks nobody out', () => {
  const via = (host: number) => ({ address: `198.51.100.${host}`, socketAddress: '192.168.1.9' });
  const results = Array.from({ length: 60 }, (_, i) => auth.check('wrong', via(i)));
  expect(results.at(-1)).toEqual({ ok: false, waitSeconds: 60 });
  expect(auth.check('sk-admin', via(200))).toEqual({ ok: true });
  expect(auth.check('sk-admin', via(59))).toEqual({ ok: true });
});

it('another admin token makes another secret for sessions', () => {
  const before = auth.sessionSecret;
  expect(auth.sessionSecret).toBe(before);
  adminToken = 'sk-other';
  expect(auth.sessionSecret).not.toBe(before);
});

it('a session that was signed out of stays revoked, and that is saved', async () => {
  await auth.revoke('mine', now + 1000);
  expect(auth.isRevoked('mine')).toBe(true);
  expect(auth.isRevoked('other')).toBe(false);
  expect(saved).toEqual([{ id: 'mine', endsAt: now + 1000 }]);
});

it('a sign-out that cannot be saved holds all the same', async () => {
  const failing = new AdminAuth({
    encryptionKey: Buffer.alloc(32, 1),
    adminToken: () => adminToken,
    sessionSeconds: () => 3600,
    oidc: () => defaultSettings,
    limiter: new GuessLimiter(() => now),
    now: () => now,
    saveSignedOut: () => Promise.reject(new Error('the disk is full')),
  });
  await expect(failing.revoke('mine', now + 1000)).rejects.toThrow('the disk is full');
  expect(failing.isRevoked('mine')).toBe(true);
});

it('knows the sessions that were signed out of elsewhere', () => {
  auth.learnSignedOut([{ id: 'theirs', endsAt: now + 1000 }]);
  expect(auth.isRevoked('theirs')).toBe(true);
});
