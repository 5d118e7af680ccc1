import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { egressConnector } from '../../../../lib/upstream/egress/egress-connector';
import { deadPort, startEcho, startHttpProxy, startSocksProxy } from '../small-proxies';

type Options = Parameters<ReturnType<typeof egressConnector>['connect']>[0];

function connectorTo(address: string) {
  const connector = egressConnector(address, 5_000);
  onTestFinished(() => connector.close());
  return (options: Partial<Options>) =>
    new Promise<Socket>((resolve, reject) => {
      connector.connect({ protocol: 'http:', hostname: '127.0.0.1', port: '', ...options }, (...result) => {
        const [error, socket] = result;
        if (error === null) resolve(socket);
        else reject(error);
      });
    });
}

it.each([
  ['http', startHttpProxy],
  ['socks5', startSocksProxy],
  ['socks5h', startSocksProxy],
])('a connection through a proxy of %s speaks with the upstream itself', async (scheme, start) => {
  const proxy = await start();
  const port = await startEcho();
  const socket = await connectorTo(`${scheme}://127.0.0.1:${proxy.port}`)({ port: String(port) });
  onTestFinished(() => void socket.destroy());
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('hello');
  expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
});

it.each([
  ['http:', '80'],
  ['https:', '443'],
])('without a port it is that of %s', async (protocol, port) => {
  const proxy = await startHttpProxy({ status: 502 });
  await expect(connectorTo(`http://127.0.0.1:${proxy.port}`)({ protocol })).rejects.toMatchObject({
    at: 'upstream',
  });
  expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
});

it('a proxy that is not there is told as its own failure', async () => {
  const connecting = connectorTo(`socks5://127.0.0.1:${await deadPort()}`)({ port: '1' });
  await expect(connecting).rejects.toMatchObject({ code: 'EGRESS_FAILED', at: 'egress' });
});

it('an upstream that speaks no TLS is no failure of the proxy', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const port = String((server.address() as AddressInfo).port);
  const proxy = await startHttpProxy();
  const connecting = connectorTo(`http://127.0.0.1:${proxy.port}`)({
    protocol: 'https:',
    port,
    servername: 'localhost',
  });
  await expect(connecting).rejects.toMatchObject({
    code: 'EGRESS_FAILED',
    at: 'upstream',
    message: expect.stringContaining('no TLS through the proxy') as string,
  });
});
