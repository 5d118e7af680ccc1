import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PassingResponse } from '../../../../lib/gateway/answer/passing-response';
import { withOwnHeaders, withOwnLinks, type LinkTarget } from '../../../../lib/gateway/answer/own-links';
import type { LiveExchange } from '../../../../lib/gateway/exchange/live-exchange';
import { handleNode } from '../../../../lib/gateway/node';
import { parseRoute } from '../../../../lib/gateway/request/route';
import type { Settings } from '../../../../lib/config/settings';
import { KnownOwners } from '../../../../lib/ownership/known-owners';
import { CLIENT_TOKEN, startGateway } from '../../../support/gateway';

interface Asked {
  readonly what: string;
  readonly key: string | undefined;
}

/** Anthropic's batches: each key has its own, and an answer says where its results are. */
class Batches {
  readonly asked: Asked[] = [];
  readonly #owner = new Map<string, string>();
  readonly #server = createServer((request, response) => {
    const { method, url = '' } = request;
    const key = request.headers.authorization?.slice('Bearer '.length) ?? '';
    this.asked.push({ what: `${method} ${url}`, key });
    request.resume();
    const [, , , id, part] = url.slice('/v1'.length).split('/');
    const made = id ?? `msgbatch_${this.#owner.size}`;
    if (method === 'POST') this.#owner.set(made, key);
    if (this.#owner.get(made) !== key) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'not_found_error', message: made } }));
    } else if (part === 'results') {
      response.writeHead(200, { 'content-type': 'application/x-jsonl' });
      response.end(`{"custom_id":"a","result":{"results_url":"${this.resultsOf(made)}"}}\n`);
    } else {
      response.writeHead(200, {
        'content-type': 'application/json',
        location: `${this.url}/messages/batches/${made}`,
      });
      response.end(this.batch(made));
    }
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  resultsOf(id: string): string {
    return `${this.url}/messages/batches/${id}/results`;
  }

  batch(id: string): string {
    return `{"id": "${id}", "type":"message_batch",  "results_url": "${this.resultsOf(id)}", "é":1.0}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let upstream: Batches;
let server: Server | undefined;
let address: string;
let owners: KnownOwners;

beforeEach(async () => {
  upstream = new Batches();
  await upstream.start();
  const none = async (): Promise<undefined> => undefined;
  owners = new KnownOwners({
    store: { find: async () => [], save: none, delete: none },
    formerKeys: { accountOf: none },
    now: () => Date.now(),
    onError: () => undefined,
  });
  const keys = ['sk-a', 'sk-b', 'sk-c'].map((value) => ({ value, weight: 1 }));
  const claude = { name: 'claude', path: 'claude', base_url: upstream.url, enabled: true, api_keys: keys };
  const { gateway } = startGateway(
    {
      DEFAULT_PROVIDER: 'claude',
      PROVIDERS_CONFIG: [{ ...claude, fallbacks: [] }] as unknown as Settings['PROVIDERS_CONFIG'],
    },
    { owners },
  );
  server = createServer((req, res) => void handleNode(gateway, req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/claude/v1`;
});
afterEach(async () => {
  upstream.stop();
  server?.closeAllConnections();
  server?.close();
  await owners.close();
});

function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, headers: { 'x-api-key': CLIENT_TOKEN, ...init.headers } });
}

const MAKE = { method: 'POST', body: '{"requests":[]}', headers: { 'content-type': 'application/json' } };

