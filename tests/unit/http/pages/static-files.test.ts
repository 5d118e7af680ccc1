import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StaticFiles } from '../../../../lib/http/pages/static-files';
import { tempDir, type TempDir } from '../../../support/temp-dir';

const SCRIPT = 'console.log("a script");'.repeat(100);
const ICON = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'.repeat(10);
const SCRIPT_PATH = '/_next/static/chunks/a1.js';
const FOREVER = 'public, max-age=31536000, immutable';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let program: TempDir;
let server: Server;

async function write(file: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(program.path, file)), { recursive: true });
  await writeFile(join(program.path, file), content);
}

beforeAll(async () => {
  program = await tempDir('static-files');
  await write('secret.txt', 'not for browsers');
  await write('.next/static/chunks/a1.js', SCRIPT);
  await write('.next/compressed/_next/static/chunks/a1.js.br', brotliCompressSync(SCRIPT));
  await write('.next/compressed/_next/static/chunks/a1.js.gz', gzipSync(SCRIPT));
  await write('.next/static/chunks/gone.js', SCRIPT);
  await write('.next/compressed/_next/static/chunks/gone.js.br', brotliCompressSync(SCRIPT));
  await write('public/mark.svg', ICON);
  await write('.next/compressed/mark.svg.gz', gzipSync(ICON));
  const files = StaticFiles.of(program.path);
  server = createServer((req, res) => {
    const otherwise = (): void => void res.writeHead(404).end('handed on');
    if (!files.handle(req, res, otherwise)) otherwise();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await program.remove();
});

/** As it is on the wire: fetch would decode bodies and tidy paths. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.once('error', reject);
      res.once('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }),
      );
    })
      .once('error', reject)
      .end();
  });
}

it('sends a script in the encoding that is asked for, for good, and says so', async () => {
  const brotli = await ask(SCRIPT_PATH, { 'accept-encoding': 'gzip, br' });
  expect(brotli).toMatchObject({
    status: 200,
    headers: {
      'content-encoding': 'br',
      'content-type': 'application/javascript; charset=UTF-8',
      'content-length': String(brotli.body.length),
      'cache-control': FOREVER,
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    },
  });
  expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
  const gzip = await ask(SCRIPT_PATH, { 'accept-encoding': 'br;q=0, gzip' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
});

it('sends it as it is to whoever asks for no encoding, and tells caches that there are others', async () => {
  const { status, headers, body } = await ask(`${SCRIPT_PATH}?v=1`);
  expect({ status, text: body.toString() }).toEqual({ status: 200, text: SCRIPT });
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers).toMatchObject({ vary: 'accept-encoding', 'cache-control': FOREVER });
});

it('answers HEAD with the headers of GET and no body', async () => {
  const headers = { 'accept-encoding': 'br' };
  const get = await ask(SCRIPT_PATH, headers);
  const head = await ask(SCRIPT_PATH, headers, 'HEAD');
  expect(head.body).toHaveLength(0);
  expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
});

it('answers 304 to whoever has it in that encoding, and only to them', async () => {
  const etagOf = async (encoding: string) =>
    String((await ask(SCRIPT_PATH, { 'accept-encoding': encoding })).headers.etag);
  const [brotli, gzip] = [await etagOf('br'), await etagOf('gzip')];
  expect(new Set([brotli, gzip, await etagOf('identity')]).size).toBe(3);
  const again = await ask(SCRIPT_PATH, { 'accept-encoding': 'br', 'if-none-match': `"other", ${brotli}` });
  expect(again).toMatchObject({ status: 304, headers: { etag: brotli, vary: 'accept-encoding' } });
  expect(again.body).toHaveLength(0);
  expect(again.headers['content-encoding']).toBeUndefined();
  const other = await ask(SCRIPT_PATH, { 'accept-encoding': 'br', 'if-none-match': gzip });
  expect(other.status).toBe(200);
});

it('sends the whole to whoever asks for a part', async () => {
  const { status, headers, body } = await ask(SCRIPT_PATH, { 'accept-encoding': 'br', range: 'bytes=0-9' });
  expect(status).toBe(200);
  expect(headers['accept-ranges']).toBeUndefined();
  expect(brotliDecompressSync(body).toString()).toBe(SCRIPT);
});

it('sends what stays under one name with leave to ask again, and not smaller than it can', async () => {
  const { headers, body } = await ask('/mark.svg', { 'accept-encoding': 'br, gzip;q=0.5' });
  expect(headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'image/svg+xml; charset=UTF-8',
    'cache-control': 'public, max-age=0, must-revalidate',
  });
  expect(gunzipSync(body).toString()).toBe(ICON);
  expect((await ask('/mark.svg')).body.toString()).toBe(ICON);
});

it.each([
  '/_next/static/chunks/a1.js.br',
  '/_next/static/chunks/../chunks/a1.js',
  '/_next/static/%2e%2e/%2e%2e/secret.txt',
  '/_next/static/../../secret.txt',
  '/_next/static//chunks/a1.js',
  '/_next/static/chunks/a1.js%00',
  '/_next/static/chunks/a1.js/',
  '/_next/static/chunks',
  '/secret.txt',
  '/constructor',
  '/',
])('knows nothing but the names of its files: %s', async (path) => {
  const { status, body } = await ask(path, { 'accept-encoding': 'br' });
  expect({ status, body: body.toString() }).toEqual({ status: 404, body: 'handed on' });
});

it('leaves writing to others', async () => {
  expect((await ask(SCRIPT_PATH, {}, 'POST')).body.toString()).toBe('handed on');
});

it('hands on what is there no longer, as if it had never been', async () => {
  await rm(join(program.path, '.next/compressed/_next/static/chunks/gone.js.br'));
  const { headers, body } = await ask('/_next/static/chunks/gone.js', { 'accept-encoding': 'br' });
  expect(body.toString()).toBe('handed on');
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['cache-control']).toBeUndefined();
});
