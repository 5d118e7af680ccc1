/** Signing in and out through next-auth's own endpoints, without its client library. */
import type { EndpointAnswer } from '../admin/contract/endpoint';
import type { EndpointNamed } from '../admin/contract/api';
import { call } from './request';
import { playgroundMemory } from './playground-memory';
import { tokenMemory } from './token-memory';
import { viewMemory } from './view-memory';

export type Role = EndpointAnswer<EndpointNamed<'session.read'>>['role'];

export type SignInResult =
  | { readonly kind: 'in' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly waitSeconds: number }
  | { readonly kind: 'unreachable' };

async function post(
  path: string,
  values: Readonly<Record<string, string>>,
  callbackUrl = window.location.origin,
): Promise<Response> {
  const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string };
  const body = new URLSearchParams({
    ...values,
    csrfToken,
    json: 'true',
    callbackUrl,
  });
  return fetch(`/api/auth/${path}`, { method: 'POST', body });
}

/** What next-auth says in the address that it would lead to. */
export function readSignIn(status: number, url: string): SignInResult {
  const error = new URL(url, 'http://localhost').searchParams.get('error');
  if (status < 400 && error === null) return { kind: 'in' };
  const wait = /^locked:(\d+)$/.exec(error ?? '')?.[1];
  return wait === undefined ? { kind: 'wrong' } : { kind: 'locked', waitSeconds: Number(wait) };
}

export async function signIn(token: string): Promise<SignInResult> {
  try {
    const response = await post('callback/credentials', { token });
    const { url } = (await response.json()) as { url: string };
    return readSignIn(response.status, url);
  } catch {
    return { kind: 'unreachable' };
  }
}

/**
 * Leaves for the OpenID provider, which leads back to `next` in the end; or for the sign-in page, which says what is
 * wrong. False if the server does not answer. A form could not do it: the page may send forms to this site alone.
 */
export async function leadToProvider(next: string): Promise<boolean> {
  try {
    const { url } = (await (await post('signin/oidc', {}, next)).json()) as { url: string };
    const { href, protocol } = new URL(url, window.location.origin);
    if (!/^https?:$/.test(protocol)) return false;
    window.location.assign(href);
    return true;
  } catch {
    return false;
  }
}

export async function signOut(): Promise<void> {
  await post('signout', {}).catch(() => undefined);
  viewMemory.forget();
  playgroundMemory.forget();
  tokenMemory.keep(undefined);
  window.location.assign('/login');
}

/** Goes to the sign-in page if the session is over; not while the server does not answer. */
export async function checkSession(): Promise<void> {
  await call('session.read', {}).catch(() => undefined);
}
