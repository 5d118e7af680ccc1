import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { checkEgress, passesDirectly } from '../../../../lib/upstream/egress/egress-check';
import { deadPort, startHttpProxy, startSocksProxy } from '../small-proxies';

const LONG_MS = 20_000;

let status: number;
let paths: string[];
let url: string;

beforeEach(async () => {
  status = 204;
  paths = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/probe?a=1`;
});

const check = (address: string, timeoutMs = LONG_MS, signal = new AbortController().signal) =>
  checkEgress(address, url, timeoutMs, signal);

describe('a test of a proxy', () => {
  it.each([
    ['http', startHttpProxy],
    ['socks5', startSocksProxy],
    ['socks5h', startSocksProxy],
  ])('passes through %s, with its time, and leaves no connection', async (scheme, start) => {
    const proxy = await start();
    const result = await check(`${scheme}://127.0.0.1:${proxy.port}`);
    expect(result).toMatchObject({ status: 204, error: undefined });
    expect(result.latencyMs).toBeGreaterThanOrEqual(0);
    expect(paths).toEqual(['/probe?a=1']);
    await proxy.closed();
  });

  it.each([
    [200, true],
    [302, true],
    [401, true],
    [404, true],
    [403, false],
    [407, false],
    [500, false],
    [503, false],
  ])('of an answer with status %i: passes %s', async (code, passes) => {
    status = code;
    const proxy = await startHttpProxy();
    const result = await check(`http://127.0.0.1:${proxy.port}`);
    expect(result.status).toBe(code);
    if (passes) expect(result.error).toBeUndefined();
    else
      expect(result).toMatchObject({
        at: 'upstream',
        error: expect.stringContaining(String(code)) as string,
      });
  });

  it('fails at a proxy where nobody is, which is known from then on', async () => {
    expect(await check(`http://127.0.0.1:${await deadPort()}`)).toMatchObject({
      status: undefined,
      latencyMs: undefined,
      at: 'egress',
      isUnreachable: true,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('fails behind a proxy if nobody is there', async () => {
    url = `http://127.0.0.1:${await deadPort()}/`;
    const proxy = await startSocksProxy();
    const result = await check(`socks5h://127.0.0.1:${proxy.port}`);
    expect(result).toMatchObject({ at: 'upstream' });
    expect(result.isUnreachable).toBeUndefined();
  });

  it('cannot tell whose silence it is if the proxy takes connections', async () => {
    const proxy = await startHttpProxy({ isMute: true });
    const result = await check(`http://127.0.0.1:${proxy.port}`, 50);
    expect(result).toEqual({
      latencyMs: undefined,
      status: undefined,
      error: 'no answer in time',
      at: 'either',
    });
  });

  it('cannot tell either why a proxy hangs up without a word', async () => {
    const rude = createTcpServer((socket) => void socket.on('error', () => undefined).destroy());
    rude.listen(0, '127.0.0.1');
    await once(rude, 'listening');
    onTestFinished(() => void rude.close());
    const { port } = rude.address() as AddressInfo;
    for (const scheme of ['http', 'socks5']) {
      const result = await check(`${scheme}://127.0.0.1:${port}`);
      expect(result).toMatchObject({ at: 'either' });
      expect(result.isUnreachable).toBeUndefined();
    }
  });

  it.each([
    ['http', startHttpProxy],
    ['socks5', startSocksProxy],
  ])('that is called off ends at once, however long the proxy is silent: %s', async (scheme, start) => {
    const proxy = await start({ isMute: true });
    const leaving = new AbortController();
    const checking = check(`${scheme}://127.0.0.1:${proxy.port}`, 2 ** 30, leaving.signal);
    leaving.abort();
    expect(await checking).toMatchObject({ error: 'cancelled', at: 'either' });
  });

  it('that was called off before does not begin', async () => {
    const proxy = await startHttpProxy();
    expect(await check(`http://127.0.0.1:${proxy.port}`, LONG_MS, AbortSignal.abort())).toMatchObject({
      error: 'cancelled',
    });
    expect(paths).toEqual([]);
  });
});

describe('without a proxy', () => {
  const signal = new AbortController().signal;

  it.each([
    [204, true],
    [403, false],
    [500, false],
  ])('an answer with status %i passes: %s', async (code, passes) => {
    status = code;
    expect(await passesDirectly(url, LONG_MS, signal)).toBe(passes);
  });

  it('nobody does not', async () => {
    expect(await passesDirectly(`http://127.0.0.1:${await deadPort()}/`, LONG_MS, signal)).toBe(false);
  });
});
