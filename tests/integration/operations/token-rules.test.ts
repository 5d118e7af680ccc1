import { once } from 'node:events';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { NewToken, TokenItem } from '../../../lib/admin/contract/tokens';
import { chatStream, reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { Messages, SocketUpstream } from '../../support/socket-upstream';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const MODEL = 'gpt-test';
/** Of one answer of the scripted upstream: 3 and 2 tokens. */
const COST = { model: MODEL, input: 20, output: 20 };
const COST_USD = 0.0001;

let upstream: ScriptedUpstream;
let server: RunningServer;

beforeEach(async () => {
  upstream = await parts.upstream();
});

function settingsFile(more: Record<string, unknown> = {}): string {
  return envFile({
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
    MODEL_PRICES: [COST],
    ...more,
  });
}

async function start(more: Record<string, unknown> = {}, options: Record<string, unknown> = {}) {
  server = await parts.server({ envFile: settingsFile(more), ...options });
}

async function admin<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  url = server.url,
): Promise<T> {
  const response = await fetch(`${url}/api/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as T;
}

const make = (rules: Partial<NewToken>) =>
  admin<{ token: string; item: TokenItem }>('POST', '/tokens', { name: 'mine', ...rules });
const change = (id: string, rules: object) => admin<TokenItem>('PATCH', `/tokens/${id}`, rules);
const read = (id: string) => admin<TokenItem>('GET', `/tokens/${id}`);

interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
  readonly message: string;
}

async function send(
  token: string,
  options: Parameters<typeof chat>[1] = {},
  url = server.url,
): Promise<Refusal> {
  const { status, headers, text } = await chat(url, { token, ...options });
  const { error } = (status === 200 ? {} : JSON.parse(text)) as { error?: { code: string; message: string } };
  return { status, code: error?.code, retryAfter: headers.get('retry-after'), message: error?.message ?? '' };
}

const codeOf = async (token: string, options?: Parameters<typeof chat>[1]) => {
  const { status, code } = await send(token, options);
  return code ?? status;
};

describe('a client token', () => {
  it('that is disabled or has expired lets nobody in, and nobody is blocked for it', async () => {
    await start();
    const { token, item } = await make({});
    expect(await codeOf(token)).toBe(200);
    await change(item.id, { isEnabled: false });
    for (let n = 0; n < 60; n += 1) expect(await codeOf(token)).toBe('token_disabled');
    await change(item.id, { isEnabled: true, expiresAt: Date.now() - 1 });
    expect(await send(token)).toMatchObject({ status: 401, code: 'token_expired' });
    expect((await read(item.id)).status).toBe('expired');
    await change(item.id, { expiresAt: null });
    expect(await codeOf(token)).toBe(200);
    expect(await read(item.id)).toMatchObject({ requestCount: 2, status: 'active' });
  });

  it('asks for the models of its list only, wherever they are named', async () => {
    await start();
    const { token } = await make({ models: ['gpt-test', 'claude-*'] });
    expect(await codeOf(token)).toBe(200);
    expect(await codeOf(token, { model: 'GPT-Test' })).toBe(200);
    expect(await codeOf(token, { model: 'Claude-3' })).toBe(200);
    expect(await send(token, { model: 'gpt-4o' })).toMatchObject({ status: 403, code: 'model_not_allowed' });
    expect(await codeOf(token, { model: 'gpt-4o', stream: true })).toBe('model_not_allowed');
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${server.url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const { error } = (await response.json()) as { error?: { code: string } };
      return error?.code ?? response.status;
    };
    expect(await ask('POST', '/chat/completions', '{"model":"gpt-test","model":"gpt-4o"}')).toBe(
      'model_not_allowed',
    );
    expect(await ask('POST', '/chat/completions', '{"model":"gpt-4o","model":"gpt-test"}')).toBe(
      'model_not_allowed',
    );
    expect(await ask('POST', '/responses', { model: MODEL, models: ['gpt-4o'] })).toBe('model_not_allowed');
    expect(await ask('POST', '/deployments/gpt-4o/chat/completions', {})).toBe('model_not_allowed');
    expect(await ask('POST', '/responses', { input: 'x' })).toBe('model_not_allowed');
    expect(await ask('POST', '/images/generations', { prompt: 'x' })).toBe('model_not_allowed');
    for (const path of [
      '/threads/runs',
      '/threads/t/runs',
      '/videos',
      '/realtime/client_secrets',
      '/responses/compact',
      '/uploads',
    ])
      expect([path, await ask('POST', path, {})]).toEqual([path, 'model_not_allowed']);
    for (const path of [
      '/threads',
      '/threads/t/messages',
      '/vector_stores',
      '/batches',
      '/responses/r/cancel',
    ])
      expect([path, await ask('POST', path, {})]).not.toContain('model_not_allowed');
    expect(await ask('GET', '/files')).toBe(200);
    expect(await ask('GET', '/models/gpt-4o-mini')).toBe('model_not_found');
    expect(await ask('GET', '/models/gpt-test')).toBe(200);
    const listed = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    const { data } = (await listed.json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['gpt-test']);
  });

  it('reaches the providers of its list only, also as fallbacks', async () => {
    const other = await parts.upstream();
    await start({
      PROVIDERS_CONFIG: [
        { name: 'Other', path: 'other', base_url: other.baseUrl, api_keys: [secretKey('bbb')] },
        {
          name: 'First',
          path: 'first',
          base_url: upstream.baseUrl,
          api_keys: [secretKey('ccc')],
          fallbacks: ['other'],
          max_retries: 0,
        },
      ],
    });
    const { token, item } = await make({ providers: ['first'] });
    expect(await send(token)).toMatchObject({ status: 403, code: 'provider_not_allowed' });
    expect(await codeOf(token, { path: '/other/v1' })).toBe('provider_not_allowed');
    expect(await codeOf(token, { path: '/first/v1' })).toBe(200);
    upstream.forKey(secretKey('ccc'), reply.error(500));
    expect((await send(token, { path: '/first/v1' })).status).toBe(500);
    expect(other.requests).toHaveLength(0);
    await change(item.id, { providers: ['first', 'other'] });
    expect(await codeOf(token, { path: '/first/v1' })).toBe(200);
    expect(other.requests).toHaveLength(1);
  });

  it('reaches the providers of its list only by routes and by the names of models', async () => {
    const other = await parts.upstream();
    await start({
      PROVIDERS_CONFIG: [
        { name: 'Other', path: 'other', base_url: other.baseUrl, api_keys: [secretKey('bbb')] },
      ],
      MODEL_ROUTES: [
        {
          name: 'fast',
          targets: [
            { provider: 'default', tier: 1 },
            { provider: 'other', tier: 2 },
          ],
        },
      ],
    });
    const { token } = await make({ providers: ['other'], models: ['fast', 'other/*'] });
    const asked = () => [upstream.requests.length, other.requests.length];
    expect(await codeOf(token, { model: 'fast' })).toBe(200);
    expect(await codeOf(token, { model: 'other/m' })).toBe(200);
    expect(await codeOf(token, { model: 'default/m' })).toBe('model_not_allowed');
    expect(await codeOf(token, { model: 'm' })).toBe('model_not_allowed');
    expect(asked()).toEqual([0, 2]);
    const open = await make({ providers: ['other'] });
    expect(await codeOf(open.token, { model: 'default/m' })).toBe('provider_not_allowed');
    expect(await codeOf(open.token, { model: 'm' })).toBe('provider_not_allowed');
    expect(asked()).toEqual([0, 2]);
    const listed = await fetch(`${server.url}/v1/models`, {
      headers: { authorization: `Bearer ${open.token}` },
    });
    const { data } = (await listed.json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['fast']);
    expect(upstream.requests).toHaveLength(0);
  });

  it('is one of a thousand, of which a page shows some', async () => {
    await start({ LOG_LEVEL: 'ERROR' });
    const tokens = Array.from({ length: 1_000 }, (_, n) => ({ name: `token ${n}`, models: [`model-${n}`] }));
    const { made } = await admin<{ made: { token: string }[] }>('POST', '/tokens/import', { tokens });
    expect(made).toHaveLength(1_000);
    expect(await codeOf(made[500]?.token ?? '', { model: 'model-500' })).toBe(200);
    expect(await codeOf(made[500]?.token ?? '', { model: 'model-501' })).toBe('model_not_allowed');
    const page = await admin<{ items: TokenItem[]; total: number }>(
      'GET',
      '/tokens?page=3&search=token&sort=name',
    );
    expect([page.items.length, page.total]).toEqual([50, 1_000]);
  });

  it('is used from its addresses only, as a proxy in front tells them', async () => {
    await start();
    const { token, item } = await make({ allowedIps: ['203.0.113.0/24', '2001:db8::/32'] });
    const from = (address: string) => codeOf(token, { headers: { 'x-forwarded-for': address } });
    expect(await codeOf(token)).toBe('address_not_allowed');
    expect(await from('203.0.113.9')).toBe(200);
    expect(await from('::ffff:203.0.113.9')).toBe(200);
    expect(await from('203.0.113.9, 198.51.100.7')).toBe('address_not_allowed');
    expect(await from('2001:db8:1::5')).toBe(200);
    expect(await from('2001:db9::5')).toBe('address_not_allowed');
    await change(item.id, { allowedIps: ['127.0.0.1'] });
    expect(await codeOf(token)).toBe(200);
  });

  it('is limited in requests and tokens a minute, and told when it may go on', async () => {
    await start();
    const { token, item } = await make({ limits: { requestsPerMinute: 2 } });
    expect([await codeOf(token), await codeOf(token, { stream: true })]).toEqual([200, 200]);
    const refused = await send(token);
    expect(refused).toMatchObject({ status: 429, code: 'token_rate_limited' });
    expect(Number(refused.retryAfter)).toBeGreaterThan(30);
    expect((await read(item.id)).used).toEqual({
      requestsPerMinute: 2,
      tokensPerMinute: null,
      concurrency: null,
    });
    await change(item.id, { limits: { tokensPerMinute: 30 } });
    const other = await make({ limits: { tokensPerMinute: 40 } });
    expect(await codeOf(other.token)).toBe(200);
    // Some tens were reserved for the prompt, and five were used.
    expect((await read(other.item.id)).used.tokensPerMinute).toBe(5);
  });

  it('has as many requests at a time as it may, and streams count until they end', async () => {
    await start();
    const { token, item } = await make({ limits: { concurrency: 1 } });
    const stream = reply.sseControlled();
    upstream.forKey(secretKey('aaa'), stream.reply);
    const streaming = chat(server.url, { token, stream: true });
    await stream.opened;
    expect(await send(token)).toMatchObject({ status: 429, code: 'token_rate_limited', retryAfter: '1' });
    expect((await read(item.id)).used.concurrency).toBe(1);
    stream.write('data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n');
    stream.end();
    await streaming;
    upstream.forKey(secretKey('aaa'), reply.healthy);
    await waitFor(async () => (await read(item.id)).used.concurrency === 0, {
      what: 'the stream to be over',
    });
    expect(await codeOf(token)).toBe(200);
  });
});

describe('a budget', () => {
  it('is served up to the request that crosses it, and tells when it renews; a person raises and resets it', async () => {
    await start({ TIMEZONE: 'Asia/Shanghai' });
    const { token, item } = await make({ budget: { amount: 2.5 * COST_USD, unit: 'usd', period: 'day' } });
    for (let n = 0; n < 3; n += 1) expect(await codeOf(token)).toBe(200);
    const refused = await send(token);
    expect(refused).toMatchObject({ status: 429, code: 'insufficient_quota' });
    const { spent } = await read(item.id);
    expect(spent?.amount).toBeCloseTo(3 * COST_USD, 9);
    expect(new Date(spent?.renewsAt ?? 0).toISOString()).toMatch(/T16:00:00.000Z$/);
    expect(refused.message).toContain(new Date(spent?.renewsAt ?? 0).toISOString());
    await change(item.id, { budget: { amount: 3.5 * COST_USD, unit: 'usd', period: 'day' } });
    expect([await codeOf(token), await codeOf(token)]).toEqual([200, 'insufficient_quota']);
    await admin('POST', `/tokens/${item.id}/reset-spent`);
    expect((await read(item.id)).spent?.amount).toBe(0);
    expect(await codeOf(token)).toBe(200);
  });

  it('counts tokens or requests, and only those that were answered', async () => {
    await start();
    const byTokens = await make({ budget: { amount: 10, unit: 'tokens', period: 'total' } });
    expect([await codeOf(byTokens.token), await codeOf(byTokens.token)]).toEqual([200, 200]);
    expect(await send(byTokens.token)).toMatchObject({ code: 'insufficient_quota', retryAfter: null });
    const byRequests = await make({ budget: { amount: 2, unit: 'requests', period: 'month' } });
    upstream.forKey(secretKey('aaa'), reply.error(400));
    expect((await send(byRequests.token)).status).toBe(400);
    upstream.forKey(secretKey('aaa'), reply.healthy);
    expect([await codeOf(byRequests.token), await codeOf(byRequests.token)]).toEqual([200, 200]);
    expect(await codeOf(byRequests.token)).toBe('insufficient_quota');
  });

  it('counts about what has passed where a stream does not tell what it used', async () => {
    const words = Array.from({ length: 40 }, (_, word) => `word ${word} of forty `);
    upstream.fallbackReply = reply.sse(chatStream(words));
    await start();
    const { token, item } = await make({ budget: { amount: 0.001, unit: 'usd', period: 'total' } });
    expect((await send(token, { stream: true })).status).toBe(200);
    const { spent } = await read(item.id);
    // Of 40 events and some 800 characters, at 20 dollars a million.
    expect(spent?.amount).toBeGreaterThan(40 * 20e-6);
    expect(spent?.amount).toBeLessThan(400 * 20e-6);
    expect(await send(token, { stream: true })).toMatchObject({ code: 'insufficient_quota' });
  });

  it('is hit within one request, with 16 at a time', async () => {
    await start({ LOG_LEVEL: 'ERROR' });
    const requests = 1_000;
    const { token, item } = await make({
      budget: { amount: (requests - 0.5) * COST_USD, unit: 'usd', period: 'total' },
    });
    let served = 0;
    const loop = async (): Promise<void> => {
      for (;;) {
        const { status, code } = await send(token);
        if (status === 200) served += 1;
        else if (code === 'insufficient_quota') return;
        else expect(code).toBe('token_rate_limited');
      }
    };
    await Promise.all(Array.from({ length: 16 }, loop));
    expect(served).toBe(requests);
    expect((await read(item.id)).spent?.amount).toBeCloseTo(requests * COST_USD, 9);
  });

  it('survives a restart', async () => {
    const dataDir = await parts.dataDir();
    await start({}, { dataDir });
    const { token, item } = await make({ budget: { amount: 2, unit: 'requests', period: 'week' } });
    expect(await codeOf(token)).toBe(200);
    await server.stop();
    await start({}, { dataDir });
    expect((await read(item.id)).spent?.amount).toBe(1);
    expect([await codeOf(token), await codeOf(token)]).toEqual([200, 'insufficient_quota']);
  });

  it('and limits are those of all workers together', async () => {
    await start({}, { env: { WORKERS: '2' } });
    const { token, item } = await make({
      budget: { amount: 20, unit: 'requests', period: 'total' },
      limits: { requestsPerMinute: 30 },
    });
    // A connection of its own for each request, so that they go to the workers in turn.
    const alone = { headers: { connection: 'close' } };
    for (let known = 0; known < 4;)
      known =
        (await codeOf(token, { ...alone, path: '/nowhere/v1' })) === 'provider_not_found' ? known + 1 : 0;
    const results: unknown[] = [];
    for (let n = 0; n < 24; n += 1) results.push(await codeOf(token, alone));
    const served = results.filter((result) => result === 200).length;
    expect(served).toBeGreaterThanOrEqual(20);
    expect(served).toBeLessThanOrEqual(22);
    expect(results.at(-1)).not.toBe(200);
    // The other one may not have told yet that its last request is over.
    await waitFor(async () => (await codeOf(token, alone)) === 'insufficient_quota', {
      what: 'all to be spent',
    });
    await waitFor(async () => (await read(item.id)).spent?.amount === served, { what: 'all to be counted' });
    await change(item.id, { budget: null });
    const more: unknown[] = [];
    for (let n = 0; n < 14; n += 1) more.push(await codeOf(token, alone));
    expect(more.at(-1)).toBe('token_rate_limited');
  });
});

describe('a WebSocket', () => {
  const EVENT = {
    type: 'response.done',
    response: { usage: { input_tokens: 30, output_tokens: 20, total_tokens: 50 } },
  };

  async function provider() {
    const sockets = new SocketUpstream(() => (socket) => {
      socket.send('{"type":"session.created"}');
      socket.on('message', () => socket.send(JSON.stringify(EVENT)));
    });
    await sockets.start();
    onTestFinished(() => sockets.stop());
    await start({ BASE_URL: sockets.url });
  }

  async function open(token: string, path = `/v1/realtime?model=${MODEL}`) {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, {
      headers: { authorization: `Bearer ${token}` },
    });
    onTestFinished(() => socket.terminate());
    const messages = new Messages(socket);
    const status = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(
        ([, response]) => (response as { statusCode: number }).statusCode,
      ),
    ]);
    if (status === 101) await messages.next();
    return { socket, messages, status };
  }

  it('obeys all rules at its opening', async () => {
    await provider();
    const statusOf = async (rules: Partial<NewToken>, path?: string) =>
      (await open((await make(rules)).token, path)).status;
    expect(await statusOf({})).toBe(101);
    expect(await statusOf({ isEnabled: false })).toBe(401);
    expect(await statusOf({ models: ['other'] })).toBe(403);
    expect(await statusOf({ models: [MODEL] })).toBe(101);
    expect(await statusOf({ models: [MODEL] }, '/v1/realtime')).toBe(403);
    expect(await statusOf({ allowedIps: ['203.0.113.1'] })).toBe(403);
    const { token, item } = await make({ limits: { concurrency: 1 } });
    const first = await open(token);
    expect((await open(token)).status).toBe(429);
    first.socket.close();
    await waitFor(async () => (await read(item.id)).used.concurrency === 0, { what: 'it to be over' });
    expect((await open(token)).status).toBe(101);
  });

  it('spends with each response, and is told when nothing is left', async () => {
    await provider();
    const { token, item } = await make({ budget: { amount: 100, unit: 'tokens', period: 'total' } });
    const { socket, messages } = await open(token);
    const ask = async () => {
      socket.send('{"type":"response.create"}');
      return JSON.parse(await messages.next()) as { type: string; error?: { code: string } };
    };
    expect((await ask()).type).toBe('response.done');
    expect((await read(item.id)).spent?.amount).toBe(50);
    expect((await ask()).type).toBe('response.done');
    expect((await ask()).error?.code).toBe('insufficient_quota');
    socket.close();
    await messages.closed;
    expect((await read(item.id)).spent?.amount).toBe(100);
  });

  it('counts each response as a request', async () => {
    await provider();
    for (const [rules, code] of [
      [{ budget: { amount: 2, unit: 'requests', period: 'total' } }, 'insufficient_quota'],
      [{ limits: { requestsPerMinute: 2 } }, 'token_rate_limited'],
    ] as const) {
      const { token } = await make(rules);
      const { socket, messages } = await open(token);
      const ask = async () => {
        socket.send('{"type":"response.create"}');
        const said = JSON.parse(await messages.next()) as { type: string; error?: { code: string } };
        return said.error?.code ?? said.type;
      };
      expect([await ask(), await ask(), await ask()]).toEqual(['response.done', 'response.done', code]);
    }
  });

  it('goes on by the rules that hold now', async () => {
    await provider();
    const { token, item } = await make({ budget: { amount: 1000, unit: 'tokens', period: 'total' } });
    const { socket, messages } = await open(token);
    const ask = async () => {
      socket.send('{"type":"response.create"}');
      return JSON.parse(await messages.next()) as { type: string; error?: { code: string } };
    };
    expect((await ask()).type).toBe('response.done');
    await change(item.id, { budget: { amount: 20, unit: 'tokens', period: 'total' } });
    expect((await ask()).error?.code).toBe('insufficient_quota');
    await change(item.id, { budget: null, allowedIps: ['203.0.113.1'] });
    expect((await ask()).error?.code).toBe('address_not_allowed');
  });

  it('is closed when its token is disabled, and when it expires', async () => {
    await provider();
    const { token, item } = await make({});
    const first = await open(token);
    await change(item.id, { isEnabled: false });
    expect(await first.messages.closed).toEqual({ code: 1008, reason: 'The token is disabled.' });
    await change(item.id, { isEnabled: true, expiresAt: Date.now() + 1_500 });
    const second = await open(token);
    expect(await second.messages.closed).toEqual({ code: 1008, reason: 'The token has expired.' });
  });
});
