import { randomBytes } from 'node:crypto';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, constants } from 'node:zlib';
import { DecodedBody } from '../../../../lib/upstream/answer/decoding';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delta, events, JSON_TYPE, MASK, readAll, SECRET, SSE, Stand } from '../dialled';

let stand: Stand;
beforeEach(() => (stand = new Stand()));
afterEach(() => stand.close());

const encodings: [string, (text: string) => Buffer][] = [
  ['gzip', (text) => gzipSync(text)],
  ['X-GZip', (text) => gzipSync(text)],
  ['deflate', (text) => deflateSync(text)],
  ['deflate', (text) => deflateRawSync(text)],
  ['br', (text) => brotliCompressSync(text)],
];

describe.each(encodings)('an answer in %s that nobody asked for', (encoding, encode) => {
  const encoded = (status: number, type: object, text: string) =>
    stand.http((_request, response) => {
      const body = encode(text);
      response
        .writeHead(status, { ...type, 'content-encoding': encoding, 'content-length': body.length })
        .end(body);
    });

  const TEXT = JSON.stringify({ choices: [{ message: { content: 'Hi' } }], usage: { prompt_tokens: 3 } });

  it.each([false, true])(
    'is decoded, no longer called encoded, and counted (for a stream: %s)',
    async (isStream) => {
      const type = { ...JSON_TYPE, etag: '"1"', 'accept-ranges': 'bytes' };
      const { answer } = await stand.dial(await encoded(200, type, TEXT), { request: { isStream } });
      const gone = { 'content-encoding': undefined, 'content-length': undefined, 'accept-ranges': undefined };
      expect(answer?.headers).toMatchObject({ ...gone, etag: 'W/"1"' });
      expect(await readAll(answer)).toEqual({ text: TEXT, end: 'whole' });
      expect(answer?.usage?.promptTokens).toBe(3);
    },
  );

  it.each([200, 402])('never shows the key, with status %d', async (status) => {
    const text = (secret: string) => JSON.stringify({ choices: [{ message: { content: secret } }] });
    const { answer } = await stand.dial(await encoded(status, JSON_TYPE, text(SECRET)));
    expect((await readAll(answer)).text).toBe(text(MASK));
  });

  it('is judged by what it says', async () => {
    const facts = { subject: 'rate', rule: 'rate limit', code: 'rate_limit_exceeded', message: 'slow down' };
    const read = { status: 429, facts };
    const error = JSON.stringify({ error: { message: facts.message, code: facts.code } });
    expect((await stand.dial(await encoded(200, JSON_TYPE, error))).outcome).toMatchObject(read);
    const failed = await stand.dial(await encoded(402, JSON_TYPE, error));
    expect(failed.outcome).toMatchObject({ status: 402, facts });
    expect(failed.answer?.errorText).toBe(error);
    expect((await readAll(failed.answer)).text).toBe(error);
    expect((await stand.dial(await encoded(200, SSE, events(error)))).outcome).toMatchObject(read);
    expect((await stand.dial(await encoded(200, SSE, ''))).outcome).toEqual({ kind: 'empty_stream' });
  });
});

it('an encoded stream is passed on event by event', async () => {
  const gzip = createGzip();
  const port = await stand.http((_request, response) => {
    response.writeHead(200, { ...SSE, 'content-encoding': 'gzip' });
    gzip.pipe(response);
    gzip.write(events(delta('one')));
    gzip.flush(constants.Z_SYNC_FLUSH);
  });
  const { answer } = await stand.dial(port);
  const read = readAll(answer);
  gzip.end(events(delta('two'), '[DONE]'));
  expect(await read).toEqual({ text: events(delta('one'), delta('two'), '[DONE]'), end: 'whole' });
});

it.each([
  ['that is no gzip', Buffer.from('not compressed at all')],
  ['that ends too early', gzipSync('{"choices":[{"message":{"content":"Hi"}}]}').subarray(0, 30)],
])('a body %s is lost as long as nothing has gone out', async (_what, body) => {
  const port = await stand.http((_request, response) =>
    response.writeHead(200, { ...SSE, 'content-encoding': 'gzip' }).end(body),
  );
  expect((await stand.dial(port)).outcome.kind).toBe('lost');
});