describe('a link that clients follow', () => {
  it('leads to the gateway, and there to the key that owns what it names', async () => {
    for (let i = 0; i < 3; i += 1) {
      const made = await ask(`${address}/messages/batches`, MAKE);
      const { id } = (await made.json()) as { id: string };
      const retrieved = await ask(`${address}/messages/batches/${id}`);
      const { results_url: link } = (await retrieved.json()) as { results_url: string };
      expect(link).toBe(`${address}/messages/batches/${id}/results`);
      const results = await ask(link);
      expect(results.status).toBe(200);
      // What the model has said is not touched.
      expect(await results.text()).toContain(upstream.resultsOf(id));
      expect(made.headers.get('location')).toBe(`${address}/messages/batches/${id}`);
      const [{ key: owner } = { key: undefined }, ...later] = upstream.asked.splice(0);
      expect(later.map(({ key }) => key)).toEqual([owner, owner]);
    }
  });

  it('is all that changes', async () => {
    const made = await ask(`${address}/messages/batches`, MAKE);
    const sent = upstream.batch('msgbatch_0').replace(upstream.url, address);
    expect(await made.text()).toBe(sent);
  });

  it('leads to where a proxy in front says that the client has asked', async () => {
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'ai.example.com, 10.0.0.1',
      'x-forwarded-prefix': '/llm',
    };
    const made = await ask(`${address}/messages/batches`, {
      ...MAKE,
      headers: { ...MAKE.headers, ...headers },
    });
    const { results_url: link } = (await made.json()) as { results_url: string };
    expect(link).toBe('https://ai.example.com/llm/claude/v1/messages/batches/msgbatch_0/results');
  });

  it('is no word of a proxy that could break out of it', async () => {
    const headers = {
      'x-forwarded-host': 'a"b',
      'x-forwarded-prefix': '//evil.example',
      'x-forwarded-proto': 'x',
    };
    const made = await ask(`${address}/messages/batches`, {
      ...MAKE,
      headers: { ...MAKE.headers, ...headers },
    });
    const { results_url: link } = (await made.json()) as { results_url: string };
    expect(link).toBe(`${address}/messages/batches/msgbatch_0/results`);
  });
});

/** What comes out of a body of JSON in pieces of `size` bytes. */
function rewritten(
  body: string,
  size: number,
  contentType = 'application/json',
  url = '/claude/v1/messages/batches?limit=2',
): string {
  const out: Buffer[] = [];
  const sink: Pick<PassingResponse, 'start' | 'write' | 'end'> = {
    start: () => undefined,
    write: (chunk) => out.push(chunk) > 0,
    end: (chunk) => void (chunk !== undefined && out.push(chunk)),
  };
  const response = withOwnLinks({
    request: { url, method: 'GET', header: (name: string) => (name === 'host' ? 'gw' : undefined) },
    route: parseRoute(url),
    response: sink,
  } as unknown as LiveExchange);
  response.start(200, ['content-type', contentType]);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
  response.end();
  return Buffer.concat(out).toString();
}

describe('links in a body that comes in pieces', () => {
  const OWN = 'http://gw/claude/v1';
  const link = (base: string, id: number): string =>
    `{"id":"b${id}","pad":"${'ü'.repeat(id * 40)}","results_url" : "${base}/messages/batches/b${id}/results"}`;
  const list = (base: string): string =>
    `{"data":[${Array.from({ length: 40 }, (_, i) => link(base, i)).join(',')}]}`;

  it.each([1, 7, 1_000, 100_000])('are found wherever they are cut, %i bytes at a time', (size) => {
    expect(rewritten(list('https://api.anthropic.com/v1'), size)).toBe(list(OWN));
  });

  it('may have slashes as JSON may have them', () => {
    const body = String.raw`{"results_url":"https:\/\/api.anthropic.com\/v1\/messages\/batches\/b\/results"}`;
    expect(JSON.parse(rewritten(body, 9))).toEqual({ results_url: `${OWN}/messages/batches/b/results` });
  });

  it.each([
    '{"results_url":null}',
    '{"results_url":"https://files.example.com/signed?key=1"}',
    '{"results_url":"https://files.example.com/messages/batches/b/results?signature=1"}',
    String.raw`{"text":"\"results_url\": \"https://api.anthropic.com/v1/messages/batches/b/results\""}`,
  ])('are left alone where they are none of a batch: %s', (body) => {
    expect(rewritten(body, 5)).toBe(body);
  });

  it('are left alone in what is not JSON', () => {
    const body = list('https://api.anthropic.com/v1');
    expect(rewritten(body, 50, 'application/x-jsonl')).toBe(body);
  });
});

const BASE = 'https://api.example.com/api/v4';

