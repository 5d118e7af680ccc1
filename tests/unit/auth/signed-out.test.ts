import { expect, it } from 'vitest';
import { SignedOutSessions } from '../../../lib/auth/signed-out';

it('keeps 10,000 sessions: those that are over go first, then those that end first', () => {
  let now = 0;
  const sessions = new SignedOutSessions(() => now);
  sessions.add([{ id: 'over', endsAt: 50 }]);
  sessions.add(Array.from({ length: 10_000 }, (_, i) => ({ id: `session ${i}`, endsAt: 1_000 + i })));
  expect(sessions.has('over')).toBe(false);
  expect(sessions.has('session 0')).toBe(true);
  now = 100;
  sessions.add([{ id: 'long', endsAt: 99_999 }]);
  expect(sessions.has('session 0')).toBe(false);
  expect(sessions.has('session 1')).toBe(true);
  expect(sessions.has('long')).toBe(true);
});
