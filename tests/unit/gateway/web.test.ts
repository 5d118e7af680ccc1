import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { handleWeb } from '../../../lib/gateway/web';
import { gone, HandledRequests, shareOf } from './handled';

const MB = 2 ** 20;

let handled: HandledRequests;

beforeEach(() => {
  handled = new HandledRequests();
});

/** A request as Next hands it over, and how it arrives. */
async function asked(init: RequestInit & { readonly duplex?: 'half' } = {}, path = '/v1/files') {
  const arriving = handled.next();
  const answer = handleWeb(handled.gateway, new Request(`http://gateway.test${path}`, init));
  return { answer, ...(await arriving) };
}

/** A body that comes as the test says. */
function streamed() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (one) => void (controller = one) });
  return { init: { method: 'POST', body, duplex: 'half' } as const, controller };
}

describe('a request', () => {
  it("that is not the gateway's has an error in our envelope, and the id that its client chose", async () => {
    const request = new Request('http://gateway.test/a/b/v1/x', { headers: { 'x-request-id': 'mine' } });
    const answer = await handleWeb(handled.gateway, request);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-request-id')).toBe('mine');
    expect(await answer.json()).toMatchObject({ error: { code: 'unknown_path', param: null } });
    expect(handled.all).toEqual([]);
  });

  it('is handed over as it came', async () => {
    const { request, route } = await asked(
      { method: 'PUT', headers: { 'X-One': '1' } },
      '/groq/v1/files?a=1',
    );
    expect(route).toMatchObject({ provider: 'groq', path: '/files', query: '?a=1' });
    expect(request).toMatchObject({ method: 'PUT', url: '/groq/v1/files?a=1', remoteAddress: undefined });
    expect(request.rawHeaders).toEqual(['x-one', '1']);
    expect([request.header('x-one'), request.header('absent')]).toEqual(['1', undefined]);
  });

  it('whose client leaves is noticed', async () => {
    const leaving = new AbortController();
    const { request } = await asked({ signal: leaving.signal });
    leaving.abort();
    await gone(request);
  });
});

describe('a body', () => {
  it('is read whole, and its share is what came of it', async () => {
    const { request } = await asked({ method: 'POST', body: 'hello' });
    const share = shareOf();
    expect(await request.readBody(MB, share.share)).toEqual({ ok: true, body: Buffer.from('hello') });
    expect(share.completed).toBe(5);
  });

  it('that is absent is empty', async () => {
    const { request } = await asked({ method: 'POST' });
    expect(await request.readBody(MB, shareOf().share)).toEqual({ ok: true, body: Buffer.alloc(0) });
  });

  it('that declares too much is refused before a byte of it is read', async () => {
    const { request } = await asked({ method: 'POST', headers: { 'content-length': String(2 * MB) } });
    const share = shareOf();
    expect(await request.readBody(MB, share.share)).toEqual({ ok: false, reason: 'too_large' });
    expect(share.grown).toEqual([]);
  });

  it('that becomes too much is refused as soon as it is, and is not read on', async () => {
    const { init, controller } = streamed();
    const { request } = await asked(init);
    const reading = request.readBody(4, shareOf().share);
    controller.enqueue(Buffer.from('hello'));
    expect(await reading).toEqual({ ok: false, reason: 'too_large' });
    await nextTurn();
    expect(() => controller.enqueue(Buffer.from('more'))).toThrow();
  });

  it('that is large gets its memory first, and is not read if there is none', async () => {
    const { request } = await asked({
      method: 'POST',
      body: 'x',
      headers: { 'content-length': String(MB) },
    });
    const share = shareOf(() => Promise.resolve(false));
    expect(await request.readBody(MB, share.share)).toEqual({ ok: false, reason: 'no_memory' });
    expect([share.grown, share.isWatched]).toEqual([[MB], false]);
  });

  it('that may not grow is refused', async () => {
    const { request } = await asked({ method: 'POST', body: 'hello' });
    const { share } = shareOf(() => Promise.resolve(false));
    expect(await request.readBody(MB, share)).toEqual({ ok: false, reason: 'no_memory' });
  });

  it('that does not get on can be given up', async () => {
    const { request } = await asked(streamed().init);
    const share = shareOf();
    const reading = request.readBody(MB, share.share);
    share.giveUp();
    expect(await reading).toEqual({ ok: false, reason: 'stalled' });
  });

  it('whose client leaves is told as that', async () => {
    const { init, controller } = streamed();
    const { request } = await asked(init);
    const reading = request.readBody(MB, shareOf().share);
    controller.error(new Error('gone'));
    expect(await reading).toEqual({ ok: false, reason: 'client_closed' });
  });
});

describe('an answer', () => {
  it('is there as soon as its head is, and its body comes in pieces', async () => {
    const { answer, response } = await asked();
    response.start(201, ['x-two', 'a', 'x-two', 'b']);
    const { status, headers, body } = await answer;
    expect([status, headers.get('x-two')]).toEqual([201, 'a, b']);
    const reader = body!.getReader();
    for (const text of ['one', 'two']) {
      response.write(Buffer.from(text));
      expect(Buffer.from((await reader.read()).value!).toString()).toBe(text);
    }
    response.end(Buffer.from('three'));
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('three');
    expect((await reader.read()).done).toBe(true);
  });

  it.each([204, 205, 304])('with status %i has no body', async (status) => {
    const { answer, response } = await asked();
    response.start(status, ['x-own', 'yes']);
    expect(response.write(Buffer.from('x'))).toBe(true);
    response.end();
    const { body, headers } = await answer;
    expect([body, headers.get('x-own')]).toEqual([null, 'yes']);
  });

  it('to HEAD has none either, and keeps its length', async () => {
    const { answer, response } = await asked({ method: 'HEAD' });
    response.start(200, ['content-length', '7']);
    response.end();
    const { body, headers } = await answer;
    expect([body, headers.get('content-length')]).toEqual([null, '7']);
  });

  it('waits for a client that does not read, and goes on when it does', async () => {
    const { answer, response } = await asked();
    let resumed = 0;
    response.onDrain(() => (resumed += 1));
    response.start(200, []);
    const reader = (await answer).body!.getReader();
    await nextTurn();
    resumed = 0;
    expect(response.write(Buffer.from('much'))).toBe(false);
    expect(resumed).toBe(0);
    await reader.read();
    await nextTurn();
    expect(resumed).toBeGreaterThan(0);
  });

  it('that its client leaves ends the request', async () => {
    const { answer, request, response } = await asked();
    response.start(200, []);
    await (await answer).body!.cancel();
    await gone(request);
    expect(response.write(Buffer.from('x'))).toBe(true);
    response.end();
  });

  it.each<[string, string | undefined, string]>([
    ['with last words', 'bye', 'hellobye'],
    ['without a word', undefined, 'hello'],
  ])('that breaks off %s gives all that was said, and then fails', async (_how, lastWords, text) => {
    const { answer, response } = await asked();
    response.start(200, []);
    response.write(Buffer.from('hello'));
    response.breakOff(lastWords === undefined ? undefined : Buffer.from(lastWords));
    const reader = (await answer).body!.getReader();
    let seen = '';
    const reading = (async () => {
      for (;;) seen += Buffer.from((await reader.read()).value!).toString();
    })();
    await expect(reading).rejects.toThrow('broke off');
    expect(seen).toBe(text);
  });

  it('that breaks off before its head is an error of a server', async () => {
    const { answer, response } = await asked();
    response.closeAfter();
    response.breakOff(undefined);
    expect((await answer).status).toBe(502);
  });
});
