import { beforeEach, expect, it } from 'vitest';
import { AdminAuth } from '../../../lib/auth/admin-auth';

const HOME = { address: '203.0.113.7', socketAddress: '203.0.113.7' };
let now = 0;
let adminToken = '';
let auth: AdminAuth;

beforeEach(() => {
  now = 1_000_000;
  adminToken = 'sk-admin';
  auth = new AdminAuth({
    encryptionKey: Buffer.alloc(32, 1),
    adminToken: () => adminToken,
    sessionSeconds: () => 3600,
    now: () => now,
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

it('makes whoever guesses wait, with the right token as well, and says for how long', () => {
  for (let i = 0; i < 4; i++) expect(auth.check('wrong', HOME)).toEqual({ ok: false, waitSeconds: 0 });
  expect(auth.check('wrong', HOME)).toEqual({ ok: false, waitSeconds: 60 });
  expect(auth.check('sk-admin', HOME)).toEqual({ ok: false, waitSeconds: 60 });
  expect(auth.check('sk-admin', { address: '203.0.113.8', socketAddress: '203.0.113.8' })).toEqual({
    ok: true,
  });
});

it('whoever writes another address into X-Forwarded-For each time waits in the end', () => {
  const results = Array.from({ length: 60 }, (_, i) =>
    auth.check('wrong', { address: `198.51.100.${i}`, socketAddress: '192.168.1.9' }),
  );
  expect(results.at(-1)).toEqual({ ok: false, waitSeconds: 60 });
});

it('another admin token makes another secret for sessions', () => {
  const before = auth.sessionSecret;
  expect(auth.sessionSecret).toBe(before);
  adminToken = 'sk-other';
  expect(auth.sessionSecret).not.toBe(before);
});

it('a session that was signed out of stays revoked, in bounded memory', () => {
  auth.revoke('mine', now + 1000);
  expect(auth.isRevoked('mine')).toBe(true);
  expect(auth.isRevoked('other')).toBe(false);
});
