import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpTunnel } from '../../../../lib/upstream/egress/http-tunnel';
import { socksTunnel } from '../../../../lib/upstream/egress/socks-tunnel';
import type { Tunnel } from '../../../../lib/upstream/egress/tunnel';
import { deadPort, startEcho, startHttpProxy, startSocksProxy, type SmallProxy } from '../small-proxies';

const LONG_MS = 50_000;

function tunnelTo(url: string, timeoutMs = LONG_MS): Tunnel {
  const address = new URL(url);
  const tunnel = address.protocol.startsWith('socks')
    ? socksTunnel(address, timeoutMs)
    : httpTunnel(address, timeoutMs);
  onTestFinished(() => tunnel.close());
  return tunnel;
}

/** What comes back through it for a word. */
async function echoed(socket: Duplex): Promise<string> {
  socket.write('hello');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString();
}

/** How it failed. */
async function failure(opening: Promise<Duplex>): Promise<unknown> {
  const socket = await opening.catch((error: unknown) => error);
  if (!(socket instanceof Error)) throw new Error('it did not fail');
  return socket;
}

const kinds: [string, (options?: { isMute?: boolean }) => Promise<SmallProxy>][] = [
  ['http', startHttpProxy],
  ['socks5h', startSocksProxy],
  ['socks5', startSocksProxy],
];

