import { request, type IncomingHttpHeaders } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { RunningServer } from '../../support/server';
import { ADMIN_TOKEN, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const STATIC = '.next/static';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function start(): Promise<RunningServer> {
  const upstream = await parts.upstream();
  const env = { BASE_URL: upstream.baseUrl, ALLOWED_TOKENS: TOKEN, AUTH_TOKEN: ADMIN_TOKEN };
  return parts.server({ env: { ...env, API_KEYS: secretKey('aaa') } });
}

/** As it is on the wire. `isOver` looks at what has come so far of an answer that does not end. */
function ask(
  { port }: RunningServer,
  path: string,
  headers: Record<string, string> = {},
  {
    method = 'GET',
    body,
    isOver,
  }: { method?: string; body?: string; isOver?: (text: string) => boolean } = {},
): Promise<Answer> {
  const encodings = { 'accept-encoding': 'gzip, br', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const all = { ...encodings, ...headers };
    const req = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      const finish = (): void =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) });
      res.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (isOver?.(Buffer.concat(chunks).toString()) !== true) return;
        finish();
        req.destroy();
      });
      res.once('end', finish);
      res.once('error', reject);
    });
    req.once('error', reject).end(body);
  });
}

it('serves every script and style of the build compressed ahead, and the same as it was built', async () => {
  const server = await start();
  const entries = await readdir(STATIC, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => /\.(js|css)$/.test(entry.name));
  expect(files.length).toBeGreaterThan(10);
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    const answer = await ask(server, `/_next/static/${relative(STATIC, file)}`);
    const text = await readFile(file);
    expect(answer.status, file).toBe(200);
    expect(answer.headers['content-encoding'], file).toBe('br');
    expect(answer.headers['cache-control'], file).toContain('immutable');
    expect(brotliDecompressSync(answer.body).equals(text), file).toBe(true);
  }
});

it('compresses pages, what moves between pages, and what the admin API lists', async () => {
  const server = await start();
  const page = ask(server, '/login');
  const flight = ask(server, '/login?_rsc', { rsc: '1' });
  const lists = ['settings', 'openapi.json'].map((path) => ask(server, `/api/admin/${path}`, ADMIN));
  for (const { headers, body } of await Promise.all([page, flight, ...lists])) {
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers.vary?.toLowerCase()).toContain('accept-encoding');
    expect(gunzipSync(body).length).toBeGreaterThan(body.length);
  }
  const plain = await ask(server, '/api/admin/settings', { ...ADMIN, 'accept-encoding': 'gzip;q=0' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(() => JSON.parse(plain.body.toString()) as unknown).not.toThrow();
});

it('leaves alone what answers a write, what signs in, files and events', async () => {
  const server = await start();
  const keys = JSON.parse(
    (await ask(server, '/api/admin/keys', { ...ADMIN, 'accept-encoding': '' })).body.toString(),
  ) as {
    items: { id: string }[];
  };
  const revealed = await ask(server, `/api/admin/keys/${keys.items[0]?.id}/reveal`, ADMIN, {
    method: 'POST',
    body: '{}',
  });
  expect(revealed.body.toString()).toContain(secretKey('aaa'));
  // Long enough to be worth it.
  const text = Array.from({ length: 200 }, (_, index) => secretKey(String(100 + index))).join('\n');
  const preview = JSON.stringify({ provider: 'default', text, preview: true });
  const answers = await Promise.all([
    ask(server, '/api/admin/keys/import', ADMIN, { method: 'POST', body: preview }),
    ask(server, `/api/auth/signin?callbackUrl=${encodeURIComponent(server.url)}`),
    ask(server, '/api/admin/keys/export', ADMIN),
    ask(server, '/api/admin/live', ADMIN, { isOver: (events) => events.includes('event: snapshot') }),
  ]);
  for (const { headers, status } of [revealed, ...answers]) {
    expect(status).toBeLessThan(400);
    expect(headers['content-encoding']).toBeUndefined();
  }
});

it('leaves nothing behind when somebody hangs up in the middle of a page', async () => {
  const server = await start();
  for (let i = 0; i < 20; i++) {
    await ask(server, '/api/admin/openapi.json', ADMIN, { isOver: (text) => text !== '' });
  }
  expect((await ask(server, '/login')).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
  expect(server.stdout()).not.toMatch(/"level":[56]0/);
});
