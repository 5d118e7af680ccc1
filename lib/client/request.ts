import { ApiError, errorOf } from './api-error';

type QueryValue = string | number | boolean | null | undefined;
/** Empty values are left out. */
export type Query = Readonly<Record<string, QueryValue>>;

export interface AdminRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export function adminUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/admin/${path}${text === '' ? '' : `?${text}`}`;
}

/**
 * Asks the admin API. Answers come from the same build as this code, so their types are the contract's without a second
 * check in the browser. Throws ApiError; without a session it leaves for the sign-in page first.
 */
export async function ask<T>(
  path: string,
  { method = 'GET', query, body, signal }: AdminRequest = {},
): Promise<T> {
  const response = await fetch(adminUrl(path, query), {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'unreachable', 'The server does not answer');
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  if (response.status === 401) leaveForLogin();
  throw await errorOf(response);
}

/** The sign-in page, which afterwards leads back here. */
export function leaveForLogin(): void {
  const here = `${window.location.pathname}${window.location.search}`;
  const next = here === '/' ? '' : `&next=${encodeURIComponent(here)}`;
  window.location.assign(`/login?reason=expired${next}`);
}
