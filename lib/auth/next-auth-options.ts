import { randomUUID } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { AdminAuth } from './admin-auth';
import type { ClientAddress } from './client-address';
import { sessionClaims } from './session';

export interface SignInEvents {
  signedIn(address: string): Promise<void>;
  signedOut(address: string): Promise<void>;
  /** A sign-out that could not be saved: it holds until the next start. */
  notSaved(error: unknown): void;
  problem(error: unknown): void;
}

/** The longest session that ADMIN_SESSION_EXPIRE allows. */
const SESSION_MS_MAX = 86_400_000;

/** The options of one request: they depend on the settings of the moment, and on who asks. */
export function nextAuthOptions(
  auth: AdminAuth,
  client: ClientAddress,
  isSecure: boolean,
  now: () => number,
  events: SignInEvents,
): NextAuthOptions {
  return {
    secret: auth.sessionSecret,
    session: { strategy: 'jwt', maxAge: auth.sessionSeconds },
    useSecureCookies: isSecure,
    pages: { signIn: '/login', error: '/login', signOut: '/login' },
    providers: [
      CredentialsProvider({
        credentials: { token: { type: 'password' } },
        authorize(credentials) {
          const result = auth.check(String(credentials?.token ?? ''), client);
          if (result.ok) return Promise.resolve({ id: 'admin' });
          if (result.waitSeconds === 0) return Promise.resolve(null);
          return Promise.reject(new Error(`locked:${result.waitSeconds}`));
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, trigger }) =>
        trigger === 'signIn' ? { sub: 'admin', sessionId: randomUUID(), signedInAt: now() } : token,
      session: ({ session }) => ({ expires: session.expires }),
      // Only the path, so that nobody is led away from here.
      redirect: ({ url, baseUrl }) => pathOf(url, baseUrl),
    },
    events: {
      signIn: () => events.signedIn(client.address),
      async signOut({ token }) {
        const claims = sessionClaims.safeParse(token).data;
        if (claims === undefined) return;
        // As long as sessions may ever last: the setting may be longer by then.
        await auth
          .revoke(claims.sessionId, claims.signedInAt + SESSION_MS_MAX)
          .catch((error: unknown) => events.notSaved(error));
        await events.signedOut(client.address);
      },
    },
    logger: {
      error: (code, metadata) => events.problem({ code, metadata }),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

function pathOf(url: string, baseUrl: string): string {
  if (!URL.canParse(url, baseUrl)) return '/';
  const { origin, pathname, search } = new URL(url, baseUrl);
  return origin === new URL(baseUrl).origin && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
