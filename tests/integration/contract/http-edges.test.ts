import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../../support/raw-client';
import {
  chatStream,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { ask } from './ask';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, CLIENT_TOKEN, inProductionMode, type ServedProgram } from './faces';
import { expectRefusal } from './refusal';

const CHAT = '/v1/chat/completions';
const HOST = 'Host: x\r\n';
const TOKEN = `Authorization: Bearer ${CLIENT_TOKEN}\r\n`;
const CLOSE = 'Connection: close\r\n';
const BODY = '{"model":"gpt-test","messages":[]}';

inProductionMode('the edges of HTTP', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;
  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-up', FILTERED_MODELS: 'gpt-hidden' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  const raw = async (head: string, body = ''): Promise<string> =>
    (await sendRaw(server.url, `${head}\r\n${body}`)).toString('latin1');
  const statuses = (answers: string): string[] =>
    [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status = '']) => status);
  const expectError = (answer: string, status: number, code: string): void => {
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z].*\r\n`));
    expect(answer).toMatch(/\r\nx-request-id: \S+\r\n/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
      error: { code, param: null },
    });
  };

  describe('a path', () => {
    it.each([
      '/_next/../v1/files',
      '/_next/%2e%2E/v1/files',
      '/a/../v1/files',
      '/a/b/.%2e/../v1/files',
      '/keys/./login',
      '/api/admin/..',
    ])('that some server would make another of is nobody’s: %s', async (path) => {
      const answer = await raw(`GET ${path} HTTP/1.1\r\n${HOST}${TOKEN}${CLOSE}`);
      expect(statuses(answer)).toEqual(['404']);
      expect(answer).toMatch(/"code":"(unknown_path|not_found)"/);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['/v1//chat/completions', '/v1/chat/completions'],
      ['/v1/ch%61t/completion%73', '/v1/chat/completions'],
      ['/default/v1///files', '/v1/files'],
      ['/v1/files?a//b/../c', '/v1/files?a//b/../c'],
    ])('goes on in the one spelling in which it was looked at: %s', async (path, seen) => {
      const isChat = seen.includes('chat');
      await ask(server, path, isChat ? { body: BODY } : { method: 'GET' });
      expect(upstream.requests.map(({ url }) => url)).toEqual([seen]);
    });

    it('is not lost among many headers, nor are those at their end', async () => {
      const many = Array.from({ length: 2_500 }, (_, n) => `a${n}: b\r\n`).join('');
      const answer = await raw(`GET /v1/files HTTP/1.1\r\n${HOST}${many}${TOKEN}${CLOSE}`);
      expect(statuses(answer)).toEqual(['200']);
      expect(upstream.requests).toHaveLength(1);
    });

    it('with a fragment is refused, wherever that begins', async () => {
      for (const path of ['/v1/files#a', '/v1/files?a#b']) {
        const answer = await raw(`GET ${path} HTTP/1.1\r\n${HOST}${TOKEN}${CLOSE}`);
        expectError(answer, 400, 'invalid_path');
      }
      expect(upstream.requests).toEqual([]);
    });

    it.each(['/v1/models', '/v1//models', '/v1/%6dodels', '/v1/Models/', '/v1/models;a=b'])(
      'in any spelling lists no models that are not served: %s',
      async (path) => {
        const data = ['gpt-hidden', 'gpt-shown'].map((id) => ({ id, object: 'model' }));
        upstream.fallbackReply = reply.json(200, { object: 'list', data });
        const { text } = await ask(server, path, { method: 'GET' });
        expect(text).toContain('gpt-shown');
        expect(text).not.toContain('gpt-hidden');
      },
    );
  });

  describe('a transfer encoding', () => {
    it.each(['gzip, chunked', 'deflate, chunked'])(
      'that is not understood is refused: %s',
      async (coding) => {
        const head = `POST ${CHAT} HTTP/1.1\r\n${HOST}${TOKEN}Transfer-Encoding: ${coding}\r\n`;
        // What looks like a second request is a part of the first: it gets no answer.
        const answer = await raw(head, `0\r\n\r\nGET /health HTTP/1.1\r\n${HOST}\r\n`);
        expect(statuses(answer)).toEqual(['501']);
        expectError(answer, 501, 'unsupported_transfer_encoding');
        expect(answer).toMatch(/\r\nconnection: close\r\n/i);
        expect(upstream.requests).toEqual([]);
      },
    );

    it('is none of HTTP/1.0’s', async () => {
      const answer = await raw(
        `POST ${CHAT} HTTP/1.0\r\n${TOKEN}Transfer-Encoding: chunked\r\n`,
        '0\r\n\r\n',
      );
      expectError(answer, 400, 'malformed_request');
    });

    it('may bring trailers, which end here', async () => {
      const head = `POST ${CHAT} HTTP/1.1\r\n${HOST}${TOKEN}${CLOSE}Trailer: x-api-key\r\nTransfer-Encoding: Chunked\r\n`;
      const size = BODY.length.toString(16);
      const answer = await raw(head, `${size}\r\n${BODY}\r\n0\r\nX-Api-Key: not-mine\r\n\r\n`);
      expect(statuses(answer)).toEqual(['200']);
      expect(upstream.requests[0]?.body.toString()).toBe(BODY);
      expect(JSON.stringify(upstream.requests[0]?.headers)).not.toMatch(/not-mine|trailer/);
    });
  });

  it.each(['GET /v1/files HTTP/2.0', 'GET /v1/files HTTP/1.2', 'PRI * HTTP/2.0'])(
    'a version that is not spoken is refused as such: %s',
    async (line) => {
      expectError(
        await raw(`${line}\r\n${HOST}${TOKEN}${CLOSE}`, 'SM\r\n\r\n'),
        505,
        'http_version_not_supported',
      );
    },
  );

  describe('a client that waits before it sends its body', () => {
    const waiting = (path: string, more: string): string =>
      `POST ${path} HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Type: application/json\r\n${more}`;

    it('is told to send it once it is let in', async () => {
      const answer = await raw(waiting(CHAT, `${TOKEN}${CLOSE}Content-Length: ${BODY.length}\r\n`), BODY);
      expect(statuses(answer)).toEqual(['100', '200']);
    });

    it.each([
      ['without a token', CHAT, 'Content-Length: 9\r\n', '401'],
      ['with too much of it', CHAT, `${TOKEN}Content-Length: 99999999999\r\n`, '413'],
      ['for nobody', '/nobody/v1/x', `${TOKEN}Content-Length: 9\r\n`, '404'],
      ['for nothing', '/nothing', `${TOKEN}Content-Length: 9\r\n`, '404'],
    ])('is refused before it has sent it: %s', async (_what, path, more, status) => {
      expect(statuses(await raw(waiting(path, more)))).toEqual([status]);
    });

    it('behind another request is told nothing within its own answer', async () => {
      const first = `GET /v1/files HTTP/1.1\r\n${HOST}${TOKEN}\r\n`;
      const more = `${TOKEN}${CLOSE}Content-Length: ${BODY.length}\r\n`;
      const answer = await raw(`${first}${waiting(CHAT, more)}`, BODY);
      const last = answer.slice(answer.lastIndexOf('HTTP/1.1 200'));
      expect(JSON.parse(last.slice(last.indexOf('\r\n\r\n')))).toBeTypeOf('object');
      expect(statuses(answer).filter((status) => status !== '100')).toEqual(['200', '200']);
    });

    it.each(['200-ok', '100-continue, 200-ok'])('for anything else gets 417: %s', async (expected) => {
      const head = `POST ${CHAT} HTTP/1.1\r\n${HOST}${TOKEN}Expect: ${expected}\r\nContent-Length: 9\r\n`;
      expectError(await raw(head), 417, 'expectation_failed');
    });
  });

  describe('HTTP/1.0', () => {
    it('gets a stream without chunks, which ends with its connection', async () => {
      upstream.fallbackReply = reply.sse(chatStream(['Hel', 'lo']));
      const body = '{"model":"gpt-test","stream":true}';
      const more = `Connection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
      const answer = await raw(`POST ${CHAT} HTTP/1.0\r\n${TOKEN}${more}`, body);
      const [head = '', events = ''] = answer.split(/\r\n\r\n(.*)/s);
      expect(head).not.toMatch(/transfer-encoding|keep-alive/i);
      expect(events).toMatch(/^data: .*data: \[DONE\]\n\n$/s);
    });

    it('keeps its connection only if it asks for that and the length is known', async () => {
      const head = `GET /v1/files HTTP/1.0\r\n${TOKEN}`;
      expect(await raw(head)).toMatch(/\r\nconnection: close\r\n/i);
      const twice = await raw(`${head}Connection: keep-alive\r\n\r\n${head}`);
      expect(statuses(twice)).toEqual(['200', '200']);
    });
  });

  it('requests behind one another on a connection are answered in their order', async () => {
    const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\n${HOST}${TOKEN}${more}\r\n`;
    upstream.fallbackReply = (request, response) => reply.json(200, { path: request.url })(request, response);
    const answers = await raw(
      `${one('/v1/files?1')}${one('/health')}${one('/v1/files?2')}${one('/v1/files?3', CLOSE)}`.slice(0, -2),
    );
    expect(answers.match(/files\?\d|"ok"/g)).toEqual(['files?1', '"ok"', 'files?2', 'files?3']);
  });

  it('a stream and what stands behind it both come whole, however large', async () => {
    const words = Array.from({ length: 40 }, (_, n) => `${n} `.repeat(n % 4 === 0 ? 8_000 : 20));
    const large = 'x'.repeat(200_000);
    upstream.fallbackReply = (request, response) =>
      request.body.includes('"stream":true')
        ? reply.sse(chatStream(words))(request, response)
        : reply.json(200, { large })(request, response);
    const post = (body: string, more = ''): string =>
      `POST ${CHAT} HTTP/1.1\r\n${HOST}${TOKEN}${more}Content-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`;
    const both = post('{"model":"gpt-test","stream":true}') + post(BODY, CLOSE);
    const answers = await Promise.all(Array.from({ length: 12 }, () => sendRaw(server.url, both)));
    for (const answer of answers) {
      const text = answer.toString('latin1');
      expect(statuses(text)).toEqual(['200', '200']);
      expect(text.match(/"content":"39 |data: \[DONE\]/g)).toHaveLength(2);
      expect(text).toContain(large);
    }
  });

  it('what stands behind a request that is still answered ends when its client leaves', async () => {
    upstream.fallbackReply = (request, response) =>
      request.url.endsWith('?slow')
        ? reply.stall()(request, response)
        : reply.json(200, { large: 'x'.repeat(300_000) })(request, response);
    const one = (path: string): string => `GET ${path} HTTP/1.1\r\n${HOST}${TOKEN}\r\n`;
    const client = await connectRaw(Number(new URL(server.url).port));
    await client.send(`${one('/v1/files?slow')}${one('/v1/files?2')}`);
    await upstream.waitForRequest(({ url }) => url.endsWith('?2'));
    client.destroy();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const isIdle = async () =>
      /^openai_balance_requests_in_flight 0$/m.test((await ask(server, '/metrics', { headers })).text);
    await waitFor(isIdle, { what: 'an end of all requests' });
  });

  it('HEAD of what would be a stream gets its head', async () => {
    upstream.fallbackReply = reply.sse(chatStream(['Hello']));
    const answer = await ask(server, '/v1/files/events', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['as HTTP/1.0', '1.0', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['without Connection', '1.1', 'Connection: close\r\nUpgrade: websocket\r\n'],
    ['without Upgrade', '1.1', 'Connection: close\r\n'],
  ])('a WebSocket that a proxy in front has taken apart is told so: %s', async (_what, version, more) => {
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
    const answer = await raw(`GET /v1/realtime?model=m HTTP/${version}\r\n${HOST}${TOKEN}${more}${key}`);
    expectError(answer, 426, 'websocket_unavailable');
    expect(answer).toMatch(/\r\nupgrade: websocket\r\n/i);
    expect(upstream.requests).toEqual([]);
  });

  it('OPTIONS is refused outside the gateway, with what is allowed there', async () => {
    for (const path of ['/', '/health', '/login']) {
      const answer = await ask(server, path, { method: 'OPTIONS', headers: { origin: 'https://a.page' } });
      expectRefusal(answer, 405, 'method_not_allowed');
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
  });
});
