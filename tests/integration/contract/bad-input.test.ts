import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../../support/raw-client';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask, type Answer, type AskOptions } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inEveryFace, served, type Program } from './faces';
import { expectRefusal } from './refusal';

const PATH = '/v1/chat/completions';
const MB = 2 ** 20;
const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };

inEveryFace('bad input', (start, face) => {
  /** What only a socket can bring. */
  const needsSocket = face === 'in process';

  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-up', MAX_BODY_MB: '1' });
  });
  beforeEach(() => upstream.reset());
  afterEach(async () => {
    const answer = await ask(server, PATH, { body: { model: 'still-there' } });
    expect(answer.status, 'the server goes on').toBe(200);
    const bodies = upstream.requests.map((request) => request.body.toString());
    expect(bodies, 'nothing else may reach the upstream').toEqual(['{"model":"still-there"}']);
  });
  afterAll(() => upstream.stop());

  async function expectRefused(
    path: string,
    options: AskOptions,
    status: number,
    code: string,
  ): Promise<Answer> {
    const answer = await ask(server, path, options);
    expectRefusal(answer, status, code);
    return answer;
  }

  describe('no body', () => {
    it.each(['chat/completions', 'completions', 'embeddings', 'chat/completions/'])(
      'is refused by %s, which cannot do without',
      async (endpoint) => {
        await expectRefused(`/v1/${endpoint}`, { method: 'POST' }, 400, 'missing_body');
        await expectRefused(`/v1/${endpoint}`, { method: 'POST', body: '' }, 400, 'missing_body');
        await expectRefused(
          `/v1/${endpoint}`,
          { method: 'POST', body: '', headers: chunked },
          400,
          'missing_body',
        );
      },
    );
  });

  describe('a body that is not JSON', () => {
    it.each<[string, string | Buffer]>([
      ['cut off', '{"model":"gpt-test","messages":[{"role":"us'],
      ['cut off after a key', '{"model"'],
      ['an array', '[{"model":"gpt-test"}]'],
      ['a string', '"gpt-test"'],
      ['a number', '42'],
      ['null', 'null'],
      ['plain text', 'hello'],
      ['HTML', '<html><script>alert(1)</script></html>'],
      ['a form', 'model=gpt-test&messages=hi'],
      ['binary', Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x7b])],
      ['white space', ' \n\t '],
      ['two objects', '{"model":"gpt-test"}{"model":"gpt-test"}'],
      ['a trailing comma', '{"model":"gpt-test",}'],
      ['single quotes', "{'model':'gpt-test'}"],
      ['NaN', '{"model":"gpt-test","temperature":NaN}'],
      ['compressed', gzipSync('{"model":"gpt-test"}')],
      ['very deep', '{"model":"gpt-test","x":'.concat('['.repeat(500_000))],
    ])('is refused: %s', async (_what, body) => {
      const answer = await expectRefused(PATH, { body }, 400, 'invalid_json');
      expect(answer.text.length).toBeLessThan(500);
      expect(answer.text).not.toContain('<script>');
    });
  });

  describe('a model', () => {
    it.each([
      ['that is missing', {}],
      ['that is null', { model: null }],
      ['that is empty', { model: '' }],
    ])('%s is refused', async (_what, body) => {
      for (const endpoint of ['chat/completions', 'completions', 'embeddings']) {
        await expectRefused(`/v1/${endpoint}`, { body: { ...body, input: 'x' } }, 400, 'missing_model');
      }
    });

    it.each([[42], [true], [['gpt-test']], [{ id: 'gpt-test' }]])('that is %j is refused', async (model) => {
      await expectRefused(PATH, { body: { model } }, 400, 'invalid_json');
    });
  });

  describe('a body that is too large', () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"gpt-test","x":"'),
      Buffer.alloc(2 * MB, 0x61),
      Buffer.from('"}'),
    ]);

    it('is refused by its length', async () => {
      const { text } = await expectRefused(PATH, { body }, 413, 'body_too_large');
      expect(text).toContain('1 MB');
    });

    it('is refused when it comes in chunks', async () => {
      await expectRefused(PATH, { body, headers: chunked }, 413, 'body_too_large');
    });

    it('is refused as multipart', async () => {
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      await expectRefused('/v1/audio/transcriptions', { body, headers }, 413, 'body_too_large');
    });

    it.skipIf(needsSocket)('is refused before it has been sent, as soon as its length is known', async () => {
      const head = requestHead(PATH, { 'Content-Length': String(900 * MB) });
      const answer = await sendRaw(served(server).url, head, {
        until: (text) => text.includes('body_too_large'),
      });
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  describe('a path', () => {
    it.each([
      '/v1/../admin',
      '/v1/files/../../secret',
      '/v1/%2e%2e/admin',
      '/v1/files/%2E%2e/x',
      '/v1/./models',
      '/v1/..',
    ])('with dots is not followed: %s', async (path) => {
      const answer = await ask(server, path, { body: {} });
      if (face === 'server.mjs') return expectRefusal(answer, 400, 'invalid_path');
      // An URL has its dots resolved before anybody looks for a route; what is left is a path like any other.
      expect(answer.status).toBeLessThan(500);
      for (const { url } of upstream.requests) expect(url).toMatch(/^\/v1\/[^.]+$/);
      upstream.reset();
    });

    it.skipIf(needsSocket).each(['/v1/a b', '/v1/ä', '/v1/x?a=ä', '/v1/x\\y'])(
      'with bytes that do not belong there harms nobody: %s',
      async (path) => {
        const head = requestHead(path, { 'Content-Length': '2', Connection: 'close' });
        const answer = (await sendRaw(served(server).url, `${head}{}`)).toString();
        expect(answer).toMatch(/^HTTP\/1\.1 (200|308|4\d\d) /);
        upstream.reset();
      },
    );

    it.each(['/', '/nothing', '/nothing/at/all', '/v2beta/models', '/api/nothing', '/V1/models'])(
      'that is none of the API never gets upstream: %s',
      async (path) => {
        const answer = await ask(server, path);
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toMatch(/node_modules|\bat \S+ \(/);
      },
    );
  });

  describe.skipIf(needsSocket)('a client that leaves within its own request', () => {
    it.each([
      ['half a body', requestHead(PATH, { 'Content-Length': '1000' }) + '{"model":"gpt-'],
      ['half a chunked body', `${requestHead(PATH, { 'Transfer-Encoding': 'chunked' })}10\r\n{"model":"gp`],
      ['half a head', `POST ${PATH} HTTP/1.1\r\nHost: gateway\r\nAuthoriz`],
      ['a body announced and never begun', requestHead(PATH, { 'Content-Length': '1000' })],
    ])('costs nothing but that: %s', async (_what, bytes) => {
      for (const leave of ['destroy', 'halfClose', 'reset'] as const) {
        const client = await connectRaw(served(server).url);
        await client.send(bytes);
        if (leave === 'reset') client.socket.resetAndDestroy();
        else client[leave]();
        await client.closed;
        // The gateway may refuse what came half, never answer it.
        expect(client.text()).not.toMatch(/^HTTP\/1\.1 (2|5)/);
      }
    });
  });

  describe('a request without sense', () => {
    it.each(['GET', 'HEAD'])('%s with a body is served without it', async (method) => {
      const answer = await ask(server, '/v1/files/file-1', { method, body: '{broken' });
      expect(answer.status).toBe(200);
      expect(upstream.requests.map((request) => request.body.length)).toEqual([0]);
      upstream.reset();
    });

    it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s with broken JSON is refused', async (method) => {
      await expectRefused('/v1/files/file-1', { method, body: '{broken' }, 400, 'invalid_json');
    });

    it('HEAD without a token gets a status and no body', async () => {
      const answer = await ask(server, '/v1/models', {
        method: 'HEAD',
        headers: { authorization: undefined },
      });
      expect(answer.status).toBe(401);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers['x-request-id']).toBeTruthy();
    });

    // Next hangs up on it.
    it.skipIf(face === 'next')(
      'an offer to speak HTTP/2 or WebSocket is not taken, and the request served',
      async () => {
        // What Java's HttpClient sends with each first request.
        const headers = {
          connection: 'Upgrade, HTTP2-Settings',
          upgrade: 'h2c',
          'http2-settings': 'AAEAAEAA',
        };
        const answer = await ask(server, PATH, { body: { model: 'gpt-test' }, headers });
        expect(answer.status).toBe(200);
        expect(upstream.requests[0]?.headers).not.toHaveProperty('upgrade');
        expect(upstream.requests[0]?.headers).not.toHaveProperty('http2-settings');
        upstream.reset();
      },
    );
  });

  // The HTTP parser of plain Next answers for itself.
  describe.skipIf(face !== 'server.mjs')('what is no HTTP request', () => {
    it.each([
      ['not HTTP at all', 'hello there\r\n\r\n', 400],
      ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
      ['an unknown method', `FETCH ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`, 405],
      ['a header without a name', `GET /v1/models HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n`, 400],
      [
        'two lengths',
        `${requestHead(PATH, { 'Content-Length': '2' }).trimEnd()}\r\nContent-Length: 3\r\n\r\n{}`,
        400,
      ],
      [
        'a length and chunks',
        requestHead(PATH, { 'Content-Length': '2', 'Transfer-Encoding': 'chunked' }),
        400,
      ],
      ['a negative length', requestHead(PATH, { 'Content-Length': '-1' }), 400],
      ['64 KB in one header', requestHead(PATH, { 'X-Large': 'x'.repeat(64 * 1024) }), 431],
      ['64 KB in many headers', requestHead(PATH, manyHeaders(64 * 1024)), 431],
      ['64 KB of path', requestHead(`/v1/${'x'.repeat(64 * 1024)}`), 431],
    ])('is refused in the same envelope: %s', async (_what, bytes, status) => {
      expectRefusal(parseAnswer(await sendRaw(served(server).url, bytes)), status);
    });

    it('is refused when the chunks of its body are broken', async () => {
      const client = await connectRaw(served(server).url);
      await client.send(`${requestHead(PATH, { 'Transfer-Encoding': 'chunked' })}zz\r\n{}\r\n0\r\n\r\n`);
      await client.closed;
      expect(client.text()).toMatch(/^(HTTP\/1\.1 400 [^]*"error"[^]*)?$/);
    });

    it('24 KB of headers are still served', async () => {
      const answer = await ask(server, PATH, { body: { model: 'm' }, headers: manyHeaders(24 * 1024) });
      expect(answer.status).toBe(200);
      upstream.reset();
    });
  });

  it('leaves no secret in the output of the program', () => {
    for (const secret of [CLIENT_TOKEN, ADMIN_TOKEN, 'sk-up']) expect(server.stdout()).not.toContain(secret);
  });
});

function requestHead(path: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST ${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${CLIENT_TOKEN}\r\n` +
    `Content-Type: application/json\r\n${lines.join('')}\r\n`
  );
}

function manyHeaders(bytes: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: bytes / 1024 }, (_, index) => [`x-many-${index}`, 'y'.repeat(1_000)]),
  );
}

function parseAnswer(bytes: Buffer): Answer {
  const [head = '', text = ''] = bytes.toString().split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => line.split(': ') as [string, string]);
  const headers = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    rawHeaders: pairs.flat(),
    body: Buffer.from(text),
    text,
    isWhole: Number(headers['content-length']) === Buffer.byteLength(text),
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}
