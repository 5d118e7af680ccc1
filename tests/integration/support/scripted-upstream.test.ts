import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw, type RawClient } from '../../support/raw-client';
import {
  chatChunk,
  chatStream,
  reply,
  startScriptedUpstream,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';

let upstream: ScriptedUpstream;
const clients: RawClient[] = [];

beforeEach(async () => {
  upstream = await startScriptedUpstream();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await upstream.stop();
});

function post(path: string, body = '{}', key = 'sk-a'): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: upstream',
    `Authorization: Bearer ${key}`,
    'X-Mixed-Case: Yes',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

async function dial(): Promise<RawClient> {
  const client = await connectRaw(upstream.port);
  clients.push(client);
  return client;
}

/** The bytes of the whole answer to one request on a connection of its own. */
async function answerTo(request: string): Promise<{ head: string; body: string }> {
  const text = (await sendRaw(upstream.port, request)).toString('latin1');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { head, body: rest.join('\r\n\r\n') };
}

function answerWith(script: Reply): Promise<{ head: string; body: string }> {
  upstream.forKey('sk-a', script);
  return answerTo(post('/v1/chat/completions'));
}

/** The payloads of a chunked body. */
function chunksOf(body: string): string[] {
  const chunks: string[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    if (lineEnd < 0 || !size) return chunks;
    chunks.push(body.slice(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

const isEndOfChunks = (text: string) => text.endsWith('0\r\n\r\n');

describe('what a scripted upstream records', () => {
  it('keeps method, url, headers in wire order and case, body and key', async () => {
    await answerTo(post('/v1/files?purpose=x', 'a\u0000b'));
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/v1/files?purpose=x', key: 'sk-a' });
    expect(request?.rawHeaders.slice(0, 6)).toEqual([
      'Host',
      'upstream',
      'Authorization',
      'Bearer sk-a',
      'X-Mixed-Case',
      'Yes',
    ]);
    expect(request?.body).toEqual(Buffer.from('a\u0000b'));
    await request?.closed;
    expect(request?.wasAborted()).toBe(false);
  });

  it('tells a client that went away from one that was answered', async () => {
    upstream.forKey('sk-a', reply.stall());
    const client = await dial();
    await client.send(post('/v1/chat/completions'));
    const request = await upstream.waitForRequest(({ key }) => key === 'sk-a');
    expect(request.wasAborted()).toBe(false);
    client.destroy();
    await request.closed;
    expect(request.wasAborted()).toBe(true);
  });

  it('records a request whose body never came whole, and does not answer it', async () => {
    const client = await dial();
    await client.send(
      'POST /v1/x HTTP/1.1\r\nHost: u\r\nAuthorization: Bearer sk-a\r\nContent-Length: 9\r\n\r\nhalf',
    );
    client.destroy();
    const request = await upstream.waitForRequest();
    expect(request.body.toString()).toBe('half');
    expect(request.wasAborted()).toBe(true);
  });

  it('does not call its own hanging up an abort', async () => {
    await answerWith(reply.cutAfter(['data: {"a"']));
    const [request] = upstream.requests;
    await request?.closed;
    expect(request?.wasAborted()).toBe(false);
  });
});

describe('scripts', () => {
  it('uses each reply of a key once and repeats the last, apart from other keys', async () => {
    upstream.forKey('sk-a', reply.json(500, {}), reply.json(200, { n: 1 }));
    const statuses: string[] = [];
    for (const key of ['sk-a', 'sk-b', 'sk-a', 'sk-a']) {
      const { head } = await answerTo(post('/v1/other', '{}', key));
      statuses.push(`${key} ${head.slice(9, 12)}`);
    }
    expect(statuses).toEqual(['sk-a 500', 'sk-b 200', 'sk-a 200', 'sk-a 200']);
    expect(upstream.requestsOf('sk-a')).toHaveLength(3);
    upstream.reset();
    expect(upstream.requests).toEqual([]);
    expect((await answerTo(post('/v1/other'))).body).toBe('{"ok":true}');
  });

  it('refuses dials while told to, cuts what is open, and comes back on the same port', async () => {
    upstream.forKey('sk-a', reply.stallAfterHeaders());
    const client = await dial();
    await client.send(post('/v1/chat/completions'));
    await upstream.waitForRequest();
    const { port } = upstream;
    await upstream.refuse();
    await client.closed;
    await expect(connectRaw(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(upstream.requests[0]?.wasAborted()).toBe(false);
    await upstream.accept();
    upstream.reset();
    expect(upstream.port).toBe(port);
    expect((await answerTo(post('/v1/other'))).body).toBe('{"ok":true}');
  });

  it('fails the test on stop when a reply threw', async () => {
    const own = await startScriptedUpstream();
    own.fallbackReply = () => {
      throw new Error('broken script');
    };
    await sendRaw(own.port, post('/v1/x'));
    await expect(own.stop()).rejects.toThrow('broken script');
  });

  it('names the requests it saw when an awaited one does not come', async () => {
    await answerTo(post('/v1/other'));
    await expect(upstream.waitForRequest(({ key }) => key === 'sk-z', 1)).rejects.toThrow(
      'POST /v1/other (sk-a)',
    );
  });
});

describe('the healthy reply', () => {
  it('answers chat, streamed chat, embeddings and models by path', async () => {
    const chat = await answerTo(post('/v1/chat/completions', '{"model":"m1"}'));
    expect(JSON.parse(chat.body)).toMatchObject({ object: 'chat.completion', model: 'm1' });

    const stream = await answerTo(
      post('/v1/chat/completions', '{"stream":true,"stream_options":{"include_usage":true}}'),
    );
    expect(stream.head).toMatch(/content-type: text\/event-stream/);
    expect(chunksOf(stream.body).at(-1)).toBe('data: [DONE]\n\n');
    expect(chunksOf(stream.body).at(-2)).toContain('"total_tokens":5');

    const embeddings = await answerTo(post('/v1/embeddings', '{"input":["a","b"]}'));
    expect(JSON.parse(embeddings.body)).toMatchObject({
      data: [{ embedding: [0.25, -0.5, 1] }, { index: 1 }],
    });

    const models = await answerTo('GET /v1/models HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n');
    expect(JSON.parse(models.body)).toMatchObject({ data: [{ id: 'gpt-test' }, { id: 'gpt-4o-mini' }] });
  });
});

describe('what each reply does on the wire', () => {
  it('bytes: exactly these bytes', async () => {
    const { head, body } = await answerWith(reply.bytes(203, Buffer.from([0, 255, 13, 10]), { 'x-a': 'b' }));
    expect(head).toMatch(/^HTTP\/1\.1 203 /);
    expect(head).toContain('x-a: b');
    expect(body).toBe('\u0000\u00ff\r\n');
  });

  it('error: the OpenAI envelope', async () => {
    const { head, body } = await answerWith(reply.error(401, { message: 'no', code: 'invalid_api_key' }));
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(JSON.parse(body)).toEqual({
      error: { message: 'no', type: 'server_error', param: null, code: 'invalid_api_key' },
    });
  });

  it('rateLimited: 429 with Retry-After only if given', async () => {
    expect((await answerWith(reply.rateLimited())).head).not.toMatch(/retry-after/i);
    const { head } = await answerWith(
      reply.rateLimited({ retryAfter: '7', headers: { 'x-ratelimit-reset-requests': '6m0s' } }),
    );
    expect(head).toMatch(/^HTTP\/1\.1 429 /);
    expect(head).toContain('retry-after: 7');
    expect(head).toContain('x-ratelimit-reset-requests: 6m0s');
  });

  it('sse: one HTTP chunk for each write, then a clean end', async () => {
    const events = chatStream(['a', 'b'], { usage: { total_tokens: 1 } });
    const { body } = await answerWith(reply.sse(events));
    expect(chunksOf(body)).toEqual(events);
    expect(isEndOfChunks(body)).toBe(true);
  });

  it('sseControlled: the test says when', async () => {
    const control = reply.sseControlled({ headers: { 'x-a': 'b' } });
    expect(() => control.write('early')).toThrow('await `opened`');
    upstream.forKey('sk-a', control.reply);
    const client = await dial();
    await client.send(post('/v1/chat/completions'));
    await control.opened;
    await client.waitFor((text) => text.includes('x-a: b') && text.endsWith('\r\n\r\n'));
    control.write(chatChunk('one'));
    await client.waitFor((text) => text.includes('"one"'));
    expect(isEndOfChunks(client.text())).toBe(false);
    control.end();
    await client.waitFor(isEndOfChunks);
  });

  it('sseControlled: can break off', async () => {
    const control = reply.sseControlled();
    upstream.forKey('sk-a', control.reply);
    const client = await dial();
    await client.send(post('/v1/chat/completions'));
    await control.opened;
    control.write('data: {"a"');
    await client.waitFor((text) => text.includes('data: {"a"'));
    control.destroy();
    await client.closed;
    expect(isEndOfChunks(client.text())).toBe(false);
  });

  it('cutAfter: all chunks arrive, the end does not', async () => {
    const { head, body } = await answerWith(reply.cutAfter([chatChunk('a'), 'data: {"id'], { status: 206 }));
    expect(head).toMatch(/^HTTP\/1\.1 206 /);
    expect(chunksOf(body)).toEqual([chatChunk('a'), 'data: {"id']);
    expect(isEndOfChunks(body)).toBe(false);
  });

  it('stallAfterHeaders and sseStallAfter: silence after what was promised', async () => {
    upstream.forKey('sk-a', reply.stallAfterHeaders(), reply.sseStallAfter([chatChunk('a')]));
    const silent = await dial();
    await silent.send(post('/v1/chat/completions'));
    expect(String(await silent.waitFor((text) => text.endsWith('\r\n\r\n')))).toMatch(/^HTTP\/1\.1 200 /);
    const stalling = await dial();
    await stalling.send(post('/v1/chat/completions'));
    await stalling.waitFor((text) => text.includes('"a"'));
    expect(upstream.requests.map((request) => request.wasAborted())).toEqual([false, false]);
    expect(stalling.socket.destroyed).toBe(false);
    expect(isEndOfChunks(stalling.text())).toBe(false);
  });

  it('wrongLength: fewer bytes than declared, then the connection closes', async () => {
    const { head, body } = await answerWith(reply.wrongLength('{"cut":', 100));
    expect(head).toContain('content-length: 100');
    expect(body).toBe('{"cut":');
  });

  it('emptySse: a clean end without an event', async () => {
    const { head, body } = await answerWith(reply.emptySse());
    expect(head).toMatch(/text\/event-stream/);
    expect(body).toBe('0\r\n\r\n');
  });

  it('resetBeforeHeaders and closeBeforeHeaders: RST and FIN, no byte of an answer', async () => {
    upstream.forKey('sk-a', reply.resetBeforeHeaders(), reply.closeBeforeHeaders());
    const errors: (string | undefined)[] = [];
    for (let round = 0; round < 2; round += 1) {
      const client = await dial();
      await client.send(post('/v1/chat/completions'));
      await client.closed;
      expect(client.received()).toHaveLength(0);
      errors.push(client.error?.code);
    }
    expect(errors).toEqual(['ECONNRESET', undefined]);
  });

  it('echo: what arrived, as JSON', async () => {
    upstream.forKey('sk-a', reply.echo());
    const { body } = await answerTo(post('/v1/x', '{"a": 1}'));
    expect(JSON.parse(body)).toMatchObject({
      method: 'POST',
      url: '/v1/x',
      headers: { 'x-mixed-case': 'Yes' },
      bodyBase64: Buffer.from('{"a": 1}').toString('base64'),
    });
  });

  it('large: the declared size, in a known pattern', async () => {
    const { head, body } = await answerWith(reply.large(100_001));
    expect(head).toContain('content-length: 100001');
    expect(body).toHaveLength(100_001);
    expect(body.charCodeAt(70_000)).toBe(70_000 & 0xff);
  });

  it('slowHeaders: nothing until the promise resolves', async () => {
    let release: () => void = () => undefined;
    upstream.forKey('sk-a', reply.slowHeaders(new Promise<void>((resolve) => (release = resolve))));
    const client = await dial();
    await client.send(post('/v1/chat/completions'));
    await upstream.waitForRequest();
    expect(client.received()).toHaveLength(0);
    release();
    await client.waitFor((text) => text.includes('"chat.completion"'));
  });
});
