import { expect, it } from 'vitest';
import { ask } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inBothModes } from './faces';
import { expectRefusal } from './refusal';

/** More wrong tokens than anybody may send in a minute, known by address or not. */
const GUESSES = 50;

inBothModes('whoever guesses tokens', (start, mode) => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it.each(['/v1/no-such-thing', '/metrics'])(
    'has to wait at %s, but not with the right one',
    async (path) => {
      const server = await start();
      const codes: unknown[] = [];
      for (let i = 0; i < GUESSES; i++) {
        const answer = await ask(server, path, bearer(`guess-${i}`));
        codes.push((answer.json() as { error: { code: string } }).error.code);
      }
      expect(codes[0]).toBe('invalid_token');
      const blocked = await ask(server, path, bearer('guess'));
      if (path === '/metrics') expect(blocked.status).toBe(429);
      else expectRefusal(blocked, 429, 'too_many_wrong_tokens');
      expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
      const right = await ask(server, path, bearer(path === '/metrics' ? ADMIN_TOKEN : CLIENT_TOKEN));
      expect([401, 429]).not.toContain(right.status);
      const none = await ask(server, path, { headers: { authorization: undefined } });
      expect(none.status).toBe(401);
      // Nobody knows addresses under plain `next start`, so there all callers have more together.
      expect(codes.filter((code) => code === 'invalid_token').length).toBe(
        mode === 'next' ? GUESSES - 1 : path === '/metrics' ? 4 : 9,
      );
    },
  );
});
