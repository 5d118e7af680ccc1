import { decode } from 'next-auth/jwt';
import { z } from 'zod';
import type { AdminAuth } from './admin-auth';

export const SESSION_COOKIES = ['__Secure-next-auth.session-token', 'next-auth.session-token'] as const;

/** What a session says about itself. */
export const sessionClaims = z.object({
  sessionId: z.string(),
  /** Milliseconds since the epoch. */
  signedInAt: z.number(),
});

const CLOCK_SLACK_MS = 60_000;

/** When the session in the cookie header ends, in milliseconds since the epoch; undefined if there is none that holds. */
export async function readSession(
  auth: Pick<AdminAuth, 'sessionSecret' | 'sessionSeconds' | 'isRevoked'>,
  cookieHeader: string | null,
  now: number,
): Promise<number | undefined> {
  for (const token of sessionTokens(cookieHeader ?? '')) {
    const claims = await claimsOf(token, auth.sessionSecret);
    if (claims === undefined || auth.isRevoked(claims.sessionId)) continue;
    // Made under a clock that was ahead: it would last for longer than sessions may.
    if (claims.signedInAt > now + CLOCK_SLACK_MS) continue;
    // By the setting of this moment: who shortens sessions means those that are open, too.
    const endsAt = claims.signedInAt + auth.sessionSeconds * 1000;
    if (endsAt > now) return endsAt;
  }
  return undefined;
}

async function claimsOf(token: string, secret: string) {
  try {
    return sessionClaims.safeParse(await decode({ token, secret })).data;
  } catch {
    return undefined;
  }
}

function sessionTokens(cookieHeader: string): string[] {
  return cookieHeader.split(';').flatMap((pair) => {
    const [name = '', value = ''] = pair.trim().split('=');
    return SESSION_COOKIES.some((known) => known === name) && value !== '' ? [value] : [];
  });
}
