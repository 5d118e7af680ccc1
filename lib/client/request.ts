import { ADMIN_BASE, addressOf, type EndpointName } from '../admin/contract/addresses';
import type { EndpointNamed } from '../admin/contract/api';
import type { EndpointAnswer, EndpointCall } from '../admin/contract/endpoint';
import { ApiError, errorOf } from './api-error';
import { tokenMemory } from './token-memory';

type QueryValue = string | number | boolean | null | undefined;

type CallInput<N extends EndpointName> = EndpointCall<EndpointNamed<N>> & { readonly signal?: AbortSignal };
type CallAnswer<N extends EndpointName> = EndpointAnswer<EndpointNamed<N>>;

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The address of a path with parameters. Empty values of the query are left out. */
export function adminUrl(path: string, { params = {}, query = {} }: AnyInput = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `${ADMIN_BASE}${filled}${text === '' ? '' : `?${text}`}`;
}

/** The address of an endpoint that the browser opens by itself. */
export function urlOf<N extends EndpointName>(name: N, input: EndpointCall<EndpointNamed<N>>): string {
  return adminUrl(addressOf(name).path, input as AnyInput);
}

/**
 * Calls an endpoint of the contract: `call('keys.read', { params: { id } })`. Answers come from the same build as this
 * code, so they are not checked a second time in the browser. Throws ApiError; without a session it leaves for the
 * sign-in page first.
 */
export async function call<N extends EndpointName>(name: N, input: CallInput<N>): Promise<CallAnswer<N>> {
  const response = await send(name, input);
  return (await response.json()) as CallAnswer<N>;
}

/** The same for answers that are files. */
export async function download<N extends EndpointName>(name: N, input: CallInput<N>): Promise<Blob> {
  return (await send(name, input)).blob();
}

async function send(name: EndpointName, input: AnyInput): Promise<Response> {
  const { method, path } = addressOf(name);
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
