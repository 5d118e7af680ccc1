import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ADMIN_API } from '../../../lib/admin/contract/api';
import { sendRaw } from '../../support/raw-client';
import { everyRoute } from '../../support/routes';
import { ADMIN, CLIENT, ENV_KEYS, useServer } from './support';

const parts = useServer();
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'TRACK',
  'FOO',
];
const METHODS_OF_WEBDAV = ['PROPFIND', 'MKCOL', 'LOCK'];
const ALL_OF_THEM = [...METHODS, ...METHODS_OF_WEBDAV];

const ROUTES = everyRoute();

const isGateway = (path: string): boolean => /\/v1(\/|$)/.test(path);
const isOfAdmin = (path: string): boolean => /^\/api\/(admin|auth)(\/|$)/.test(path);

interface Heard {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

async function hear(method: string, path: string, token: string): Promise<Heard> {
  const head = `${method} ${path} HTTP/1.1\r\nHost: gateway\r\n${token}Connection: close\r\n\r\n`;
  const answer = (await sendRaw(parts.server.url, head)).toString();
  const [top = '', ...rest] = answer.split('\r\n\r\n');
  const [line = '', ...lines] = top.split('\r\n');
  const headers = lines
    .map((text) => /^([^:]+): *(.*)$/.exec(text))
    .map((m) => [m?.[1]?.toLowerCase(), m?.[2]]);
  return {
    status: Number(line.split(' ')[1]),
    headers: Object.fromEntries(headers) as Record<string, string>,
    text: rest.join('\r\n\r\n'),
  };
}

function expectSound(what: string, method: string, path: string, { status, headers, text }: Heard): void {
  expect(status, `${what}: ${text}`).toBeGreaterThanOrEqual(200);
  expect(status, `${what}: ${text}`).toBeLessThan(500);
  expect(text, what).not.toMatch(/node_modules|\bat (async )?\S+ \(|Internal Server Error/);
  for (const secret of [ADMIN, CLIENT, ...ENV_KEYS]) expect(text, what).not.toContain(secret);
  if (status === 405) {
    expect(headers.allow?.split(', '), what).not.toContain(method);
    expect(headers.allow, what).toMatch(/^GET|^POST|^PATCH|^DELETE/);
  }
  const isError = status >= 400 && method !== 'HEAD' && text !== '';
  const isPage = headers['content-type']?.startsWith('text/html') === true;
  if (!isError || (isPage && method === 'GET' && !isOfAdmin(path) && !isGateway(path))) return;
  expect(headers['content-type'], what).toMatch(/^application\/json/);
  const { error } = JSON.parse(text.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '')) as { error: object };
  expect(Object.keys(error).sort(), what).toEqual(
    isOfAdmin(path) ? ['code', 'message'] : ['code', 'message', 'param', 'type'],
  );
}

it('no route answers a stranger with a failure, a stack, a secret or an envelope of another place', async () => {
  expect(ROUTES.length).toBeGreaterThan(60);
  for (const path of ROUTES) {
    for (const method of ALL_OF_THEM) {
      expectSound(`${method} ${path}`, method, path, await hear(method, path, ''));
    }
  }
}, 300_000);

it('methods that no route has are refused to admins too, before their token is looked at', async () => {
  const wrong = 'Authorization: Bearer wrong\r\n';
  for (const path of ROUTES) {
    for (const method of ['TRACE', 'CONNECT', 'TRACK', 'FOO', ...METHODS_OF_WEBDAV]) {
      for (const token of [`Authorization: Bearer ${ADMIN}\r\n`, wrong]) {
        const heard = await hear(method, path, token);
        expect(heard.status, `${method} ${path}`).toBe(405);
        expectSound(`${method} ${path}`, method, path, heard);
      }
    }
  }
}, 300_000);

describe('an admin', () => {
  const token = `Authorization: Bearer ${ADMIN}\r\n`;
  const endpoints = Object.values(ADMIN_API).flatMap((resource) => Object.values(resource));
  const addresses = [...new Set(endpoints.map(({ path }) => path))];

  it('is told of each address which methods it has', async () => {
    for (const address of addresses) {
      const own = endpoints.filter(({ path }) => path === address).map(({ method }) => method as string);
      const path = `/api/admin${address.replace(/\{\w+\}/g, 'some-id')}`;
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (own.includes(method)) continue;
        const heard = await hear(method, path, token);
        expect(heard.status, `${method} ${path}`).toBe(405);
        const allowed = own.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
        expect(heard.headers.allow?.split(', ').sort(), path).toEqual(allowed.sort());
        expectSound(`${method} ${path}`, method, path, heard);
      }
    }
  });

  it('may read everything without a failure', async () => {
    for (const { method, path: address } of endpoints) {
      if (method !== 'GET' || address === '/live') continue;
      const path = `/api/admin${address.replace(/\{\w+\}/g, 'some-id')}`;
      for (const read of ['GET', 'HEAD']) expectSound(path, read, path, await hear(read, path, token));
    }
  });

  it('is told that there is no such endpoint, a stranger is told nothing', async () => {
    for (const path of ['/api/admin', '/api/admin/no/such', '/api/admin//keys', '/api/admin/keys/x/y/z']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect((await hear(method, path, token)).status, `${method} ${path}`).toBe(404);
        expect([401, 404], `${method} ${path}`).toContain((await hear(method, path, '')).status);
      }
    }
  });
});

describe('what an admin sends', () => {
  const send = (path: string, body: Buffer, headers: Record<string, string | number>, method = 'POST') =>
    new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
      const outgoing = request(`${parts.server.url}/api/admin/${path}`, {
        method,
        agent: false,
        headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', ...headers },
      });
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () => {
          const { error } = JSON.parse(text) as { error?: { code: string } };
          resolve({ status: incoming.statusCode ?? 0, code: error?.code });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const chunked = { 'transfer-encoding': 'chunked' };

  it.each(['providers', 'keys/search', 'tokens', 'keys/some-id/verify'])(
    'is refused over 1 MB, by its length and as it comes: %s',
    async (path) => {
      const body = Buffer.alloc(2 ** 20 + 1, 0x20);
      for (const headers of [{ 'content-length': body.length }, chunked]) {
        expect(await send(path, body, headers)).toEqual({ status: 413, code: 'body_too_large' });
      }
    },
  );

  it('may be an import of 16 MB, in chunks too', async () => {
    const text = `sk-${'1'.repeat(44)}\n`.repeat(2 ** 24 / 48);
    const body = Buffer.from(JSON.stringify({ provider: 'default', text, preview: true }));
    for (const headers of [{ 'content-length': body.length }, chunked]) {
      expect((await send('keys/import', body, headers)).status).toBe(200);
    }
  }, 180_000);

  it('is refused if it is short to read and long to build', async () => {
    for (const text of [
      '['.repeat(2 ** 20),
      `{"a":${'{"a":'.repeat(10_000)}`,
      `[${'{},'.repeat(300_000)}0]`,
    ]) {
      const body = Buffer.from(text);
      expect(await send('keys/search', body, { 'content-length': body.length })).toEqual({
        status: 400,
        code: 'invalid_input',
      });
    }
  });
});
