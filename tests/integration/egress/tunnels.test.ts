import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamClient } from '../../../lib/upstream/client';
import { egressConnector } from '../../../lib/upstream/egress/egress-connector';
import { readText } from '../../../lib/upstream/answer/read-text';

const TIMEOUT_MS = 5_000;
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => open.add(socket.on('error', () => undefined)));
  server.listen(0, host);
  await once(server, 'listening');
  cleanUps.push(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const upstream = async (): Promise<string> =>
  `http://127.0.0.1:${await listening(createHttpServer((_request, response) => response.end('served')))}`;

/** An HTTP proxy that answers every CONNECT with these words and the tunnel. */
async function proxySaying(words: string): Promise<{ readonly url: string; readonly tunnels: () => number }> {
  let tunnels = 0;
  const port = await listening(
    createServer((socket) => {
      socket.once('data', (head) => {
        tunnels += 1;
        const far = connect(Number(/:(\d+) HTTP/.exec(head.toString())?.[1]), '127.0.0.1', () => {
          socket.write(words);
          socket.pipe(far).pipe(socket);
        });
        far.on('error', () => undefined);
        socket.once('close', () => far.destroy());
      });
    }),
  );
  return { url: `http://127.0.0.1:${port}`, tunnels: () => tunnels };
}

/** A SOCKS5 proxy without a password, for far ends by IPv4 address. */
async function socksProxy(host: string): Promise<string> {
  const port = await listening(
    createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (ask) => {
          const far = connect(ask.readUInt16BE(8), [...ask.subarray(4, 8)].join('.'), () => {
            socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
            socket.pipe(far).pipe(socket);
          });
          far.on('error', () => undefined);
          socket.once('close', () => far.destroy());
        });
      });
    }),
    host,
  );
  return `socks5://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What a request through the proxy brings: the text of its answer. */
async function fetchThrough(proxyUrl: string, origin: string): Promise<string> {
  const connector = egressConnector(proxyUrl, TIMEOUT_MS);
  const pool = new Pool(origin, { connect: connector.connect });
  cleanUps.push(async () => {
    await pool.destroy();
    await connector.close();
  });
  const { body } = await pool.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(TIMEOUT_MS) });
  return body.text();
}

describe('an HTTP proxy', () => {
  it.each(['200 Connection established', '201 Created', '204 No Content'])(
    'opens the tunnel with any status of success: %s',
    async (status) => {
      const proxy = await proxySaying(`HTTP/1.1 ${status}\r\n\r\n`);
      expect(await fetchThrough(proxy.url, await upstream())).toBe('served');
    },
  );

  it('that puts words of its own into the tunnel is blamed at once and not asked again and again', async () => {
    const proxy = await proxySaying('HTTP/1.1 200 OK\r\n\r\n<html>Welcome to the hotel</html>');
    await expect(fetchThrough(proxy.url, await upstream())).rejects.toMatchObject({
      code: 'EGRESS_FAILED',
      at: 'egress',
    });
    expect(proxy.tunnels()).toBe(1);
  });
});

describe('a SOCKS proxy', () => {
  it.each(['127.0.0.1', '::1'])('is reached at the address %s', async (host) => {
    expect(await fetchThrough(await socksProxy(host), await upstream())).toBe('served');
  });
});

describe('an answer on its way', () => {
  it.each(['HTTP', 'SOCKS'])('comes whole although its %s proxy is removed meanwhile', async (kind) => {
    let finish = (): void => undefined;
    const port = await listening(
      createHttpServer((_request, response) => {
        response.write('first, ');
        finish = () => response.end('last');
      }),
    );
    const url =
      kind === 'HTTP' ? (await proxySaying('HTTP/1.1 200 OK\r\n\r\n')).url : await socksProxy('127.0.0.1');
    const client = new UpstreamClient();
    cleanUps.push(() => client.close());
    const { answer } = await client.dial(
      {
        provider: 'p',
        baseUrl: `http://127.0.0.1:${port}/v1`,
        customHeaders: {},
        timeoutMs: TIMEOUT_MS,
        idleTimeoutMs: TIMEOUT_MS,
      },
      { secret: 'sk-secret', hint: 'sk-...' },
      { method: 'GET', path: '/models', rawHeaders: [], body: undefined },
      new AbortController().signal,
      { egressId: 'e', url },
    );
    if (answer === undefined) throw new Error('no answer');
    client.keepOnly(new Set(['p']), new Set());
    finish();
    expect(await readText(answer, { bytesMax: 100 })).toBe('first, last');
  });
});
