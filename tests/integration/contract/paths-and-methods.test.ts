import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../../support/raw-client';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask } from './ask';
import { CLIENT_TOKEN, inEveryFace, inProductionMode, type Program, type ServedProgram } from './faces';
import { expectRefusal } from './refusal';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const TOKEN = `Authorization: Bearer ${CLIENT_TOKEN}\r\n`;

inEveryFace('a path below the base URL of a provider', (start, face) => {
  let upstream: ScriptedUpstream;
  let server: Program;
  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-up' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it.each([
    '..%2f..%2finternal',
    'files/..%2F..%2Finternal',
    '%2e%2e%2finternal',
    'files/..%5c..%5cinternal',
    '..;/internal',
    '%252e%252e/internal',
    '%25252e%25252e%25252finternal',
    '%c0%ae%c0%ae/internal',
    'files%00',
    'files/a%0d%0ab',
    '%ef%bc%8e%ef%bc%8e/internal',
    '%ef%bc%8e%ef%bc%8e%ef%bc%8finternal',
    '..%20/internal',
    '%25u002e%25u002e/internal',
    '%e2%80%a5/internal',
    'files/%ff',
  ])('is not followed out of it: %s', async (path) => {
    for (const prefix of ['/v1/', '/default/v1/', '/hf/v1/']) {
      const answer = await ask(server, prefix + path, { method: 'GET' });
      expect(upstream.requests).toEqual([]);
      // Next answers by itself, in its own way, what it cannot decode.
      if (face === 'next' && !answer.headers['x-request-id']) expect([400, 500]).toContain(answer.status);
      else expectRefusal(answer, 400, 'invalid_path');
    }
  });

  it.each([
    'models-of-mine/meta-llama%2FLlama-3.1-8B',
    'models-of-mine/ft:gpt-4o:org::id',
    'files/..name',
    'files/a..b/name..',
    'files/%E4%BD%A0%E5%A5%BD.txt',
    'files/100%25',
    'files/a%20b%3Fc',
    'files?prefix=a/../b',
    'files?after=..%2f..%2fx&limit=2',
  ])('is followed as it is, through Next at least with the same meaning: %s', async (path) => {
    expect((await ask(server, `/v1/${path}`)).status).toBe(200);
    const [url = ''] = upstream.requests.map((request) => request.url);
    if (face === 'server.mjs') expect(url).toBe(`/v1/${path}`);
    else expect(decodeURIComponent(url)).toBe(decodeURIComponent(`/v1/${path}`));
  });
});

