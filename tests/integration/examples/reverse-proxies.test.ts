import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  reverseProxies,
  startReverseProxy,
  type Question,
  type ReverseProxy,
} from '../../support/reverse-proxies';
import {
  chatChunk,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { startServer, type RunningServer } from '../../support/server';

const MB = 2 ** 20;
/** More than the gateway holds of an answer, and no multiple of anybody's buffers. */
const SOUND_BYTES = 96 * 1024 + 100;
const KEY = 'sk-behind-a-reverse-proxy';
const TOKEN = 'client-token-of-16-or-more';
const ADMIN_TOKEN = 'admin-token-of-16-or-more';

let upstream: ScriptedUpstream;
let gateway: RunningServer;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startServer({
    env: {
      BASE_URL: upstream.baseUrl,
      API_KEYS: KEY,
      ALLOWED_TOKENS: TOKEN,
      AUTH_TOKEN: ADMIN_TOKEN,
      MAX_BODY_MB: '20',
    },
  });
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
});

async function ask(proxy: ReverseProxy, question: Question, body?: string): Promise<IncomingMessage> {
  const request = proxy.ask(question).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Gathers what comes; `arrived` resolves as soon as all of it so far is as wanted. */
function follow(response: IncomingMessage) {
  let all = '';
  response.setEncoding('latin1').on('data', (more: string) => (all += more));
  return {
    received: () => all,
    arrived: (isWanted: (all: string) => boolean) =>
      new Promise<void>((done) => {
        const look = () => {
          if (!isWanted(all)) return;
          response.off('data', look);
          done();
        };
        response.on('data', look);
        look();
      }),
  };
}

const chat = (headers: OutgoingHttpHeaders = {}): Question => ({
  path: '/v1/chat/completions',
  method: 'POST',
  headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
});

const prompt = (bytes: number) =>
  JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(bytes) }] });

for (const { name, isInstalled } of reverseProxies)
  if (!isInstalled) console.warn(`NOT TESTED: the example of ${name}, because it is not installed`);

describe.each(reverseProxies)('behind $name, as the example configures it', ({ name, isInstalled }) => {
  const test = it.skipIf(!isInstalled);
  let proxy: ReverseProxy;

  beforeAll(async () => {
    upstream.reset();
    if (isInstalled) proxy = await startReverseProxy(name, `127.0.0.1:${gateway.port}`);
  });

  afterAll(() => proxy?.stop());

  test('each event of a stream arrives before the next one is made', async () => {
    const stream = reply.sseControlled();
    upstream.forKey(KEY, stream.reply);
    const asked = ask(proxy, chat(), JSON.stringify({ model: 'm', stream: true, messages: [] }));
    await stream.opened;
    stream.write(chatChunk('one'));
    const response = await asked;
    const { arrived } = follow(response);
    await arrived((events) => events.includes('"one"'));
    for (const word of ['two', 'three']) {
      stream.write(chatChunk(word));
      await arrived((events) => events.includes(`"${word}"`));
    }
    stream.write('data: [DONE]\n\n');
    stream.end();
    await arrived((events) => events.includes('[DONE]'));
    expect(response.headers['content-type']).toContain('text/event-stream');
    expect(response.headers['content-encoding']).toBeUndefined();
  });

  test('sound arrives as it comes, though it is no event stream', async () => {
    let goOn: () => void = () => undefined;
    const rest = new Promise<void>((done) => (goOn = done));
    upstream.forKey(KEY, async (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(Buffer.alloc(SOUND_BYTES, 1));
      await rest;
      response.end('the end');
    });
    const body = JSON.stringify({ model: 'm', input: 'Hi', voice: 'v' });
    const response = await ask(proxy, { ...chat(), path: '/v1/audio/speech' }, body);
    const { arrived, received } = follow(response);
    await arrived((sound) => sound.length === SOUND_BYTES);
    goOn();
    await once(response, 'end');
    expect(received().slice(SOUND_BYTES)).toBe('the end');
  });

  test('a body of 16 MB gets through, byte for byte', async () => {
    upstream.forKey(KEY, reply.healthy);
    const body = prompt(16 * MB);
    const response = await ask(proxy, chat({ 'content-length': body.length }), body);
    expect(response.statusCode).toBe(200);
    response.resume();
    const seen = await upstream.waitForRequest(({ body: came }) => came.length === body.length);
    expect(seen.body.equals(Buffer.from(body))).toBe(true);
  });

  test("a body that is too large is refused in the gateway's own words", async () => {
    // Nothing of it is sent: whoever goes on sending into an answer may lose that to a reset connection.
    const request = proxy.ask(chat({ 'content-length': 21 * MB }));
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toContain('"body_too_large"');
    request.destroy();
  });

  test('headers with underscores, and 16 KB of them, get through', async () => {
    upstream.forKey(KEY, reply.echo());
    const headers = { session_id: 'abc', 'x-long': 'y'.repeat(16 * 1024) };
    const response = await ask(proxy, chat(headers), prompt(1));
    const seen = JSON.parse(await text(response)) as { headers: Record<string, string> };
    expect(seen.headers).toMatchObject({ session_id: 'abc', 'x-long': headers['x-long'] });
  });

  test('paths and queries get through as they were written', async () => {
    upstream.forKey(KEY, reply.echo());
    const path = '/files/a%2Fb%20c/content?after=x%2Fy&order=asc';
    const response = await ask(proxy, { ...chat(), path: `/v1${path}`, method: 'GET' });
    const seen = JSON.parse(await text(response)) as { url: string };
    expect(seen.url).toBe(`/v1${path}`);
  });

  test('the dashboard opens', async () => {
    const response = await ask(proxy, { path: '/login' });
    expect(response.statusCode).toBe(200);
    expect(await text(response)).toContain('<html');
  });

  test('wrong tokens are counted for whoever sends them, not for the proxy', async () => {
    const guess = (address: string) =>
      ask(proxy, {
        path: '/api/admin/session',
        headers: { authorization: 'Bearer wrong-token-of-16-or-more', 'x-forwarded-for': address },
      });
    // What a client writes there itself stands before the address that the proxy adds, or is thrown away.
    for (let i = 0; i < 6; i += 1) (await guess(`203.0.113.${i}`)).resume();
    const last = await guess('203.0.113.99');
    last.resume();
    expect(last.statusCode).toBe(429);
    const right = await ask(proxy, {
      path: '/api/admin/session',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    right.resume();
    expect(right.statusCode).toBe(200);
  });
});