/** Where a link in the head of an answer leads. */
function linkOf(
  name: string,
  link: string,
  headers: Readonly<Record<string, string>> = {},
  base = BASE,
  added: Omit<LinkTarget, 'baseUrl'> = {},
): string | undefined {
  let sent: readonly string[] = [];
  const url = '/claude/v1/files';
  const exchange = {
    request: { url, method: 'POST', header: (one: string) => ({ host: 'gw', ...headers })[one] },
    route: parseRoute(url),
    response: { start: (_status: number, given: readonly string[]) => void (sent = given) },
  } as unknown as LiveExchange;
  withOwnHeaders(exchange, { [name]: link }, { baseUrl: base, ...added }).start(201, [name, link]);
  return sent[1];
}

describe('a link in the head of an answer', () => {
  const OWN = 'http://gw/claude/v1';

  it.each([
    ['?api-version=1&key=sk-***&after=2#there', '?after=2#there'],
    ['?%6bey=sk-***', ''],
    ['?keys=1&key', '?keys=1'],
    ['', ''],
  ])('loses what each request gets in its query: %j is %j', (query, left) => {
    const added = { auth: 'query:key', query: { 'api-version': '2' } };
    expect(linkOf('location', `/api/v4/files/1${query}`, {}, BASE, added)).toBe(`${OWN}/files/1${left}`);
  });

  it.each(['location', 'content-location', 'operation-location'])(
    'leads to the gateway as %s without a host',
    (name) => {
      expect(linkOf(name, '/api/v4/files/abc?x=1#y')).toBe(`${OWN}/files/abc?x=1#y`);
    },
  );

  it.each([
    'https://API.Example.COM/api/v4/files/a',
    'HTTPS://api.example.com/api/v4/files/a',
    'https://api.example.com:443/api/v4/files/a',
    '//api.example.com/api/v4/files/a',
    'http://api.example.com/api/v4/files/a',
    'http://api.example.com:80/api/v4/files/a',
  ])('leads to the gateway however its host is written: %s', (link) => {
    expect(linkOf('location', link)).toBe(`${OWN}/files/a`);
  });

  it.each([
    '/v1/files/abc',
    '/api/v4x/files',
    '/API/v4/files',
    '//evil.example/api/v4/files',
    'files/abc',
    'https://api.example.com.evil.example/api/v4/files',
    'https://api.example.com@evil.example/api/v4/files',
    'https://api.example.com:80/api/v4/files',
    'https://api.example.com:8443/api/v4/files',
    'https://api.example.com/api/v4/../admin',
    '/api/v4/files/%2E%2e/x',
    '/api/v4/a%2f..%2fb',
    '/api/v4',
  ])('that leads to nothing of the provider is left alone: %s', (link) => {
    expect(linkOf('location', link)).toBe(link);
  });

  it('to https at a provider that is asked by http is left alone: its client would come back for ever', () => {
    const link = 'https://api.example.com/v1/files/a';
    expect(linkOf('location', link, {}, 'http://api.example.com/v1')).toBe(link);
  });

  it.each(['/..', '/a/..', '/a/../b', '/.', '/a/./b', '/...', '/a b', '/a//b', '/a?b', '/%2e%2e'])(
    'has no prefix that leads elsewhere: %s',
    (prefix) => {
      expect(linkOf('location', `${BASE}/x`, { 'x-forwarded-prefix': prefix })).toBe(`${OWN}/x`);
    },
  );

  it.each(['/llm', '/a/b.c', '/.well-known/x', '/a..b'])(
    'has the prefix of a proxy in front: %s',
    (prefix) => {
      expect(linkOf('location', `${BASE}/x`, { 'x-forwarded-prefix': prefix })).toBe(
        `http://gw${prefix}/claude/v1/x`,
      );
    },
  );
});

describe('the path of a batch', () => {
  const body = '{"results_url":"https://api.anthropic.com/v1/messages/batches/m/results"}';

  it.each([
    '/claude/v1//messages/batches/m',
    '/claude/v1/messages%2Fbatches/m',
    '/claude/v1/%6dessages/batches/m',
  ])('may be written in other ways: %s', (url) => {
    expect(rewritten(body, 9, 'application/json', url)).toContain(
      '"http://gw/claude/v1/messages/batches/m/results"',
    );
  });

  it.each(['/claude/v1/messages/batchesx', '/claude/v1/messages%/batches/m'])(
    'is no other one: %s',
    (url) => {
      expect(rewritten(body, 9, 'application/json', url)).toBe(body);
    },
  );
});
