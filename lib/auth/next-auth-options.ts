import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { AdminAuth } from './admin-auth';
import type { Asker } from './asker';
import { atMost } from './at-most';
import type { ClientAddress } from './client-address';
import { identityOf, personOf, type OidcIdentity } from './oidc/identity';
import { OIDC } from './oidc/provider';
import type { Role } from './role';
import { claimsFor } from './session';

export interface SignInEvents {
  signedIn(by: Asker, role: Role): Promise<void>;
  /** Somebody whom the OpenID provider knows and the settings do not. */
  refused(by: Asker): Promise<void>;
  signedOut(by: Asker): Promise<void>;
  problem(error: unknown): void;
}

/** How long an answer waits for the database. */
export const WRITE_MS_MAX = 500;

/** Why a way to the OpenID provider or back has failed. next-auth has one logger for all requests that it is at. */
export const oidcTry = new AsyncLocalStorage<{ cause?: unknown }>();

/** One request to sign in or out. */
export interface SignInRequest {
  readonly client: ClientAddress;
  readonly isSecure: boolean;
  /** For how many seconds no further guess is looked at. */
  readonly onLocked: (waitSeconds: number) => void;
  /** Only for the ways to the OpenID provider and back. */
  readonly oidc?: {
    readonly provider: OAuthConfig<Record<string, unknown>>;
    /** Whom the provider has sent and who gets no role here; undefined: what it said of them cannot be used. */
    readonly onRefused: (identity: OidcIdentity | undefined) => void;
  };
}

/**
 * The options of one request: they depend on the settings of the moment, and on who asks. Signing out is the caller's
 * to do: next-auth knows one cookie only.
 */
export function nextAuthOptions(
  auth: AdminAuth,
  request: SignInRequest,
  now: () => number,
  events: SignInEvents,
): NextAuthOptions {
  const { client, isSecure, oidc } = request;
  let identity: OidcIdentity | undefined;
  return {
    secret: auth.sessionSecret,
    session: { strategy: 'jwt', maxAge: auth.sessionSeconds },
    useSecureCookies: isSecure,
    pages: { signIn: '/login', error: '/login', signOut: '/login' },
    providers: [tokenProvider(auth, request), ...(oidc === undefined ? [] : [oidc.provider])],
    callbacks: {
      signIn({ account, profile }) {
        if (account?.provider !== OIDC) return true;
        identity = identityOf(profile, auth.oidc);
        if (identity !== undefined && auth.roleOf(identity) !== undefined) return true;
        oidc?.onRefused(identity);
        return false;
      },
      jwt({ token, trigger, account }) {
        if (trigger !== 'signIn') return token;
        // Without an identity it would be a session of the admin token.
        if (account?.provider === OIDC && identity === undefined) throw new Error('no_identity');
        return { ...claimsFor({ sessionId: randomUUID(), signedInAt: now() }, identity) };
      },
      session: ({ session }) => ({ expires: session.expires }),
      // Only the path, so that a link cannot lead to another site.
      redirect: ({ url, baseUrl }) => pathOf(url, baseUrl),
    },
    events: {
      signIn: () => {
        const role = auth.roleOf(identity) ?? 'viewer';
        return atMost(WRITE_MS_MAX, events.signedIn(askerOf(identity, client.address), role));
      },
    },
    logger: {
      error(code, metadata) {
        const tried = oidcTry.getStore();
        if (tried === undefined) events.problem({ code, metadata });
        else tried.cause ??= 'error' in metadata ? metadata.error : metadata;
      },
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

/** Whom the audit list names. */
export function askerOf(identity: OidcIdentity | undefined, address: string): Asker {
  if (identity === undefined) return { by: 'session', address };
  return { by: 'oidc', person: personOf(identity), address };
}

function tokenProvider(auth: AdminAuth, { client, onLocked }: SignInRequest) {
  return CredentialsProvider({
    credentials: { token: { type: 'password' } },
    authorize(credentials) {
      const result = auth.check(String(credentials?.token ?? ''), client);
      if (result.ok) return Promise.resolve({ id: 'admin' });
      if (result.waitSeconds === 0) return Promise.resolve(null);
      onLocked(result.waitSeconds);
      return Promise.reject(new Error(`locked:${result.waitSeconds}`));
    },
  });
}

/** The path of an address of this site; `/` for any other. */
export function pathOf(url: string, baseUrl: string): string {
  if (!URL.canParse(url, baseUrl)) return '/';
  const { origin, pathname, search } = new URL(url, baseUrl);
  return origin === new URL(baseUrl).origin && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
