import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endUnread, isClosing, isUnread, letBodyCome } from '../../../../lib/gateway/body/unread-body';
import { connectRaw, type RawClient } from '../../../support/raw-client';

const HEAD = 'POST /refused HTTP/1.1\r\nHost: x\r\n';

let server: Server;
let client: RawClient;
let seen: string[];
let serve: (req: IncomingMessage, res: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  serve = (req, res) => {
    if (isClosing(req.socket)) return;
    seen.push(req.url ?? '');
    if (req.url !== '/refused') return void res.end('served');
    res.writeHead(403, { connection: 'close', 'content-length': 2 });
    endUnread(req, res, 'no');
  };
  const handle = (req: IncomingMessage, res: ServerResponse): void => serve(req, res);
  server = createServer(handle);
  (server as { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;
  server.on('checkContinue', handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await connectRaw((server.address() as AddressInfo).port);
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

it('a refused client hears why at once, and the end of what is said to it', async () => {
  await client.send(`${HEAD}Content-Length: 1000000\r\n\r\n`);
  await client.closed;
  expect(client.text()).toMatch(/^HTTP\/1\.1 403 .*\r\n\r\nno$/s);
  expect(client.error).toBeUndefined();
});

it('it may finish sending before it reads, and is not reset', async () => {
  client.socket.allowHalfOpen = true;
  client.pause();
  await client.send(`${HEAD}Content-Length: 4000000\r\n\r\n`);
  await client.send(Buffer.alloc(4_000_000, 'x'));
  client.resume();
  await client.closed;
  expect(client.text()).toContain('403');
  expect(client.error).toBeUndefined();
});

it.each([
  ['in the same packet', ''],
  ['later', 'x'.repeat(200_000)],
])('nothing behind a refused body is served: %s', async (_when, padding) => {
  const body = `${padding}x`;
  await client.send(
    `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}GET /behind HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  await client.closed;
  expect(seen).toEqual(['/refused']);
  expect(client.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
});

it('answers before it are given whole', async () => {
  let answer: () => void = () => undefined;
  const refused = new Promise<void>((resolve) => {
    const plain = serve;
    serve = (req, res) => {
      if (req.url === '/slow') answer = () => res.end('slow');
      else plain(req, res);
      if (req.url === '/refused') resolve();
    };
  });
  await client.send(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${HEAD}Content-Length: 9\r\n\r\n`);
  await refused;
  answer();
  await client.closed;
  expect(client.text()).toMatch(/slow.*HTTP\/1\.1 403 .*no$/s);
});

it('who sends without end is cut off', async () => {
  await client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = Buffer.alloc(2 ** 20, '1\r\nx\r\n'.repeat(1));
  let sent = 0;
  while (!client.socket.destroyed && sent < 200) {
    sent += 1;
    await client.send(chunk).catch(() => undefined);
  }
  expect(sent).toBeLessThan(100);
});

it('a body is asked for only by whoever reads it', async () => {
  await client.send(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
  await client.closed;
  expect(client.text()).toMatch(/^HTTP\/1\.1 403 /);

  serve = (req, res) => {
    letBodyCome(req, res);
    expect(isUnread(req)).toBe(true);
    req.on('data', (chunk: Buffer) => res.end(chunk));
  };
  client = await connectRaw((server.address() as AddressInfo).port);
  await client.send(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
  await client.waitFor((text) => text.startsWith('HTTP/1.1 100 Continue\r\n\r\n'));
  await client.send('hello');
  await client.waitFor((text) => text.includes('hello'));
});
