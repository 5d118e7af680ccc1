import { expect, it } from 'vitest';
import type { AttentionItem } from '../../../lib/admin/contract/stats';
import { hasMicrosocks, hasTinyproxy } from '../../support/proxies';
import { chatChunk, reply, type RecordedRequest } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { KEY_NAMES, useEgress } from '../egress/support';
import { ADMIN_TOKEN, chat, secretKey, TOKEN } from './support';

const egress = useEgress();

/** What the product promises: told within 5 s, let go within 10. */
const TOLD_MS = 5_000;
const LET_GO_MS = 10_000;

async function attention(server: RunningServer): Promise<AttentionItem[]> {
  const response = await fetch(`${server.url}/api/admin/stats/attention`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  return ((await response.json()) as { items: AttentionItem[] }).items;
}

const told = (server: RunningServer, kind: AttentionItem['kind']) =>
  waitFor(async () => (await attention(server)).find((item) => item.kind === kind), {
    timeoutMs: TOLD_MS,
    what: `${kind} to be told`,
  });

const letGo = (server: RunningServer, timeoutMs = LET_GO_MS) =>
  waitFor(async () => (await attention(server)).length === 0, {
    timeoutMs,
    what: 'all to be let go',
  });

async function traffic(server: RunningServer, requests: number): Promise<void> {
  for (let i = 0; i < requests; i++) await chat(server.url);
}

it.skipIf(!hasTinyproxy || !hasMicrosocks)(
  'half of the keys, then a provider, then a proxy are told when they are out, and let go when they are back, without traffic too',
  async () => {
    const [first, second] = [await egress.upstream(), await egress.upstream()];
    const [http, socks] = [await egress.tinyproxy(), await egress.microsocks()];
    const server = await egress.serve({
      AUTH_TOKEN: ADMIN_TOKEN,
      BASE_URL: first.baseUrl,
      PROVIDERS_CONFIG: [
        { name: 'Second', path: 'second', base_url: second.baseUrl, api_keys: [secretKey('200')] },
      ],
      PROXIES: [http.url, socks.url],
    });
    await fallBackOnSecond(server);
    await traffic(server, 10);
    expect(await attention(server)).toEqual([]);

    const resting = KEY_NAMES.slice(0, KEY_NAMES.length / 2).map(secretKey);
    for (const key of resting) first.forKey(key, reply.rateLimited({ retryAfter: '4' }), reply.healthy);
    await traffic(server, 20);
    expect(await told(server, 'keys')).toMatchObject({ state: 'resting', of: KEY_NAMES.length });
    await letGo(server);

    await first.refuse();
    const load = egress.load(server, { loops: 2 });
    const outage = await told(server, 'provider');
    expect(outage).toMatchObject({ provider: 'default', answer: 'unreachable', severity: 'high' });
    await waitFor(
      async () => {
        const [item] = (await attention(server)).filter(({ kind }) => kind === 'provider');
        return item?.kind === 'provider' && item.helped > 0 && item.helper === 'Second';
      },
      { what: 'helped requests to be counted' },
    );
    await load.stop();
    expect(await attention(server)).toMatchObject([{ kind: 'provider', since: outage.since }]);
    await first.accept();
    await letGo(server);

    await http.kill();
    const more = egress.load(server, { loops: 2 });
    const dead = await told(server, 'proxy');
    expect(dead).toMatchObject({
      address: http.url,
      trouble: 'unreachable',
      stranded: 0,
      through: socks.url,
    });
    expect(dead.kind === 'proxy' && dead.keys).toBeGreaterThan(0);
    await more.stop();
    await http.start();
    await letGo(server);
  },
);

it('a provider that still fails without traffic is told as long as it does, and counts no requests that were not', async () => {
  const upstream = await egress.upstream();
  const server = await egress.serve({ AUTH_TOKEN: ADMIN_TOKEN, BASE_URL: upstream.baseUrl });
  upstream.fallbackReply = reply.error(503);
  await traffic(server, 4);
  expect(await told(server, 'provider')).toMatchObject({ answer: 'status', status: 503 });
  upstream.requests = [];
  await waitFor(() => upstream.requests.length > 1, { what: 'it to be asked whether it is back' });
  expect(await attention(server)).toMatchObject([{ kind: 'provider', helped: 0, failed: 4 }]);
  upstream.fallbackReply = reply.healthy;
  await letGo(server);
});

it.each([
  ['embeddings fail while chats are answered', { path: 'embeddings', isStream: false }],
  ['streams break off while whole answers come', { path: 'chat/completions', isStream: true }],
])(
  'of a provider whose %s the outage lasts as long as that does, and is over within 10 s after it',
  async (_what, { path, isStream }) => {
    const upstream = await egress.upstream();
    const server = await egress.serve({ AUTH_TOKEN: ADMIN_TOKEN, BASE_URL: upstream.baseUrl });
    const isOfKind = ({ url, body }: RecordedRequest) =>
      url.endsWith(path) && body.includes('"stream":true') === isStream;
    upstream.fallbackReply = (request, response) => {
      if (!isOfKind(request)) return reply.healthy(request, response);
      return (isStream ? reply.cutAfter([chatChunk('Hel')]) : reply.error(503))(request, response);
    };
    for (let i = 0; i < 8; i++) await askFor(server, path, isStream);
    await told(server, 'provider');
    upstream.requests = [];
    await waitFor(() => upstream.requests.filter(isOfKind).length > 1, {
      what: 'two questions of that kind',
    });
    expect(upstream.requests.every(isOfKind)).toBe(true);
    expect(await attention(server)).toMatchObject([{ kind: 'provider', failed: 8 }]);
    upstream.fallbackReply = reply.healthy;
    await letGo(server);
    expect(await askFor(server, path, isStream)).toBe(200);
  },
);

it('a provider that hangs is asked one question at a time, none with a key that rests, and is let go once it answers', async () => {
  const upstream = await egress.upstream();
  const server = await egress.serve({ AUTH_TOKEN: ADMIN_TOKEN, BASE_URL: upstream.baseUrl, TIME_OUT: 1 });
  const resting = secretKey(KEY_NAMES[0] ?? '');
  upstream.forKey(resting, reply.rateLimited({ retryAfter: '600' }));
  await traffic(server, KEY_NAMES.length);
  expect(upstream.requestsOf(resting)).toHaveLength(1);
  upstream.fallbackReply = reply.error(503);
  await traffic(server, 4);
  await told(server, 'provider');
  let open = 0;
  let openMax = 0;
  upstream.requests = [];
  upstream.fallbackReply = async ({ closed }) => {
    openMax = Math.max(openMax, (open += 1));
    await closed;
    open -= 1;
  };
  await waitFor(() => upstream.requests.length > 2, { what: 'three questions', timeoutMs: 30_000 });
  expect(openMax).toBe(1);
  expect(upstream.requestsOf(resting)).toEqual([]);
  expect(new Set(upstream.requests.map(({ key }) => key)).size).toBe(upstream.requests.length);
  upstream.fallbackReply = reply.healthy;
  await waitFor(async () => (await attention(server)).every(({ kind }) => kind !== 'provider'), {
    timeoutMs: LET_GO_MS,
    what: 'the provider to be let go',
  });
});

it('a provider that answers only half of its attempts is told with how the others fail, and let go when it answers all', async () => {
  const upstream = await egress.upstream();
  const server = await egress.serve({ AUTH_TOKEN: ADMIN_TOKEN, BASE_URL: upstream.baseUrl });
  let attempts = 0;
  upstream.fallbackReply = (request, response) => {
    attempts += 1;
    return (attempts % 2 === 0 ? reply.healthy : reply.error(500))(request, response);
  };
  await traffic(server, 15);
  expect(await told(server, 'failing')).toMatchObject({
    ...{ provider: 'default', attempts: 30, failed: 15, answer: 'status', status: 500, model: 'gpt-test' },
  });
  upstream.fallbackReply = reply.healthy;
  await letGo(server);
});

async function askFor(server: RunningServer, path: string, isStream: boolean): Promise<number> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      ...(path === 'embeddings' ? { input: 'Hi' } : { messages: [{ role: 'user', content: 'Hi' }] }),
      ...(isStream && { stream: true }),
    }),
  });
  await response.text().catch(() => undefined);
  return response.status;
}

/** Sends what the default provider cannot answer to the other one. */
async function fallBackOnSecond(server: RunningServer): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const listed = await fetch(`${server.url}/api/admin/providers`, { headers });
  const { items } = (await listed.json()) as { items: { id: string; slug: string; version: number }[] };
  const own = items.find(({ slug }) => slug === 'default');
  const changed = await fetch(`${server.url}/api/admin/providers/${own?.id}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ version: own?.version, fallbacks: ['second'] }),
  });
  expect(changed.status).toBe(200);
}
