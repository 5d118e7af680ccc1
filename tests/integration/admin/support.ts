import { afterAll, beforeAll, expect } from 'vitest';
import type {
  Endpoint,
  EndpointAnswer,
  EndpointBody,
  EndpointParams,
  EndpointQuery,
} from '../../../lib/admin/contract/endpoint';
import { errorAnswerSchema, type ErrorAnswer } from '../../../lib/admin/contract/error';
import { answerSchemaOf, undescribed } from './described';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { startServer, type RunningServer } from '../../support/server';

export const ADMIN = 'sk-admin-0123456789-abcdefghij';
export const CLIENT = 'sk-client-0123456789-abcdefghij';
export const ENV_KEYS = ['a', 'b', 'c'].map((name) => `sk-env-0123456789abcdef-00${name}`);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What an error says; undefined if the answer is none. */
  readonly error: ErrorAnswer['error'] | undefined;
}

/** Every answer of the admin API that a test file has got, to look for secrets in them. */
const seen: string[] = [];

export async function ask(
  url: string,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { body, headers = { authorization: `Bearer ${ADMIN}` } } = options;
  const response = await fetch(`${url}/api/admin/${path}`, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  seen.push(text);
  const { status } = response;
  const error = status < 400 || text === '' ? undefined : errorAnswerSchema.parse(JSON.parse(text)).error;
  return { status, headers: response.headers, text, error };
}

export type Input<E> = EndpointParams<E> & EndpointQuery<E> & EndpointBody<E>;

/**
 * Asks as a program of somebody else would, by the contract; the answer has to be what the contract says, and no more.
 */
export async function call<E extends Endpoint>(
  url: string,
  endpoint: E,
  input: Input<E>,
  token = ADMIN,
): Promise<EndpointAnswer<E>> {
  const rest = new Map(Object.entries(input as object));
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest.get(name));
    rest.delete(name);
    return encodeURIComponent(value);
  });
  const isRead = endpoint.method === 'GET';
  const query =
    isRead && rest.size > 0
      ? `?${new URLSearchParams([...rest].map(([name, value]) => [name, String(value)]))}`
      : '';
  const { status, text } = await ask(url, endpoint.method, `${path.slice(1)}${query}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(!isRead && endpoint.body !== undefined && { body: Object.fromEntries(rest) }),
  });
  if (status !== 200) throw new Error(`${endpoint.method} ${path} was answered with ${status}: ${text}`);
  const answer: unknown = JSON.parse(text);
  const checked = endpoint.answer?.parse(answer);
  // The codes beside texts are put in behind the contract; its description has them too, and nothing else stands in an
  // answer.
  expect(undescribed(answer, answerSchemaOf(endpoint))).toEqual([]);
  expect(checked).toMatchObject(withoutSaid(answer));
  return checked as EndpointAnswer<E>;
}

/** The answer without the codes that stand beside its texts. */
function withoutSaid(answer: unknown): object {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (/[a-z]Said$/.test(name) ? undefined : value)),
  ) as object;
}

export function allAnswers(): string {
  return seen.join('\n');
}

/** One server and one upstream for all tests of a file. */
export function useServer(env: Record<string, string> = {}) {
  const parts = {} as { server: RunningServer; upstream: ScriptedUpstream };
  beforeAll(async () => {
    parts.upstream = await startScriptedUpstream();
    parts.server = await startServer({
      env: {
        API_KEYS: ENV_KEYS.join(','),
        ALLOWED_TOKENS: CLIENT,
        AUTH_TOKEN: ADMIN,
        BASE_URL: parts.upstream.baseUrl,
        ...env,
      },
    });
  });
  afterAll(async () => {
    await parts.server.stop();
    await parts.upstream.stop();
  });
  return {
    get server() {
      return parts.server;
    },
    get upstream() {
      return parts.upstream;
    },
    call: <E extends Endpoint>(endpoint: E, input: Input<E>) => call(parts.server.url, endpoint, input),
    ask: (method: string, path: string, body?: unknown) => ask(parts.server.url, method, path, { body }),
    async chat(token = CLIENT, path = '/v1', model = 'gpt-test') {
      const response = await fetch(`${parts.server.url}${path}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

/** The browser's way in: cookies, and the headers that a browser sets. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly url: string,
    /** As if behind a reverse proxy that tells where requests come from. */
    private readonly address?: string,
    private readonly isSecure = false,
  ) {}

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async send(method: string, path: string, body?: string, more: Record<string, string> = {}) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        cookie: this.cookieHeader,
        ...(method !== 'GET' && { origin: this.url }),
        ...(this.address !== undefined && { 'x-forwarded-for': this.address }),
        ...(this.isSecure && { 'x-forwarded-proto': 'https' }),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...more,
      },
      ...(body !== undefined && { body }),
    });
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), setCookies, headers: response.headers };
  }

  async signIn(token: string) {
    return this.#post('callback/credentials', { token });
  }

  async signOut() {
    return this.#post('signout', {});
  }

  async #post(action: string, values: Record<string, string>) {
    const { csrfToken } = JSON.parse((await this.send('GET', '/api/auth/csrf')).text) as {
      csrfToken: string;
    };
    const form = new URLSearchParams({ ...values, csrfToken, json: 'true', callbackUrl: this.url });
    const answer = await this.send('POST', `/api/auth/${action}`, form.toString());
    const { url } = JSON.parse(answer.text) as { url: string };
    return { ...answer, error: new URL(url, this.url).searchParams.get('error'), url };
  }
}
