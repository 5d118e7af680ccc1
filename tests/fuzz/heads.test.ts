import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRaw } from '../support/raw-client';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { startServer, type RunningServer } from '../support/server';
import { damaged, fuzz } from './fuzz';

const KEY = 'sk-provider-key-0123456789';
const TOKEN = 'sk-client-token-0123456789';

let upstream: ScriptedUpstream;
let server: RunningServer;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  // A provider that quotes everything: whoever gets its answer may not learn the key from it.
  upstream.fallbackReply = reply.echo();
  const env = {
    BASE_URL: `${upstream.baseUrl}/base`,
    API_KEYS: KEY,
    ALLOWED_TOKENS: TOKEN,
    LOG_LEVEL: 'WARNING',
  };
  server = await startServer({ env });
});
afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

const method = fc.constantFrom(
  ...[
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'HEAD',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'TRACK',
    'get',
    'FOO',
    'PRI',
    '',
  ],
);
const target = fc.oneof(
  fc.constantFrom(
    '/v1/chat/completions',
    '/v1/models',
    '/v1/x',
    '/v1',
    '/',
    '*',
    '/keys',
    '/login',
    '/health',
    '/ready',
  ),
  fc.constantFrom(
    '/metrics',
    '/api/admin/keys',
    '/api/auth/csrf',
    '/api/auth/callback/credentials',
    '//v1/models',
  ),
  fc.constantFrom(
    'http://host/v1/models',
    'host:80',
    '/v1/../x',
    '/v1/%2e%2e/x',
    '/%',
    '/v1/%zz',
    '/v1/a?b=../c',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `/v1/${text}`),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `/${text}`),
);
const header = fc.oneof(
  fc.constantFrom(
    `authorization: Bearer ${TOKEN}`,
    `x-api-key: ${TOKEN}`,
    `sec-websocket-protocol: realtime, openai-insecure-api-key.${TOKEN}`,
    `cookie: token=${TOKEN}`,
    'content-type: application/json',
    'content-type: multipart/form-data; boundary=b',
    'content-encoding: gzip',
    'transfer-encoding: chunked',
    'transfer-encoding: gzip, chunked',
    'content-length: 5',
    'content-length: 17',
    'content-length: -1',
    'expect: 100-continue',
    'connection: upgrade',
    'upgrade: websocket',
    'next-action: abc',
    'host: other',
    'x-forwarded-for: 1.2.3.4',
    'range: bytes=0-',
  ),
  fc
    .tuple(fc.string({ unit: 'binary-ascii', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
    .map(([name, value]) => `${name}: ${value}`),
);
const body = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '{"model":"m"}',
    '{"model":"m","a":1}',
    '5\r\nhello\r\n0\r\n\r\n',
    '--b\r\n\r\n\r\n--b--',
    '[[[[[',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const head = fc
  .record({
    method,
    target,
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', ''),
    headers: fc.array(header, { maxLength: 5 }),
    body,
  })
  .map(({ method, target, version, headers, body }) =>
    Buffer.from([`${method} ${target} ${version}`, 'host: x', ...headers, '', body].join('\r\n'), 'latin1'),
  );

/** All that comes back: the connection is half-closed, so the server ends it once it has answered. */
async function exchange(bytes: Buffer): Promise<string> {
  const client = await connectRaw(server.url);
  try {
    await client.send(bytes).catch(() => undefined);
    client.halfClose();
    const timer = setTimeout(() => client.destroy(), 20_000);
    await client.closed;
    clearTimeout(timer);
    return client.text();
  } finally {
    client.destroy();
  }
}

it('no bytes on a connection bring a server error, a secret, a stack trace or the end of the program', async () => {
  await fuzz(
    fc.asyncProperty(damaged(head), async (bytes) => {
      const before = upstream.requests.length;
      const answer = await exchange(bytes);
      const [line = ''] = answer.split('\r\n', 1);
      // What is not spoken here is refused as such.
      if (answer !== '') expect(line).toMatch(/^HTTP\/1\.1 (?:[1-4]\d\d|501|505) /);
      expect(answer).not.toContain(KEY);
      expect(answer).not.toMatch(/\n\s+at \S+ \(|node_modules/);
      for (const { url, rawHeaders, key } of upstream.requests.slice(before)) {
        expect(url).toMatch(/^\/v1\/base(?:\/|$)/);
        expect(key).toBe(KEY);
        expect(rawHeaders.join('\n')).not.toContain(TOKEN);
      }
      upstream.requests.length = 0;
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
    }),
    Number(process.env.FUZZ_SECONDS ?? 20),
  );
});