inProductionMode('methods, targets and half-closed connections', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;
  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-up' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  const raw = async (head: string): Promise<string> => (await sendRaw(server.url, `${head}\r\n`)).toString();
  const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

  describe('a method that could make an upstream show what it was sent', () => {
    it.each(['TRACE', 'PROPFIND', 'M-SEARCH', 'CONNECT', 'TRACK', 'FOO', 'get'])(
      'never gets there, with a token or without: %s',
      async (method) => {
        for (const token of ['', TOKEN]) {
          const answer = await raw(
            `${method} /v1/models HTTP/1.1\r\nHost: x\r\n${token}Connection: close\r\n`,
          );
          expect(answer).toMatch(/^HTTP\/1\.1 405 /);
          expect(answer).toContain(`allow: ${METHODS}\r\n`);
          expect(answer).toMatch(/x-request-id: \S+\r\n/);
          expect(JSON.parse(bodyOf(answer))).toMatchObject({
            error: { code: 'method_not_allowed', param: null },
          });
        }
        expect(upstream.requests).toEqual([]);
      },
    );
  });

  it('OPTIONS needs a token like any other method, and is passed on like any other', async () => {
    const options = { method: 'OPTIONS', headers: { origin: 'https://a.page', authorization: undefined } };
    const answer = await ask(server, '/v1/models', options);
    expectRefusal(answer, 401, 'missing_token');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await ask(server, '/v1/models', { method: 'OPTIONS' })).status).toBe(200);
    expect(upstream.requests.map(({ method }) => method)).toEqual(['OPTIONS']);
  });

  describe('a request', () => {
    it.each(['http://elsewhere/v1/files', 'HTTP://elsewhere:1/v1/files', '//v1/files', '///v1/files'])(
      'is for the path that its target names: %s',
      async (target) => {
        const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\n${TOKEN}Connection: close\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 200 /);
        expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1/files']);
      },
    );

    it.each(['*', 'ftp://x/v1/files', 'http://user:word@x/v1/files'])(
      'is refused if its target names none: %s',
      async (target) => {
        const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\n${TOKEN}Connection: close\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(JSON.parse(bodyOf(answer))).toMatchObject({ error: { code: 'malformed_request' } });
      },
    );

    it.each([
      ['with two hosts', 'Host: a\r\nHost: b\r\n'],
      ['with one host twice', 'Host: a\r\nhost: a\r\n'],
      ['without a host', ''],
      ['with a length and chunks', 'Host: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n'],
      ['with chunks and a length', 'Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n'],
    ])('is refused %s', async (_what, headers) => {
      for (const path of ['/v1/files', '/health']) {
        const answer = await raw(`GET ${path} HTTP/1.1\r\n${headers}${TOKEN}Connection: close\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(JSON.parse(bodyOf(answer))).toMatchObject({ error: { code: 'malformed_request' } });
      }
      expect(upstream.requests).toEqual([]);
    });

    it('needs no host in HTTP/1.0', async () => {
      expect(await raw('GET /health HTTP/1.0\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  it.each(['/%', '/%zz', '/keys/%c0', '/_next/%', '/a%00b'])(
    'a path outside that cannot be read is refused: %s',
    async (path) => {
      expectRefusal(await ask(server, path), 400, 'invalid_path');
    },
  );

  it.each(['/a//v1/models', '/keys//x', '/\\elsewhere', '/login\\'])(
    'nobody is led from an odd path to another: %s',
    async (path) => {
      expectRefusal(await ask(server, path), 404, 'unknown_path');
    },
  );

  describe('a client that has closed its half after the request', () => {
    const head = (path: string, version = '1.1'): string =>
      `GET ${path} HTTP/${version}\r\nHost: x\r\n${TOKEN}\r\n`;

    it.each(['/v1/files', '/health', '/login', '/ready'])('gets its answer: %s', async (path) => {
      const client = await connectRaw(server.url);
      await client.send(head(path));
      client.halfClose();
      await client.closed;
      expect(client.text()).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 /);
    });

    it('gets it even if it comes late', async () => {
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      upstream.fallbackReply = async (request, response) => {
        await answered;
        await reply.json(200, {})(request, response);
      };
      const client = await connectRaw(server.url);
      await client.send(head('/v1/files'));
      client.halfClose();
      // It is asked whether it is still there, twice.
      await client.waitFor((text) => text.split('100 Continue').length > 2);
      answer();
      await client.closed;
      expect(client.text()).toMatch(/HTTP\/1\.1 200 /);
    });

    it.each(['1.1', '1.0'])(
      'has gone if nobody is there, and its upstream request ends: HTTP/%s',
      async (version) => {
        upstream.fallbackReply = reply.stall();
        const client = await connectRaw(server.url);
        await client.send(head('/v1/files', version));
        const seen = await upstream.waitForRequest();
        client.destroy();
        await seen.closed;
        expect(seen.wasAborted()).toBe(true);
      },
    );
  });

  it('an answer under way is never mixed with another: what is no HTTP behind a request ends the connection', async () => {
    const stream = reply.sseControlled();
    upstream.fallbackReply = stream.reply;
    const client = await connectRaw(server.url);
    await client.send(`GET /v1/files HTTP/1.1\r\nHost: x\r\n${TOKEN}\r\n`);
    await stream.opened;
    stream.write('data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n');
    await client.waitFor((text) => text.includes('Hello'));
    await client.send('\x16\x03 no HTTP at all\r\n\r\n');
    await client.closed;
    expect(client.text().match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});
