import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { startServer, type RunningServer } from '../support/server';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';
export const CLIENT_TOKEN = 'client-token-of-the-tests';

/** The built program with an upstream that behaves for each key as scripted. */
export interface Stage {
  readonly server: RunningServer;
  readonly upstream: ScriptedUpstream;
  /** The admin API as scripts use it. Rejects on any answer but a good one. */
  readonly admin: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
  /** A chat request of a client; resolves with the status, whatever it is, when the answer is whole. */
  readonly chat: (model?: string, path?: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** `over` holds what an earlier stage has left: its data, and its upstream. */
export async function startStage(
  env: Record<string, string> = {},
  over: { readonly dataDir?: string; readonly upstream?: ScriptedUpstream } = {},
): Promise<Stage> {
  const upstream = over.upstream ?? (await startScriptedUpstream());
  const server = await startServer({
    ...(over.dataDir === undefined ? {} : { dataDir: over.dataDir }),
    env: {
      BASE_URL: upstream.baseUrl,
      AUTH_TOKEN: ADMIN_TOKEN,
      ALLOWED_TOKENS: CLIENT_TOKEN,
      TIMEZONE: 'UTC',
      ...env,
    },
  });
  return {
    server,
    upstream,
    async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${server.url}/api/admin${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    async chat(model = 'gpt-test', path = '/v1') {
      const response = await fetch(`${server.url}${path}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${CLIENT_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      });
      await response.text();
      return response.status;
    },
    async stop() {
      await server.stop();
      await upstream.stop();
    },
  };
}
