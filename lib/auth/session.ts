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

export type SessionClaims = z.infer<typeof sessionClaims>;

export interface OpenSession {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** The session in the cookie header; undefined if there is none that holds. */
export async function readSession(
  auth: Pick<AdminAuth, 'sessionSecret' | 'sessionSeconds' | 'isRevoked'>,
  cookieHeader: string | null,
  now: number,
): Promise<OpenSession | undefined> {
  for (const token of sessionTokens(cookieHeader ?? '')) {
    const claims = await claimsOf(token, auth.sessionSecret);
    if (claims === undefined || auth.isRevoked(claims.sessionId)) continue;
    // Made under a clock that was ahead: it would last for longer than sessions may.
    if (claims.signedInAt > now + CLOCK_SLACK_MS) continue;
    // By the current setting: shorter sessions apply to open ones too.
    const endsAt = claims.signedInAt + auth.sessionSeconds * 1000;
    if (endsAt > now) return { id: claims.sessionId, endsAt };
  }
  return undefined;
}

/**
 * All sessions in the cookie header, whether they still hold or not: a browser may have one for each way it came in.
 */
export async function sessionsIn(secret: string, cookieHeader: string | null): Promise<SessionClaims[]> {
  const tokens = sessionTokens(cookieHeader ?? '');
  const claims = await Promise.all(tokens.map((token) => claimsOf(token, secret)));
  return claims.filter((one) => one !== undefined);
}

/** What makes a browser forget its session, under whatever name the request has it. */
export function forgottenCookies(cookieHeader: string | null): string[] {
  const names = (cookieHeader ?? '').split(';').map((pair) => pair.trim().split('=')[0]);
  return SESSION_COOKIES.filter((known) => names.includes(known)).map((name) => {
    const secure = name.startsWith('__Secure-') ? '; Secure' : '';
    return `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax${secure}`;
  });
}

async function claimsOf(token: string, secret: string): Promise<SessionClaims | undefined> {
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
