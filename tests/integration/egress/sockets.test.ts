import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Stop } from '../../../lib/balancer/stop';
import { UpstreamClient } from '../../../lib/upstream/client';
import type { SocketDialed } from '../../../lib/upstream/socket/socket-dial';
import { freePort } from '../../support/free-port';
import {
  hasMicrosocks,
  hasOpenssl,
  hasTinyproxy,
  startMicrosocks,
  startTinyproxy,
} from '../../support/proxies';
import { SocketUpstream } from '../../support/socket-upstream';
import { makeCertificate } from '../../support/tls';

const KEY = { secret: 'sk-proxied-0123456789', hint: 'sk-…', keyId: 'k' };

async function provider(): Promise<SocketUpstream> {
  const upstream = new SocketUpstream(() => (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await upstream.start();
  onTestFinished(() => upstream.stop());
  return upstream;
}

function open(
  baseUrl: string,
  proxy?: string,
  timeoutMs = 10_000,
  customHeaders: Readonly<Record<string, string>> = {},
): Promise<SocketDialed> {
  const client = new UpstreamClient();
  onTestFinished(() => client.close());
  const target = { provider: 'p', baseUrl, customHeaders, timeoutMs, idleTimeoutMs: 10_000 };
  const request = {
    path: '/realtime',
    rawHeaders: [],
    model: 'm',
    protocols: ['realtime'],
    bytesMax: 1_000_000,
  };
  const egress = proxy === undefined ? undefined : { egressId: 'e', url: proxy };
  return client.openSocket(target, KEY, request, new Stop(), egress);
}

async function echo({ socket }: SocketDialed, text: string): Promise<string> {
  if (socket === undefined) throw new Error('it is not open');
  onTestFinished(() => socket.destroy());
  return new Promise((resolve) => {
    const nothing = (): void => undefined;
    const frame = ({ data }: { readonly data: Buffer }): void => resolve(data.toString('utf8'));
    socket.attach({ frame, ping: nothing, pong: nothing, closed: () => resolve('closed') });
    socket.send({ data: Buffer.from(text), isBinary: false });
  });
}

describe.runIf(hasTinyproxy && hasMicrosocks)('a WebSocket through a proxy', () => {
  it.each([
    ['http', startTinyproxy],
    ['socks5', startMicrosocks],
  ])('of kind %s speaks with the provider, from the address of the proxy', async (_kind, start) => {
    const proxy = await start({ user: 'u', password: 'p', from: '127.0.0.3' });
    onTestFinished(() => proxy.stop());
    const upstream = await provider();
    const dialed = await open(upstream.url, proxy.url);
    expect(await echo(dialed, 'hello')).toBe('hello');
    expect(upstream.handshakes[0]!.socket.remoteAddress).toBe('127.0.0.3');
    expect(upstream.keys).toEqual([KEY.secret]);
  });

  it('tells whether the proxy or the provider could not be reached', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect((await open('http://127.0.0.1:1/v1', nobody)).outcome).toMatchObject({
      kind: 'dial_failed',
      at: 'egress',
    });
    const proxy = await startTinyproxy();
    onTestFinished(() => proxy.stop());
    const { outcome } = await open(`${nobody}/v1`, proxy.url);
    expect(outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
    expect((await open(`${nobody}/v1`)).outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
  });
});

describe.runIf(hasOpenssl)('a WebSocket over TLS', () => {
  it('checks the certificate, and speaks if that is trusted', async () => {
    const certificate = await makeCertificate();
    onTestFinished(() => certificate.remove());
    const upstream = new SocketUpstream(
      () => (socket) => socket.on('message', () => socket.send('safe')),
      certificate,
    );
    await upstream.start();
    onTestFinished(() => upstream.stop());
    expect((await open(upstream.url)).outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
    expect(upstream.handshakes).toEqual([]);
    // Whom to trust is known to a process from its start.
    const script = `
      const { UpstreamClient } = await import('./lib/upstream/client.ts');
      const { Stop } = await import('./lib/balancer/stop.ts');
      const target = { provider: 'p', baseUrl: '${upstream.url}', customHeaders: {}, timeoutMs: 9000, idleTimeoutMs: 9000 };
      const request = { path: '/realtime', rawHeaders: [], protocols: [], bytesMax: 1000 };
      const { socket } = await new UpstreamClient().openSocket(target, { secret: 's', hint: 's' }, request, new Stop());
      socket.attach({ frame: ({ data }) => { console.log(String(data)); process.exit(); } });
      socket.send({ data: Buffer.from('x'), isBinary: false });`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate.certPath };
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout.trim()).toBe('safe');
  });
});

describe('a WebSocket that does not come about', () => {
  it('because of what it is to be sent with is a failure like any other', async () => {
    const upstream = await provider();
    const { outcome } = await open(upstream.url, undefined, 10_000, { 'x-odd': 'one\ntwo' });
    expect(outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
  });

  it('is given up in time, and when its client leaves', async () => {
    const upstream = new SocketUpstream(() => () => undefined);
    await upstream.start();
    onTestFinished(() => upstream.stop());
    const { createServer } = await import('node:net');
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect((await open(`http://127.0.0.1:${port}/v1`, undefined, 200)).outcome).toEqual({
      kind: 'timeout',
      phase: 'headers',
    });
  });
});

it.each([
  ['api-key', undefined, '/v1/realtime?a=1', KEY.secret],
  ['query:key', { v: '2' }, `/v1/realtime?a=1&v=2&key=${KEY.secret}`, undefined],
])('a WebSocket is opened with the key where the provider wants it: %s', async (auth, query, url, header) => {
  const upstream = await provider();
  const client = new UpstreamClient();
  onTestFinished(() => client.close());
  const times = { timeoutMs: 10_000, idleTimeoutMs: 10_000 };
  const target = { provider: 'p', baseUrl: upstream.url, customHeaders: {}, auth, query, ...times };
  const rawHeaders = ['api-key', 'client-token-1'];
  const request = {
    path: '/realtime?a=1&key=client-token-1',
    rawHeaders,
    model: 'm',
    protocols: [],
    bytesMax: 9,
  };
  const { socket } = await client.openSocket(target, KEY, request, new Stop());
  onTestFinished(() => socket?.destroy());
  const [handshake] = upstream.handshakes;
  expect(handshake?.url).toBe(url);
  expect(handshake?.headers['api-key']).toBe(header);
  expect(handshake?.headers.authorization).toBeUndefined();
});
