import { z } from 'zod';
import type { AdminAuth } from './admin-auth';
import { oidcIdentity, type OidcIdentity } from './oidc/identity';
import type { Role } from './role';

export const SESSION_COOKIES = ['__Secure-next-auth.session-token', 'next-auth.session-token'] as const;

const session = {
  sessionId: z.string(),
  /** Milliseconds since the epoch. */
  signedInAt: z.number(),
};
const atOidc = z.object({ oidc: z.object({ ...session, identity: oidcIdentity }) });
const byToken = z.object(session);

/**
 * What a cookie says of a session. That of somebody who has signed in at the OpenID provider is written apart: a
 * program that knows no roles, such as the version before, must not take it for one of the admin token.
 */
const sessionClaims = z.union([
  atOidc.transform(({ oidc }) => oidc),
  byToken.transform((claims) => ({ ...claims, identity: undefined })),
]);

export interface SessionClaims {
  readonly sessionId: string;
  readonly signedInAt: number;
  /** Undefined: somebody with the admin token. */
  readonly identity: OidcIdentity | undefined;
}

/** What the cookie of a session holds. */
export function claimsFor(
  session: Pick<SessionClaims, 'sessionId' | 'signedInAt'>,
  identity: OidcIdentity | undefined,
): z.input<typeof atOidc> | z.input<typeof byToken> {
  return identity === undefined ? session : { oidc: { ...session, identity } };
}

const CLOCK_SLACK_MS = 60_000;

export interface OpenSession {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** By the settings of the moment. */
  readonly role: Role;
  /** Undefined: somebody with the admin token. */
  readonly identity: OidcIdentity | undefined;
}

/** The session in the cookie header; undefined if there is none that holds, or if it lets nobody do anything now. */
export async function readSession(
  auth: Pick<AdminAuth, 'sessionSecret' | 'sessionSeconds' | 'isRevoked' | 'roleOf'>,
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
    const role = auth.roleOf(claims.identity);
    if (endsAt > now && role !== undefined) {
      return { id: claims.sessionId, endsAt, role, identity: claims.identity };
    }
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
  // Loaded for the first cookie.
  const { readToken } = await import('./read-token');
  try {
    return sessionClaims.safeParse(await readToken(token, secret)).data;
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
