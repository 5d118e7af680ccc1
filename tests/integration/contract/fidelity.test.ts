import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  reply,
  startScriptedUpstream,
  type Chunk,
  type RecordedRequest,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { ask, type Answer, type AskOptions } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inEveryFace, type Program } from './faces';

const KEY = 'sk-upstream-key';

inEveryFace('what passes through', (start, face) => {
  // Next writes query strings and the lengths of answers in its own way.
  const isNext = face === 'next';

  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: KEY, MAX_RETRIES: '0' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  /** One request, as it arrived upstream, and its answer. */
  async function pass(path: string, options?: AskOptions): Promise<RecordedRequest & { answer: Answer }> {
    const answer = await ask(server, path, options);
    expect(upstream.requests).toHaveLength(1);
    return { ...upstream.requests[0]!, answer };
  }

  describe('request bodies', () => {
    it.each([
      ['fields nobody knows', '{"model":"m","zz_unknown":{"deep":[1,{"x":null}]},"messages":[]}'],
      ['fields in an unusual order', '{"stream":false,"messages":[],"b":1,"a":2,"model":"m"}'],
      ['numbers beyond a double', '{"model":"m","seed":9007199254740993,"x":1e400,"y":-0.0,"z":1.10}'],
      ['escapes', '{"model":"\\u006d","text":"\\/ \\u00e9 \\ud83d\\ude00 \\ud800 \\n\\t\\u0000"}'],
      ['strange white space', ' \r\n\t{ "model"\t:\r\n"m" ,\n"messages" : [ ] }\r\n\r\n '],
      ['duplicated keys', '{"model":"first","messages":[],"model":"m","messages":[1]}'],
      ['a byte order mark', '\ufeff{"model":"m","messages":[]}'],
      ['text beyond the basic plane', '{"model":"m","text":"héllo 😀 日本語 \u2028"}'],
    ])('arrive with %s byte for byte', async (_what, body) => {
      const { body: arrived, headers } = await pass('/v1/chat/completions', { body });
      expect(arrived).toEqual(Buffer.from(body));
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
      expect(headers['content-type']).toBe('application/json');
    });

    it('arrive with bytes that are no UTF-8', async () => {
      const body = Buffer.concat([
        Buffer.from('{"model":"m","text":"'),
        Buffer.from([0xff, 0xc3]),
        Buffer.from('"}'),
      ]);
      expect((await pass('/v1/chat/completions', { body })).body).toEqual(body);
    });

    it('arrive as multipart with binary parts and any boundary', async () => {
      const boundary = '----Weird.Boundary_0123';
      const body = Buffer.concat([
        Buffer.from(
          `preamble\r\n--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`,
        ),
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="ä.wav"\r\n\r\n`),
        randomBytes(200_000),
        Buffer.from(`\r\n--${boundary}--\r\nepilogue`),
      ]);
      const contentType = `multipart/form-data; boundary="${boundary}"; charset=x`;
      const { body: arrived, headers } = await pass('/v1/audio/transcriptions', {
        body,
        headers: { 'content-type': contentType },
      });
      expect(arrived.equals(body)).toBe(true);
      expect(headers['content-type']).toBe(contentType);
    });

    it('arrive compressed or otherwise encoded if they are no JSON', async () => {
      const body = gzipSync('{"custom_id":"1"}\n{"custom_id":"2"}\n');
      const headers = { 'content-type': 'application/jsonl', 'content-encoding': 'gzip' };
      const seen = await pass('/v1/uploads/upload-1/parts', { body, headers });
      expect(seen.body.equals(body)).toBe(true);
      expect(seen.headers).toMatchObject(headers);
    });

    it('arrive whole at 12 MB', async () => {
      const text = randomBytes(9 * 2 ** 20).toString('base64');
      const body = Buffer.from(`{"model":"m","input":"${text}"}`);
      expect(body.length).toBeGreaterThan(12 * 2 ** 20);
      expect((await pass('/v1/embeddings', { body })).body.equals(body)).toBe(true);
    });

    it('arrive with a length although the client sent them in chunks', async () => {
      const body = '{"model":"m","messages":[]}';
      const { body: arrived, headers } = await pass('/v1/chat/completions', {
        body,
        headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
      });
      expect(arrived.toString()).toBe(body);
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers['transfer-encoding']).toBeUndefined();
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('arrive with %s', async (method) => {
      const seen = await pass('/v1/anything/else', { method, body: '{"a":1}' });
      expect(seen).toMatchObject({ method, url: '/v1/anything/else' });
      expect(seen.body.toString()).toBe('{"a":1}');
    });

    it.each(['GET', 'HEAD', 'DELETE', 'POST'])('stay absent with %s', async (method) => {
      const seen = await pass('/v1/files/file-1', { method });
      expect(seen).toMatchObject({ method, url: '/v1/files/file-1' });
      expect(seen.body).toHaveLength(0);
      expect(seen.headers['content-type']).toBeUndefined();
    });
  });

  describe('paths and query strings', () => {
    it.each([
      '/files/file-1/content',
      '/models-of-mine/a%2Fb:c@d;e=f,g$h',
      '/files/',
      '/vector_stores/vs-1/search/?limit=2',
    ])('%s arrives as it is', async (path) => {
      expect((await pass(`/v1${path}`)).url).toBe(`/v1${path}`);
    });

    it.each([
      '?purpose=batch&limit=2&after=file-1',
      '?a=1&a=2&b&c=&=d',
      '?q=a%20b+c%2Fd%26&x=%E2%82%AC',
      '?path=x&provider=y&slug=z',
      "?array[]=1&quote='()*!~",
    ])('%s arrives as it is, as an URL at least with the same meaning', async (query) => {
      const { url } = await pass(`/v1/files${query}`);
      if (face === 'server.mjs') return expect(url).toBe(`/v1/files${query}`);
      expect(url).toMatch(/^\/v1\/files\?/);
      expect([...new URL(url, 'http://x').searchParams]).toEqual([...new URLSearchParams(query)]);
    });
  });

  describe('answers', () => {
    it.each([
      ['JSON', 'application/json', Buffer.from('{ "n": 9007199254740993, "e": "\\u00e9",\r\n "e": 1.0 }\n')],
      ['audio', 'audio/mpeg', randomBytes(300_000)],
      ['text', 'text/plain; charset=latin1', Buffer.from([0x68, 0xe9, 0x0a])],
      ['an empty body', 'application/json', Buffer.alloc(0)],
    ])('come back byte for byte: %s', async (_what, contentType, body) => {
      upstream.fallbackReply = reply.bytes(200, body, { 'content-type': contentType });
      const { answer } = await pass('/v1/uploads/upload-1/parts', { body: { model: 'm' } });
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.headers['content-type']).toBe(contentType);
      if (!isNext) expect(answer.headers['content-length']).toBe(String(body.length));
      expect(answer.isWhole).toBe(true);
    });

    it.each([
      [200, ''],
      [201, ''],
      [202, ''],
      [206, ''],
      [302, ''],
      [400, ''],
      [404, ''],
      [409, ''],
      [413, ''],
      [415, ''],
      [422, ''],
      [451, ''],
      [500, ' when there is nothing left to try'],
    ])('come back with status %i%s', async (status) => {
      const body = Buffer.from(`{"status": ${status}}`);
      upstream.fallbackReply = reply.bytes(status, body, { 'x-own': 'yes', location: '/elsewhere' });
      const { answer } = await pass('/v1/chat/completions', { body: { model: 'm' } });
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(body);
      expect(answer.headers).toMatchObject({ 'x-own': 'yes', location: '/elsewhere' });
    });

    it.each([204, 304])('come back without a body with status %i', async (status) => {
      upstream.fallbackReply = (_request, response) =>
        void response.writeHead(status, { 'x-own': 'yes' }).end();
      const { answer } = await pass('/v1/files/file-1', { method: 'DELETE' });
      expect(answer.status).toBe(status);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers['x-own']).toBe('yes');
    });

    it('come back without a body to HEAD', async () => {
      upstream.fallbackReply = reply.bytes(200, Buffer.from('{}'), { 'content-type': 'application/json' });
      const { answer } = await pass('/v1/files/file-1', { method: 'HEAD' });
      expect(answer.status).toBe(200);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers['content-type']).toBe('application/json');
      if (!isNext) expect(answer.headers['content-length']).toBe('2');
    });

    it('come back without a length if they have none, and whole', async () => {
      upstream.fallbackReply = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"a":');
        response.end('1}');
      };
      const { answer } = await pass('/v1/chat/completions', { body: { model: 'm' } });
      expect(answer.text).toBe('{"a":1}');
      expect(answer.isWhole).toBe(true);
    });

    it('come back decoded from an encoding that was not asked for', async () => {
      upstream.fallbackReply = reply.bytes(200, gzipSync('{"a":1}'), { 'content-encoding': 'gzip' });
      const { answer } = await pass('/v1/chat/completions', {
        body: { model: 'm' },
        headers: { 'accept-encoding': 'gzip' },
      });
      expect(answer.text).toBe('{"a":1}');
      expect(answer.headers['content-encoding']).toBeUndefined();
    });

    // Next drops `content-encoding` from what a route handler returns.
    it.skipIf(isNext)('come back as they are in an encoding that is unknown here', async () => {
      const body = gzipSync('{"a":1}');
      upstream.fallbackReply = reply.bytes(200, body, { 'content-encoding': 'odd' });
      const { answer } = await pass('/v1/chat/completions', { body: { model: 'm' } });
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.headers['content-encoding']).toBe('odd');
    });
  });

  describe('event streams', () => {
    const euro = Buffer.from('data: {"t":"€😀"}\n\n');
    const streams: [string, Chunk[]][] = [
      [
        'blank lines between events',
        ['\n\ndata: {"a":1}\n\n\n\n\ndata: {"a":2}\n\n', '\n', 'data: [DONE]\n\n\n'],
      ],
      [
        'comments',
        [
          ': ping\n\n',
          ':\n',
          'data: {"a":1}\n: within\n\n',
          ': OPENROUTER PROCESSING\n\n',
          'data: [DONE]\n\n',
        ],
      ],
      [
        'CRLF, cut between CR and LF',
        ['data: {"a":1}\r\n\r', '\ndata: {"a":2}\r', '\n\r\n', 'data: [DONE]\r\n\r\n'],
      ],
      ['CR alone', ['data: {"a":1}\r\r', 'data: {"a":2}\r', '\rdata: [DONE]\r\r']],
      [
        'names, ids and retry',
        ['event: x\nid: 7\nretry: 10\ndata: {"a":1}\n\n', 'id\ndata\n\nunknown: y\n\n', 'data: [DONE]\n\n'],
      ],
      ['several data lines and no space', ['data:{"a":\ndata:1}\n\n', 'data:[DONE]\n\n']],
      [
        'a cut within a character',
        [euro.subarray(0, 13), euro.subarray(13, 17), euro.subarray(17), 'data: [DONE]\n\n'],
      ],
      ['a byte order mark', ['\ufeffdata: {"a":1}\n\n', 'data: [DONE]\n\n']],
      ['no [DONE] and no last blank line', ['data: {"a":1}\n\n', 'data: {"a":2}']],
      ['an event larger than 64 KB', ['data: {"a":"', 'x'.repeat(200_000), '"}\n\n', 'data: [DONE]\n\n']],
      [
        'an error event in the middle',
        ['data: {"a":1}\n\n', 'data: {"error":{"message":"late"}}\n\n', 'data: [DONE]\n\n'],
      ],
    ];

    it.each(streams)('come back byte for byte with %s', async (_what, chunks) => {
      upstream.fallbackReply = reply.sse(chunks);
      const { answer } = await pass('/v1/chat/completions', { body: { model: 'm', stream: true } });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))))).toBe(true);
      expect(answer.isWhole).toBe(true);
    });

    it('are declared as what must not be cached, buffered or transformed', async () => {
      const { answer } = await pass('/v1/chat/completions', {
        body: { model: 'm', stream: true },
        headers: { 'accept-encoding': 'gzip, br' },
      });
      expect(answer.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.headers['content-length']).toBeUndefined();
    });
  });

  describe('request headers', () => {
    const body = { model: 'm', messages: [] };
    const path = '/v1/chat/completions';

    it.each([
      ['connection', { connection: 'keep-alive, X-Hop', 'x-hop': 'secret' }],
      ['keep-alive', { 'keep-alive': 'timeout=5' }],
      ['te', { te: 'trailers', connection: 'te' }],
      ['trailer', { trailer: 'x-checksum', 'transfer-encoding': 'chunked', 'content-length': undefined }],
      ['proxy-authorization', { 'proxy-authorization': 'Basic eA==' }],
      ['proxy-connection', { 'proxy-connection': 'keep-alive' }],
      ['x-api-key', { 'x-api-key': CLIENT_TOKEN }],
      ['api-key', { 'api-key': CLIENT_TOKEN }],
      ['cookie', { cookie: 'session=secret' }],
      ['forwarded', { forwarded: 'for=203.0.113.7' }],
      ['x-forwarded-for', { 'x-forwarded-for': '203.0.113.7' }],
      ['x-forwarded-proto', { 'x-forwarded-proto': 'https' }],
      ['x-real-ip', { 'x-real-ip': '203.0.113.7' }],
      ['via', { via: '1.1 somewhere' }],
      ['cf-connecting-ip', { 'cf-connecting-ip': '203.0.113.7' }],
    ])('never cross: %s', async (name, headers) => {
      const seen = await pass(path, { body, headers });
      expect(seen.headers['x-hop']).toBeUndefined();
      // Our own connection to the upstream has a `connection` header of its own.
      if (name !== 'connection') expect(seen.headers[name]).toBeUndefined();
      expect(seen.rawHeaders.join('\n')).not.toMatch(/secret|203\.0\.113\.7|client-token|X-Hop/i);
    });

    it('carry the key in place of the token, the upstream in place of our host', async () => {
      const seen = await pass(path, { body });
      expect(seen.headers.authorization).toBe(`Bearer ${KEY}`);
      expect(seen.headers.host).toBe(`127.0.0.1:${upstream.port}`);
      const everything = JSON.stringify(seen.rawHeaders);
      for (const token of [CLIENT_TOKEN, ADMIN_TOKEN]) expect(everything).not.toContain(token);
    });

    it('cross if they are unknown to us, with their values unchanged', async () => {
      const headers = {
        'openai-beta': 'assistants=v2',
        'idempotency-key': '8e03978e',
        'x-stainless-lang': 'js',
        'user-agent': 'OpenAI/JS 6.0',
        accept: 'application/json, text/event-stream;q=0.5',
        'accept-language': 'de',
        'x-custom': 'a,  b; "c"',
      };
      const seen = await pass(path, { body, headers });
      expect(seen.headers).toMatchObject(headers);
    });

    it("do not cross if they name the client's own organisation or project", async () => {
      const headers = { 'openai-organization': 'org-1', 'openai-project': 'proj-1' };
      const seen = await pass(path, { body, headers });
      expect(Object.keys(seen.headers).filter((name) => name.startsWith('openai-'))).toEqual([]);
    });

    it('bring along nothing that neither the client sent nor the upstream needs', async () => {
      const seen = await pass(path, { body, headers: { 'x-custom': '1' } });
      expect(Object.keys(seen.headers).sort()).toEqual([
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'x-custom',
      ]);
      expect(seen.headers['accept-encoding']).toBe('identity');
    });
  });

  describe('answer headers', () => {
    async function headersAfter(headers: Record<string, string | string[]>, request: AskOptions = {}) {
      upstream.fallbackReply = reply.json(200, { ok: true }, headers);
      return (await pass('/v1/chat/completions', { body: { model: 'm' }, ...request })).answer.headers;
    }

    it.each([
      ['set-cookie', ['__cf_bm=1; HttpOnly', 'b=2']],
      ['strict-transport-security', 'max-age=31536000'],
      ['alt-svc', 'h3=":443"'],
      ['keep-alive', 'timeout=77'],
      ['proxy-authenticate', 'Basic'],
    ])('do not come back: %s', async (name, value) => {
      const headers = await headersAfter({ [name]: value });
      expect(headers[name] ?? 'absent').not.toEqual(value);
    });

    it('come back if they are about the answer', async () => {
      const headers = {
        'openai-processing-ms': '12',
        'x-ratelimit-remaining-requests': '59',
        'x-custom': 'a,  b; "c"',
        etag: '"x"',
        'content-disposition': 'attachment; filename="a b.mp3"',
        'access-control-allow-origin': '*',
      };
      expect(await headersAfter(headers)).toMatchObject(headers);
    });

    it('come back as often as they were sent', async () => {
      const headers = await headersAfter({ 'x-many': ['a', 'b'], link: ['<x>', '<y>'] });
      expect(headers).toMatchObject({ 'x-many': 'a, b', link: '<x>, <y>' });
    });

    it('have our x-request-id, and the one of the upstream beside it', async () => {
      const headers = await headersAfter({ 'x-request-id': 'upstream-id' });
      expect(headers['x-request-id']).toMatch(/^req_[0-9a-f]+$/);
      expect(headers['x-upstream-request-id']).toBe('upstream-id');
    });

    it('have a new x-request-id for each request', async () => {
      const first = await headersAfter({});
      upstream.reset();
      expect((await headersAfter({}))['x-request-id']).not.toBe(first['x-request-id']);
    });

    it("have the client's own x-request-id if it is harmless, which the upstream does not get to see", async () => {
      const own = await headersAfter({}, { headers: { 'x-request-id': 'trace-1.2:3' } });
      expect(own['x-request-id']).toBe('trace-1.2:3');
      expect(upstream.requests[0]?.headers['x-request-id']).toBeUndefined();
    });

    it.each(['with space', '<script>', 'x'.repeat(129)])('refuse %j as x-request-id', async (id) => {
      const headers = await headersAfter({}, { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toMatch(/^req_[0-9a-f]+$/);
    });
  });
});

inEveryFace('custom headers', (start) => {
  it('are added, and replace those that the client sent', async () => {
    const upstream = await startScriptedUpstream();
    const server = await start({
      BASE_URL: upstream.baseUrl,
      API_KEYS: KEY,
      CUSTOM_HEADERS: { 'X-Team': 'blue', 'User-Agent': 'gateway/1' },
    });
    const headers = { 'x-team': 'red', 'user-agent': 'client/1' };
    await ask(server, '/v1/chat/completions', { body: { model: 'm' }, headers });
    const [seen] = upstream.requests;
    expect(seen?.headers).toMatchObject({ 'x-team': 'blue', 'user-agent': 'gateway/1' });
    expect(seen?.rawHeaders.filter((name) => /^(x-team|user-agent)$/i.test(name))).toHaveLength(2);
    await upstream.stop();
  });
});
