import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { keysApi } from '../../../lib/admin/contract/keys';
import { providersApi } from '../../../lib/admin/contract/providers';
import { limitsOf, type LimitsEntry } from '../../../lib/config/values/use-limits';
import { estimatedTokens } from '../../../lib/openai/request/token-estimate';
import {
  chatCompletion,
  chatStream,
  reply,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { call } from '../admin/support';
import { ADMIN_TOKEN, databaseFile, query, secretKey, TOKEN, useParts } from './support';

const KEYS = ['one', 'two'].map(secretKey);
const WAYS = ['PROVIDERS_CONFIG', 'the admin API'] as const;
/** Longer than a minute's limit takes to be over, by a second for rounding. */
const MINUTE_S = 61;

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

/** A server with a provider of these keys, of which each has these limits. */
async function start(way: (typeof WAYS)[number], limits: LimitsEntry, keys = KEYS): Promise<RunningServer> {
  const provider = { name: 'Limited', base_url: upstream.baseUrl, api_keys: keys, limits };
  const isSetting = way === 'PROVIDERS_CONFIG';
  const env = {
    ALLOWED_TOKENS: TOKEN,
    AUTH_TOKEN: ADMIN_TOKEN,
    WAIT_SECONDS: '0',
    ...(isSetting && { PROVIDERS_CONFIG: JSON.stringify([provider]) }),
  };
  const server = await parts.server({ dataDir, env });
  if (isSetting || query(databaseFile(server), "SELECT 1 FROM Provider WHERE slug = 'limited'").length > 0) {
    return server;
  }
  const made = { name: 'Limited', baseUrl: upstream.baseUrl, limits: limitsOf(limits) };
  await call(server.url, providersApi.create, made, ADMIN_TOKEN);
  const added = { provider: 'limited', text: keys.join('\n') };
  await call(server.url, keysApi.import, added, ADMIN_TOKEN);
  return server;
}

interface Asked {
  readonly stream?: boolean;
  readonly max_tokens?: number;
}

const bodyOf = (asked: Asked) =>
  JSON.stringify({ model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }], ...asked });