describe.each(kinds)('a tunnel through a proxy of %s', (scheme, start) => {
  it('leads to the far end that was asked for, and each has a connection of its own', async () => {
    const port = await startEcho();
    const proxy = await start();
    const tunnel = tunnelTo(`${scheme}://127.0.0.1:${proxy.port}`);
    const far = { host: '127.0.0.1', port };
    const sockets = await Promise.all([tunnel.open(far), tunnel.open(far)]);
    expect(proxy.open()).toBe(2);
    expect(await Promise.all(sockets.map(echoed))).toEqual(['hello', 'hello']);
    expect(proxy.asked).toEqual(Array(2).fill(`127.0.0.1:${port}`));
    await proxy.closed();
  });

  it('fails on the side of the proxy if that is not there', async () => {
    const tunnel = tunnelTo(`${scheme}://127.0.0.1:${await deadPort()}`);
    expect(await failure(tunnel.open({ host: '127.0.0.1', port: 9 }))).toMatchObject({
      code: 'EGRESS_FAILED',
      at: 'egress',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('fails on the side of the upstream if nobody is there', async () => {
    const proxy = await start();
    const port = await deadPort();
    const tunnel = tunnelTo(`${scheme}://127.0.0.1:${proxy.port}`);
    expect(await failure(tunnel.open({ host: '127.0.0.1', port }))).toMatchObject({
      code: 'EGRESS_FAILED',
      at: 'upstream',
    });
  });

  it('fails on the side of the proxy, and in time, if that never answers, and leaves no connection', async () => {
    const proxy = await start({ isMute: true });
    const tunnel = tunnelTo(`${scheme}://127.0.0.1:${proxy.port}`, 50);
    const error = await failure(tunnel.open({ host: '127.0.0.1', port: 9 }));
    expect(error).toMatchObject({ code: 'EGRESS_FAILED', at: 'egress' });
    expect((error as Error).cause).toMatchObject({ name: 'TimeoutError' });
    await tunnel.close();
    if (scheme === 'http') await proxy.closed();
  });
});

describe('an HTTP proxy', () => {
  it('is told the user and password of its address', async () => {
    const proxy = await startHttpProxy();
    const tunnel = tunnelTo(`http://us%40er:p%3Aw@127.0.0.1:${proxy.port}`);
    (await tunnel.open({ host: '127.0.0.1', port: await startEcho() })).destroy();
    expect(proxy.told).toEqual(['us@er:p:w']);
  });

  it('is told nothing if its address has none', async () => {
    const proxy = await startHttpProxy();
    (
      await tunnelTo(`http://127.0.0.1:${proxy.port}`).open({ host: '127.0.0.1', port: await startEcho() })
    ).destroy();
    expect(proxy.told).toEqual([]);
  });

  it.each([
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
    ['api.example', 'api.example'],
  ])('is asked for %s as %s', async (host, authority) => {
    const proxy = await startHttpProxy({ status: 403 });
    await failure(tunnelTo(`http://127.0.0.1:${proxy.port}`).open({ host, port: 443 }));
    expect(proxy.asked).toEqual([`${authority}:443`]);
  });

  it.each([
    [403, 'egress', 'status 403'],
    [407, 'egress', 'status 407: wrong user or password'],
    [500, 'upstream', 'status 500'],
    [502, 'upstream', 'status 502'],
    [503, 'upstream', 'status 503'],
    [504, 'upstream', 'status 504'],
    [501, 'egress', 'status 501'],
  ])('that answers with %i fails on the side of the %s', async (status, at, words) => {
    const proxy = await startHttpProxy({ status });
    const error = await failure(tunnelTo(`http://127.0.0.1:${proxy.port}`).open({ host: 'x', port: 1 }));
    expect(error).toMatchObject({ at, message: `the proxy answered with ${words}` });
  });

  it('that speaks before the far end can is not trusted', async () => {
    const proxy = await startHttpProxy({ words: 'HTTP/1.1 200 OK\r\n\r\n' });
    const far = { host: '127.0.0.1', port: await startEcho() };
    expect(await failure(tunnelTo(`http://127.0.0.1:${proxy.port}`).open(far))).toMatchObject({
      at: 'egress',
      message: expect.stringContaining('something of its own') as string,
    });
  });

  it('whose password is wrong never shows it', async () => {
    const proxy = await startHttpProxy({ status: 407 });
    const tunnel = tunnelTo(`http://user:hidden-word@127.0.0.1:${proxy.port}`);
    expect(String(await failure(tunnel.open({ host: 'x', port: 1 })))).not.toContain('hidden-word');
  });
});

describe('a SOCKS5 proxy', () => {
  const far = async () => ({ host: 'localhost', port: await startEcho() });

  it.each([
    ['socks5h', 'localhost'],
    ['socks5', '127.0.0.1'],
  ])('under %s is asked for a name as %s', async (scheme, host) => {
    const proxy = await startSocksProxy();
    const end = await far();
    (await tunnelTo(`${scheme}://127.0.0.1:${proxy.port}`).open(end)).destroy();
    const [asked] = proxy.asked;
    // This machine may look its own name up as an address of IPv6.
    if (host === '127.0.0.1') expect(asked).not.toContain('localhost');
    else expect(asked).toBe(`${host}:${end.port}`);
  });

  it.each([
    ['the right one', 'user:word', undefined],
    ['a wrong one', 'user:other', 'egress'],
  ])('is told the user and password of its address: %s', async (_which, wants, at) => {
    const proxy = await startSocksProxy({ wants });
    const opening = tunnelTo(`socks5h://user:word@127.0.0.1:${proxy.port}`).open(await far());
    if (at === undefined) (await opening).destroy();
    else expect(await failure(opening)).toMatchObject({ code: 'EGRESS_FAILED', at });
    expect(proxy.told).toEqual(['user:word']);
  });

  it.each([
    [1, 'upstream'],
    [2, 'egress'],
    [3, 'upstream'],
    [4, 'upstream'],
    [5, 'upstream'],
    [6, 'upstream'],
    [7, 'egress'],
  ])('whose reply is %i fails on the side of the %s', async (reply, at) => {
    const proxy = await startSocksProxy({ reply });
    const opening = tunnelTo(`socks5h://127.0.0.1:${proxy.port}`).open(await far());
    expect(await failure(opening)).toMatchObject({ code: 'EGRESS_FAILED', at });
  });

  it('that connects too late does so for nobody: the connection is closed', async () => {
    let answer = (): void => undefined;
    const proxy = await startSocksProxy({ until: new Promise((resolve) => (answer = resolve)) });
    await failure(tunnelTo(`socks5h://127.0.0.1:${proxy.port}`, 50).open(await far()));
    expect(proxy.open()).toBe(1);
    answer();
    await proxy.closed();
  });

  it('is not blamed for a name that nobody knows', async () => {
    const proxy = await startSocksProxy();
    const opening = tunnelTo(`socks5://127.0.0.1:${proxy.port}`).open({ host: 'nowhere.invalid', port: 1 });
    expect(await failure(opening)).toMatchObject({ at: 'upstream' });
    expect(proxy.asked).toEqual([]);
  });
});
