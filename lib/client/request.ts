import type {
  Endpoint,
  EndpointAnswer,
  EndpointBody,
  EndpointParams,
  EndpointQuery,
} from '../admin/contract/endpoint';
import { ApiError, errorOf } from './api-error';
import { tokenMemory } from './token-memory';

type QueryValue = string | number | boolean | null | undefined;
type Part<Name extends string, T> = unknown extends T ? unknown : { readonly [N in Name]: T };

/** What an endpoint has to be given; nothing for those that take nothing. */
export type CallInput<E> = Part<'params', EndpointParams<E>> &
  Part<'query', EndpointQuery<E>> &
  Part<'body', EndpointBody<E>> & { readonly signal?: AbortSignal };

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The address of an endpoint. Empty values of the query are left out. */
export function adminUrl(path: string, { params = {}, query = {} }: AnyInput = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/admin${filled}${text === '' ? '' : `?${text}`}`;
}

/**
 * Calls an endpoint of the contract: `call<typeof keysApi.read>('GET', '/keys/{id}', { params: { id } })`. Answers come
 * from the same build as this code, so they are not checked a second time in the browser. Throws ApiError; without a
 * session it leaves for the sign-in page first.
 */
export async function call<E extends Endpoint>(
  method: E['method'],
  path: E['path'],
  input: CallInput<E>,
): Promise<EndpointAnswer<E>> {
  const response = await send(method, path, input);
  return (await response.json()) as EndpointAnswer<E>;
}

/** The same for answers that are files. */
export async function download<E extends Endpoint>(
  method: E['method'],
  path: E['path'],
  input: CallInput<E>,
): Promise<Blob> {
  return (await send(method, path, input)).blob();
}

async function send(method: string, path: string, input: AnyInput): Promise<Response> {
  const { body, signal } = input;
  const response = await fetch(adminUrl(path, input), {
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
  if (response.ok) return response;
  if (response.status === 401) leaveForLogin();
  throw await errorOf(response);
}

/** The sign-in page, which afterwards leads back here. */
export function leaveForLogin(): void {
  tokenMemory.keep(undefined);
  const here = `${window.location.pathname}${window.location.search}`;
  const next = here === '/' ? '' : `&next=${encodeURIComponent(here)}`;
  window.location.assign(`/login?reason=expired${next}`);
}