const post = ({ url }: RunningServer, asked: Asked) =>
  fetch(`${url}/limited/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: bodyOf(asked),
  });

/** One whole exchange; returns its status, and the seconds of a Retry-After. */
async function ask(server: RunningServer, asked: Asked = {}): Promise<readonly [number, number]> {
  const response = await post(server, asked);
  await response.text();
  return [response.status, Number(response.headers.get('retry-after') ?? 0)];
}

/** Asks again and again until it is refused, at most so often; returns how often it was served. */
async function served(server: RunningServer, asked: Asked, most: number): Promise<number> {
  for (let count = 0; count < most; count += 1) {
    const [status, retryAfter] = await ask(server, asked);
    if (status === 200) continue;
    expect(status).toBe(429);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(MINUTE_S);
    return count;
  }
  return most;
}

/** Thirty at once: returns how many were served; the others were refused, and none of them reached the provider. */
async function servedOfThirty(
  server: RunningServer,
  asked: Asked,
  retryAfterMax = MINUTE_S,
): Promise<number> {
  const seenBefore = requests();
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(server, asked)));
  const refused = answers.filter(([status]) => status === 429);
  for (const [, retryAfter] of refused) {
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(retryAfterMax);
  }
  const count = answers.filter(([status]) => status === 200).length;
  expect(count + refused.length).toBe(30);
  expect(requests() - seenBefore).toBe(count);
  return count;
}

const requests = () => KEYS.reduce((sum, key) => sum + upstream.requestsOf(key).length, 0);
const forAll = (answer: Reply) => KEYS.forEach((key) => upstream.forKey(key, answer));

/** Answers that tell a usage, or none. */
function telling(total_tokens: number | undefined): Reply {
  const usage = { prompt_tokens: 1, completion_tokens: (total_tokens ?? 1) - 1, total_tokens };
  return (request, response) => {
    const isStream = String(request.body).includes('"stream":true');
    const told = total_tokens === undefined ? undefined : usage;
    const whole = { ...chatCompletion('Hello there'), usage: told };
    const answer = isStream
      ? reply.sse(chatStream(['Hello', ' there'], told && { usage: told }))
      : reply.json(200, whole);
    return answer(request, response);
  };
}

/** Resolves when the database knows what each of the keys has used of the day. */
async function usedOnDisk(server: RunningServer, requests: number, tokens: number): Promise<void> {
  const rows = () => query<{ uses: string | null }>(databaseFile(server), 'SELECT uses FROM ApiKey');
  const isThere = ({ uses }: { uses: string | null }) => (uses ?? '').includes(`,${requests},${tokens}]`);
  await waitFor(() => rows().filter(isThere).length === KEYS.length, {
    what: () => `what was used to be on disk: ${JSON.stringify(rows())}`,
  });
}

const FORMS = [
  ['JSON', {}],
  ['streams', { stream: true }],
] as const;

describe.each(WAYS)('limits by %s', (way) => {
  it('of tokens hold for each key, whoever asks at once, and the provider sees no more', async () => {
    const asked = { max_tokens: 50 };
    const tokens = estimatedTokens(Buffer.from(bodyOf(asked)), asked.max_tokens);
    const server = await start(way, { tokens_per_minute: 10 * tokens });
    forAll(telling(tokens));
    expect(await servedOfThirty(server, asked)).toBe(20);
  });

  it('of tokens hold for streams too', async () => {
    const asked = { max_tokens: 50, stream: true };
    const tokens = estimatedTokens(Buffer.from(bodyOf(asked)), asked.max_tokens);
    const server = await start(way, { tokens_per_minute: 10 * tokens });
    forAll(telling(tokens));
    expect(await servedOfThirty(server, asked)).toBe(20);
  });

  it('at a time hold for streams as long as they flow', async () => {
    const server = await start(way, { concurrency: 2 });
    const held: ServerResponse[] = [];
    const [first = '', ...rest] = chatStream(['Hello', ' there']);
    forAll((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
      held.push(response);
    });
    const open = await Promise.all(Array.from({ length: 4 }, () => post(server, { stream: true })));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [status, retryAfter] = await ask(server, { stream: true });
    expect([status, retryAfter > 0]).toEqual([429, true]);
    for (const response of held) response.end(rest.join(''));
    for (const response of open) expect(await response.text()).toContain('[DONE]');
    forAll(telling(3));
    expect((await ask(server, { stream: true }))[0]).toBe(200);
  });

  it('of a day are used up after a kill and a restart, as they were before', async () => {
    const server = await start(way, { requests_per_day: 10 });
    forAll(telling(5));
    expect(await servedOfThirty(server, {}, 86_401)).toBe(20);
    await usedOnDisk(server, 10, 50);
    server.kill('SIGKILL');
    await server.exited;
    const again = await start(way, { requests_per_day: 10 });
    expect(await servedOfThirty(again, {}, 86_401)).toBe(0);
  });
});

describe.each(FORMS)('tokens of a minute, of %s', (_form, form) => {
  const LIMIT = { tokens_per_minute: 1_000 };

  it('are given back where an answer used fewer than was reserved', async () => {
    const asked = { ...form, max_tokens: 900 };
    const tokens = estimatedTokens(Buffer.from(bodyOf(asked)), asked.max_tokens);
    const server = await start('PROVIDERS_CONFIG', LIMIT, KEYS.slice(0, 1));
    forAll(telling(10));
    expect(await served(server, asked, 30)).toBe(Math.floor((1_000 - tokens) / 10) + 1);
  });

  it('are taken where an answer used more', async () => {
    const server = await start('PROVIDERS_CONFIG', LIMIT, KEYS.slice(0, 1));
    forAll(telling(600));
    expect(await served(server, form, 30)).toBe(2);
  });

  it('are given back where a short answer does not tell what it used', async () => {
    const asked = { ...form, max_tokens: 800 };
    const server = await start('PROVIDERS_CONFIG', LIMIT, KEYS.slice(0, 1));
    forAll(telling(undefined));
    expect(await served(server, asked, 2)).toBe(2);
  });
});

describe('after a kill and a restart', () => {
  it.each<[string, LimitsEntry, number]>([
    ['requests of the minute', { requests_per_minute: 10 }, 10],
    ['tokens of the minute', { tokens_per_minute: 1_000 }, 2],
    ['tokens of the day', { tokens_per_day: 1_000 }, 2],
  ])('%s are used up as they were before', async (_what, limits, each) => {
    const server = await start('PROVIDERS_CONFIG', limits);
    forAll(telling(600));
    const statuses: number[] = [];
    // One after the other, so that what each used is known before the next.
    for (let count = 0; count < each * KEYS.length; count += 1) statuses.push((await ask(server))[0]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await ask(server))[0]).toBe(429);
    await usedOnDisk(server, each, each * 600);
    server.kill('SIGKILL');
    await server.exited;
    const again = await start('PROVIDERS_CONFIG', limits);
    expect((await ask(again))[0]).toBe(429);
    expect(requests()).toBe(each * KEYS.length);
  });
});
