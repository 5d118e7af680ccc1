import { randomUUID } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { AdminAuth } from './admin-auth';
import { atMost } from './at-most';
import type { ClientAddress } from './client-address';

export interface SignInEvents {
  signedIn(address: string): Promise<void>;
  signedOut(address: string): Promise<void>;
  problem(error: unknown): void;
}

/** How long an answer waits for the database. */
export const WRITE_MS_MAX = 500;

/**
 * The options of one request: they depend on the settings of the moment, and on who asks. `onLocked` is told for how
 * many seconds no further guess is looked at. Signing out is the caller's to do: next-auth knows one cookie only.
 */
export function nextAuthOptions(
  auth: AdminAuth,
  client: ClientAddress,
  isSecure: boolean,
  now: () => number,
  events: SignInEvents,
  onLocked: (waitSeconds: number) => void,
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
          onLocked(result.waitSeconds);
          return Promise.reject(new Error(`locked:${result.waitSeconds}`));
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, trigger }) =>
        trigger === 'signIn' ? { sub: 'admin', sessionId: randomUUID(), signedInAt: now() } : token,
      session: ({ session }) => ({ expires: session.expires }),
      // Only the path, so that a link cannot lead to another site.
      redirect: ({ url, baseUrl }) => pathOf(url, baseUrl),
    },
    events: {
      signIn: () => atMost(WRITE_MS_MAX, events.signedIn(client.address)),
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
