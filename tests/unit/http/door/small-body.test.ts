import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSmallBody, withBody, type SmallBody } from '../../../../lib/http/door/small-body';

interface Read {
  readonly result: SmallBody;
  /** What whoever comes next reads. */
  readonly copy: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

let server: Server;
let read: Promise<Read>;
let timeoutMs: number;

beforeEach(async () => {
  timeoutMs = 60_000;
  let tell: (read: Read) => void;
  read = new Promise((resolve) => (tell = resolve));
  server = createServer((req, res) => {
    void readSmallBody(req, 1_000, timeoutMs).then(async (result) => {
      const copy = result.ok ? withBody(req, result.body) : undefined;
      tell({ result, copy: copy && (await text(copy)), headers: copy?.headers ?? {} });
      res.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function post(headers: Record<string, string | number>) {
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false });
  outgoing.on('error', () => undefined);
  outgoing.flushHeaders();
  return outgoing;
}

describe('a small body', () => {
  it.each<Record<string, string | number>>([{ 'content-length': 1_000 }, { 'transfer-encoding': 'chunked' }])(
    'is handed on whole, with its length: %j',
    async (headers) => {
      const outgoing = post(headers);
      for (let i = 0; i < 1_000; i += 1) outgoing.write('x');
      outgoing.end();
      const { result, copy, headers: seen } = await read;
      expect(result.ok).toBe(true);
      expect(copy).toBe('x'.repeat(1_000));
      expect(seen['content-length']).toBe('1000');
      expect(seen).not.toHaveProperty('transfer-encoding');
    },
  );

  it('may be empty', async () => {
    post({ 'transfer-encoding': 'chunked' }).end();
    expect((await read).copy).toBe('');
  });
});

describe('a body that is not small', () => {
  it('is refused by its length, of which no byte has come', async () => {
    const outgoing = post({ 'content-length': 1_001 });
    expect((await read).result).toEqual({ ok: false, reason: 'too_large' });
    outgoing.destroy();
  });

  it('is refused at the first byte too many if it tells no length', async () => {
    const outgoing = post({ 'transfer-encoding': 'chunked' });
    outgoing.write('x'.repeat(1_001));
    expect((await read).result).toEqual({ ok: false, reason: 'too_large' });
    outgoing.destroy();
  });
});

it('a body that does not come in time is not waited for', async () => {
  timeoutMs = 10;
  const outgoing = post({ 'content-length': 10 });
  outgoing.write('x');
  expect((await read).result).toEqual({ ok: false, reason: 'too_slow' });
  outgoing.destroy();
});

it('a client that leaves within its body is not waited for', async () => {
  const outgoing = post({ 'content-length': 10 });
  const [socket] = (await once(server, 'request')) as [IncomingMessage];
  socket.socket.once('data', () => undefined);
  outgoing.destroy();
  expect((await read).result).toEqual({ ok: false, reason: 'client_closed' });
});