it('a stream that cannot be decoded any further is cut', async () => {
  const port = await stand.http(async (_request, response) => {
    response.writeHead(200, { ...SSE, 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.on('data', (chunk: Buffer) => response.write(chunk));
    gzip.write(events(delta('one')));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    response.end(Buffer.alloc(100, 0xff));
  });
  const { answer } = await stand.dial(port);
  const { text, end } = await readAll(answer);
  expect(text).toBe(events(delta('one')));
  expect(end).toMatchObject({ kind: 'cut' });
});

it('few bytes that stand for many wait for their reader instead of filling memory', async () => {
  const size = 16 * 2 ** 20;
  const bomb = gzipSync(Buffer.alloc(size, 'x'));
  const port = await stand.http((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(bomb),
  );
  const { answer } = await stand.dial(port, { request: { expects: 'anything' } });
  let bytes = 0;
  let isOver: (value: string) => void = () => undefined;
  const over = new Promise<string>((resolve) => (isOver = resolve));
  answer?.attach({
    data(chunk) {
      bytes += chunk.length;
      return false;
    },
    end: () => isOver('whole'),
    fail: ({ message }) => isOver(message),
  });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(bytes).toBeLessThan(2 ** 20);
  let end: string | undefined;
  void over.then((how) => (end = how));
  while (end === undefined) {
    answer?.resume();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(end).toBe('whole');
  expect(bytes).toBe(size);
});

describe('an encoding that cannot be undone here', () => {
  const body = gzipSync('{"choices":[{"message":{"content":"Hi"}}]}');
  const encoded = (status: number, encoding: string) =>
    stand.http((_request, response) =>
      response.writeHead(status, { ...JSON_TYPE, 'content-encoding': encoding }).end(body),
    );

  it.each(['compress', 'gzip, br'])(
    'is no answer, because nobody can tell what is in it: %s',
    async (encoding) => {
      const { outcome, answer } = await stand.dial(await encoded(200, encoding));
      const message = `a body in the encoding '${encoding}'`;
      expect(outcome).toMatchObject({
        status: 502,
        facts: { subject: 'provider', rule: 'no_answer', message },
      });
      expect(answer).toBeUndefined();
    },
  );

  it('is judged by its status and not passed on', async () => {
    const { outcome, answer } = await stand.dial(await encoded(401, 'compress'));
    expect(outcome).toMatchObject({ status: 401, facts: { message: undefined } });
    expect(answer).toBeUndefined();
  });

  it('hides nothing of a part of a body either', async () => {
    const { answer } = await stand.dial(await encoded(206, 'gzip'));
    expect(answer).toBeUndefined();
  });

  it('passes as it is if the provider is asked for it, and for a HEAD', async () => {
    const customHeaders = { 'Accept-Encoding': 'compress' };
    const { answer } = await stand.dial(await encoded(200, 'compress'), { target: { customHeaders } });
    expect(answer?.headers['content-encoding']).toBe('compress');
    answer?.abort();
    const head = await stand.dial(await encoded(200, 'compress'), {
      request: { method: 'HEAD', expects: 'anything', body: undefined },
    });
    expect(head.answer?.headers['content-encoding']).toBe('compress');
    head.answer?.abort();
  });

  it('is none if its name is no encoding', async () => {
    const port = await stand.http((_request, response) =>
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'UTF-8' }).end(`{"data":"${SECRET}"}`),
    );
    const { answer } = await stand.dial(port);
    expect((await readAll(answer)).text).toBe(`{"data":"${MASK}"}`);
  });
});

it('nothing comes of a decoder that is paused, and it holds its source up when it is full', async () => {
  const size = 4 * 2 ** 20;
  const calls: string[] = [];
  const source = {
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    abort: () => void calls.push('abort'),
  };
  let isPaused = false;
  let bytes = 0;
  let whilePaused = 0;
  await new Promise<void>((resolve, reject) => {
    const body = new DecodedBody('gzip', source, {
      data(chunk) {
        bytes += chunk.length;
        if (isPaused) whilePaused += chunk.length;
        body.pause();
        isPaused = true;
        if (bytes === size) resumeLater();
        else afterTurns(50, resumeLater);
      },
      end: resolve,
      fail: reject,
    });
    const resumeLater = (): void => {
      isPaused = false;
      body.resume();
    };
    // More than a decoder takes at once, so that it has to say so.
    const coded = gzipSync(randomBytes(size), { level: 0 });
    for (let at = 0; at < coded.length; at += 65_536) body.write(coded.subarray(at, at + 65_536));
    expect(calls).toContain('pause');
    body.end();
  });
  expect([bytes, whilePaused]).toEqual([size, 0]);
  expect(calls.at(-1)).toBe('resume');
});

function afterTurns(turns: number, call: () => void): void {
  if (turns === 0) call();
  else setImmediate(() => afterTurns(turns - 1, call));
}
