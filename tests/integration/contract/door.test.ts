import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../../support/raw-client';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ADMIN_TOKEN, CLIENT_TOKEN, inProductionMode, type ServedProgram } from './faces';

const TOKEN = `Authorization: Bearer ${CLIENT_TOKEN}\r\n`;
const CLOSE = 'Connection: close\r\n';
const CHAT = '{"model":"m","messages":[]}';
const ODD_HOSTS = ['a b', '', 'a:b:c', '[::', '%', 'a:99999'];
const OUTSIDE = ['/health', '/login', '/nope', '/api/admin/keys', '/api/auth/signout'];

inProductionMode('what strangers send', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;
  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: 'sk-up' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  const raw = async (bytes: string): Promise<string> => (await sendRaw(server.url, bytes)).toString('latin1');
  const get = (path: string, headers: string): Promise<string> =>
    raw(`GET ${path} HTTP/1.1\r\n${headers}${CLOSE}\r\n`);
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

  describe('is never a fault of ours', () => {
    it.each(ODD_HOSTS)('a host that is none: %j', async (host) => {
      for (const path of ['/api/auth/signin', '/api/auth/session', '/login', '/health', '/v1/models']) {
        expect(statusOf(await get(path, `Host: ${host}\r\n`)), path).toBe(400);
      }
    });

    it.each(ODD_HOSTS)('a forwarded host that is none: %j', async (host) => {
      for (const path of ['/api/auth/signin', '/api/auth/session', '/api/auth/csrf', '/login']) {
        const answer = await get(path, `Host: x\r\nX-Forwarded-Host: ${host}\r\nX-Forwarded-Proto: :\r\n`);
        expect(statusOf(answer), path).toBeLessThan(400);
      }
    });

    it.each(['callback/credentials', 'signout'])('a sign-in that cannot be read: %s', async (action) => {
      const answer = await raw(
        `POST /api/auth/${action} HTTP/1.1\r\nHost: x\r\n${CLOSE}Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{"a`,
      );
      expect(statusOf(answer)).toBe(400);
      expect(answer).toContain('"invalid_input"');
    });

    it.each([
      '/api/auth/session?callbackUrl=%ff',
      '/api/auth/session?callbackUrl=%E2%82%AC',
      '/api/auth/error?error=%00',
      '/api/auth/error?error=%0d%0a',
      '/api/auth/signin?callbackUrl=%E2%82%AC',
    ])('a query that cannot be carried on: %s', async (path) => {
      expect(statusOf(await get(path, 'Host: x\r\n'))).toBe(400);
    });

    it.each(['{"a":', '%zz', '[[[[', '1'])('a state of the router that is none: %s', async (tree) => {
      for (const path of ['/login', '/', '/nope']) {
        const answer = await get(path, `Host: x\r\nRSC: 1\r\nNext-Router-State-Tree: ${tree}\r\n`);
        expect(statusOf(answer), path).toBeLessThan(500);
      }
    });

    it('and none of it leaves the trace of a stack', () => {
      expect(server.stdout()).not.toMatch(/^\s+at /m);
    });
  });

  describe('behind a refused body', () => {
    it.each([...OUTSIDE, '/v1/chat/completions'])('nothing is carried out: %s', async (path) => {
      const behind = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n${TOKEN}Content-Length: ${CHAT.length}\r\n\r\n${CHAT}`;
      const answer = await raw(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}${behind}`,
      );
      expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d .*connection: close\r\n/is);
      expect(upstream.requests).toEqual([]);
    });
  });

  describe('Expect', () => {
    it.each([...OUTSIDE, '/v1/chat/completions'])(
      'no body is asked for that nobody reads: %s',
      async (path) => {
        const answer = await raw(
          `POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      },
    );

    it.each([
      ['/v1/chat/completions', TOKEN, CHAT],
      ['/api/admin/keys/search', `Authorization: Bearer ${ADMIN_TOKEN}\r\n`, '{}'],
      ['/api/auth/signout', '', 'a=b'],
    ])('a body that is read is asked for: %s', async (path, token, body) => {
      const client = await connectRaw(server.url);
      await client.send(
        `POST ${path} HTTP/1.1\r\nHost: x\r\n${token}${CLOSE}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      await client.waitFor((text) => text === 'HTTP/1.1 100 Continue\r\n\r\n');
      await client.send(body);
      await client.closed;
      expect(client.text()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 [234]\d\d /);
    });

    it.each(['/v1/models', '/health'])('what nobody understands is refused: %s', async (path) => {
      const answer = await get(path, `Host: x\r\n${TOKEN}Expect: 200-ok\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 417 .*"expectation_failed"/s);
    });
  });

  it('who has closed its half within an answer gets the rest of it', async () => {
    const stream = reply.sseControlled();
    upstream.fallbackReply = stream.reply;
    const client = await connectRaw(server.url);
    await client.send(`GET /v1/files HTTP/1.1\r\nHost: x\r\n${TOKEN}\r\n`);
    await stream.opened;
    stream.write('data: one\n\n');
    await client.waitFor((text) => text.includes('one'));
    client.halfClose();
    stream.write('data: two\n\n');
    await client.waitFor((text) => text.includes('two'));
    stream.write('data: [DONE]\n\n');
    stream.end();
    await client.closed;
    expect(client.text()).toMatch(/\[DONE\].*\r\n0\r\n\r\n$/s);
  });

  it('a method that nothing takes is refused as such', async () => {
    const bytes = 'TRACE * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 405 .*\r\nallow: /s);
  });
});
