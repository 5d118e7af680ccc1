import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { hasTinyproxy, startTinyproxy } from '../../support/proxies';
import { waitFor } from '../../support/wait-for';
import { useSharing } from './sharing';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const { isMissing, environment } = await useSharing();

const AS_ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
/** A connection of its own for each request, so that they go to the workers in turn. */
const headers = { connection: 'close' };

interface Counted {
  readonly id: string;
  readonly source: string;
  readonly requestCount: number;
  readonly errorCount?: number;
  readonly lastUsedAt?: number | null;
}

async function admin<T>(url: string, path: string, body?: unknown): Promise<T> {
  const more = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/admin/${path}`, { headers: AS_ADMIN, ...more });
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

const listAt = async (url: string, path: string) =>
  (await admin<{ items: readonly Counted[] }>(url, path)).items;

describe.skipIf(!hasTinyproxy)('what is counted of client tokens and proxies', () => {
  let settings: string;

  beforeEach(async () => {
    const upstream = await parts.upstream();
    const proxy = await startTinyproxy();
    onTestFinished(() => proxy.stop());
    settings = envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      PROXIES: [proxy.url],
    });
  });

  async function knowEachOther(urls: readonly string[], count: number): Promise<void> {
    const know = async (url: string) => (await listAt(url, 'instances')).length === count;
    for (const url of urls) await waitFor(() => know(url), { what: 'all to be heard of' });
  }

  /** A token made in the dashboard that is in force at all. */
  async function madeToken(urls: readonly [string, ...string[]]): Promise<string> {
    const { token } = await admin<{ token: string }>(urls[0], 'tokens', { name: 'mine' });
    const listed = async (url: string) => (await listAt(url, 'tokens')).length === 2;
    for (const url of urls) await waitFor(() => listed(url), { what: 'the token to be known' });
    return token;
  }

  async function send(url: string, token: string, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) expect((await chat(url, { token, headers })).status).toBe(200);
  }

  /** Of the token of the settings, the one made in the dashboard, and the proxy. */
  async function countsAt(url: string): Promise<readonly (number | undefined)[]> {
    const [tokens, proxies] = [await listAt(url, 'tokens'), await listAt(url, 'proxies')];
    return [...tokens, ...proxies].map(({ requestCount }) => requestCount);
  }

  async function expectCounts(urls: readonly string[], counts: readonly number[]): Promise<void> {
    for (const url of urls) {
      let shown: readonly unknown[] = [];
      const isCounted = async () => String((shown = await countsAt(url))) === String(counts);
      await waitFor(isCounted, { what: () => `${counts.join()} at ${url}, which shows ${shown.join()}` });
      const [token] = await listAt(url, 'tokens');
      expect(token?.lastUsedAt).toBeGreaterThan(Date.now() - 60_000);
    }
  }

  it.skipIf(isMissing)('is the same at three instances, to the request', async () => {
    const env = await environment();
    const start = () => parts.server({ env, envFile: settings });
    const first = await start();
    const servers = [first, ...(await Promise.all([start(), start()]))] as const;
    const urls = [first.url, ...servers.slice(1).map(({ url }) => url)] as const;
    await knowEachOther(urls, 3);
    const token = await madeToken(urls);
    for (const [n, url] of urls.entries()) {
      await send(url, TOKEN, n + 1);
      await send(url, token, n + 2);
    }
    await expectCounts(urls, [6, 9, 15]);
    const ids = await Promise.all(urls.map(async (url) => (await listAt(url, 'tokens')).map(({ id }) => id)));
    expect(new Set(ids.map(String)).size).toBe(1);
    for (const url of urls) await send(url, token, 1);
    await expectCounts(urls, [6, 12, 18]);
  });

  it('is the sum of two workers, to the request', async () => {
    const server = await parts.server({ env: { WORKERS: '2' }, envFile: settings });
    await knowEachOther([server.url], 3);
    const token = await madeToken([server.url]);
    let served = 0;
    let inARow = 0;
    const isKnownToBoth = async () => {
      const isServed = (await chat(server.url, { token, headers })).status === 200;
      served += isServed ? 1 : 0;
      inARow = isServed ? inARow + 1 : 0;
      return inARow === 4;
    };
    await waitFor(isKnownToBoth, { what: 'the token to be known to both' });
    await send(server.url, TOKEN, 7);
    await expectCounts([server.url], [7, served, 7 + served]);
  });
});
