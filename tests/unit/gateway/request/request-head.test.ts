import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../lib/gateway/request/request-head';
import { parseRoute } from '../../../../lib/gateway/request/route';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { AT_ONCE_BYTES } from '../../../../lib/openai/request/request-head';
import { requestOf } from '../client-side';

const CHAT = '/v1/chat/completions';
const BODY = '{"model":"fine","stream":true}';
const BAD = '{"model":"gpt-old"}';
const FILTER = new ModelFilter(['gpt-old']);
const NOTHING = { model: undefined, stream: false, affinity: undefined };

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly path?: string;
  readonly filter?: ModelFilter;
  readonly request?: ReturnType<typeof requestOf>;
}

function read({ headers = {}, body = BODY, path = CHAT, filter = new ModelFilter(), request }: Asked) {
  return readHead({
    request: request ?? requestOf({ 'content-type': 'application/json', ...headers }),
    route: parseRoute(path)!,
    body: Buffer.from(body as string),
    filter,
  });
}

describe('a small and plain request', () => {
  it('is read at once', () => {
    expect(read({})).toEqual({ model: 'fine', modelAt: 9, stream: true, affinity: undefined });
  });

  it.each([
    ['{broken', 'invalid_json'],
    ['{"model":"a","model":"b"}', undefined],
  ])('is refused for what is broken in it: %s', (body, code) => {
    const head = read({ body }) as { code?: string };
    expect(head.code).toBe(code);
  });
});

describe('a large request', () => {
  const large = `{"model":"fine","x":"${'y'.repeat(AT_ONCE_BYTES)}","stream":true}`;

  it('is read in slices, with the same result', async () => {
    const reading = read({ body: large });
    expect(reading).toBeInstanceOf(Promise);
    expect(await reading).toEqual({ model: 'fine', modelAt: 9, stream: true, affinity: undefined });
  });

  it('whose client has gone is not read to its end', async () => {
    const request = requestOf({ 'content-type': 'application/json' });
    const body = `{"model":"fine","x":[${'{"a":1},'.repeat(2_000_000)}0]}`;
    const reading = read({ request, body });
    request.signal.abort();
    expect(await reading).toMatchObject({ code: 'client_closed' });
  });
});

describe('a model that is not served', () => {
  const ask = async (asked: Asked) => read({ ...asked, filter: FILTER });

  it.each<[string, Asked]>([
    ['its path', { path: '/v1/models/gpt%2Dold' }],
    ['its query', { path: '/v1/realtime?model=gpt-old' }],
    ['a header', { headers: { 'x-model': 'gpt-old' } }],
    ['its body', { body: BAD }],
    ['its encoded body', { body: gzipSync(BAD), headers: { 'content-encoding': 'gzip' } }],
    ['its body in brotli', { body: brotliCompressSync(BAD), headers: { 'content-encoding': 'br' } }],
  ])('is found in %s', async (_where, asked) => {
    expect(await ask(asked)).toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('gpt-old') as string,
    });
  });

  it.each<[string, Asked]>([
    [
      'a second content-type',
      { request: { ...requestOf(), rawHeaders: ['Content-Type', 'a', 'content-type', 'b'] } },
    ],
    [
      'a second content-encoding',
      { request: { ...requestOf(), rawHeaders: ['Content-Encoding', 'gzip', 'content-encoding', 'br'] } },
    ],
    ['an encoding that nobody can decode', { headers: { 'content-encoding': 'gzip' } }],
    [
      'an encoded form',
      {
        body: gzipSync('x'),
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-encoding': 'gzip' },
      },
    ],
  ])('cannot be told behind %s', async (_what, asked) => {
    expect(await ask(asked)).toMatchObject({ code: 'unreadable_body' });
  });

  it('leaves all others alone', async () => {
    expect(await ask({})).toMatchObject({ model: 'fine' });
  });
});

describe('an encoded body', () => {
  const gzipped = { 'content-encoding': 'gzip' };

  it('of JSON is decoded to be read', async () => {
    expect(await read({ body: gzipSync(BODY), headers: gzipped })).toMatchObject({
      model: 'fine',
      stream: true,
    });
  });

  it('of anything else is not looked into', async () => {
    const headers = { ...gzipped, 'content-type': 'audio/wav' };
    expect(await read({ body: gzipSync(BODY), headers })).toEqual(NOTHING);
  });

  it('of a form is decoded too, and one that becomes too large goes on unread', async () => {
    const headers = { ...gzipped, 'content-type': 'multipart/form-data; boundary=b' };
    const field = (value: string) =>
      `--b\r\ncontent-disposition: form-data; name="file_id"\r\n\r\n${value}\r\n--b--`;
    expect(await read({ body: gzipSync(field('file-1')), headers })).toMatchObject({
      references: ['file-1'],
    });
    expect(await read({ body: gzipSync(field(' '.repeat(2 ** 21))), headers })).toEqual(NOTHING);
  });

  it('that becomes too large is refused, however it came', async () => {
    const bomb = gzipSync(Buffer.alloc(2 ** 21, ' '));
    expect(await read({ body: bomb, headers: gzipped })).toMatchObject({ code: 'body_too_large' });
  });

  it('that is plain in spite of what it says is read as it is', async () => {
    expect(await read({ headers: gzipped })).toMatchObject({ model: 'fine' });
  });

  it('that is neither is refused where it says that it is JSON, and else let through', async () => {
    const body = Buffer.from([0x1f, 0x8b, 1, 2, 3]);
    expect(await read({ body, headers: gzipped })).toMatchObject({ code: 'unreadable_body' });
    const headers = { ...gzipped, 'content-type': 'text/plain' };
    expect(await read({ body, headers })).toEqual(NOTHING);
  });

  it('waits its turn: many at once are all read', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => gzipSync(`{"model":"m${index}"}`));
    const heads = await Promise.all(bodies.map(async (body) => read({ body, headers: gzipped })));
    expect(heads.map((head) => ('model' in head ? head.model : undefined))).toEqual(
      bodies.map((_, index) => `m${index}`),
    );
  });

  it('that is empty says nothing', () => {
    expect(read({ body: '', headers: gzipped })).toEqual(NOTHING);
  });
});
