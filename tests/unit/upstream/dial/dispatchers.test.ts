import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Dispatchers, type EgressTarget } from '../../../../lib/upstream/dial/dispatchers';
import { startHttpProxy } from '../small-proxies';

let dispatchers: Dispatchers;

beforeEach(() => {
  dispatchers = new Dispatchers();
  onTestFinished(() => dispatchers.close());
});

/** A server that answers with the paths that it was asked for, and counts its connections. */
async function startServer() {
  let connections = 0;
  const open = new Set<Socket>();
  const server: Server = createServer({ keepAliveTimeout: 600_000 }, (request, response) =>
    response.end(request.url),
  );
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    allClosed: () => Promise.all([...open].map((socket) => once(socket, 'close'))),
  };
}

const targetOf = (provider: string, baseUrl: string) => ({
  provider,
  baseUrl,
  customHeaders: {},
  timeoutMs: 0,
  idleTimeoutMs: 0,
});

async function get(provider: string, baseUrl: string, egress?: EgressTarget): Promise<string> {
  const { dispatcher, pathPrefix } = dispatchers.for(targetOf(provider, baseUrl), egress);
  const { body } = await dispatcher.request({ method: 'GET', path: `${pathPrefix}/x` });
  const text = await body.text();
  // Only then its connection is free.
  await nextTurn();
  return text;
}

const poolOf = (provider: string, baseUrl: string, egress?: EgressTarget) =>
  dispatchers.for(targetOf(provider, baseUrl), egress).dispatcher;

describe('the connections of a provider', () => {
  it('are used again, and lead below the path of its address', async () => {
    const server = await startServer();
    expect(await get('p', `${server.origin}/api/v1`)).toBe('/api/v1/x');
    expect(await get('p', `${server.origin}/api/v1`)).toBe('/api/v1/x');
    expect(server.connections()).toBe(1);
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['/v1/', '/v1'],
    ['/v1//', '/v1'],
  ])('of an address that ends with %j have %j before the path', (end, prefix) => {
    expect(dispatchers.for(targetOf('p', `http://127.0.0.1:1${end}`), undefined).pathPrefix).toBe(prefix);
  });

  it('are its own, though another has the same address', async () => {
    const server = await startServer();
    await get('one', server.origin);
    await get('other', server.origin);
    expect(server.connections()).toBe(2);
  });

  it('close when its address changes', async () => {
    const [first, second] = [await startServer(), await startServer()];
    await get('p', first.origin);
    const closed = first.allClosed();
    expect(await get('p', `${second.origin}/new`)).toBe('/new/x');
    await closed;
  });

  it('close when it is gone, and those of the others stay', async () => {
    const server = await startServer();
    await get('kept', server.origin);
    const kept = poolOf('kept', server.origin);
    const other = await startServer();
    await get('gone', other.origin);
    const closed = other.allClosed();
    dispatchers.keepOnly(new Set(['kept']), new Set());
    await closed;
    expect(poolOf('kept', server.origin)).toBe(kept);
  });
});

describe('the ways of a provider', () => {
  it('through each proxy and without one are apart', async () => {
    const server = await startServer();
    const [one, two] = [await startHttpProxy(), await startHttpProxy()];
    const through = (egressId: string, port: number) => ({ egressId, url: `http://127.0.0.1:${port}` });
    await get('p', server.origin);
    await get('p', server.origin, through('one', one.port));
    await get('p', server.origin, through('one', one.port));
    await get('p', server.origin, through('two', two.port));
    expect([server.connections(), one.asked.length, two.asked.length]).toEqual([3, 1, 1]);
  });

  it('change with the address of the proxy, and end with it', async () => {
    const server = await startServer();
    const [old, moved] = [await startHttpProxy(), await startHttpProxy()];
    await get('p', server.origin, { egressId: 'e', url: `http://127.0.0.1:${old.port}` });
    expect(old.open()).toBe(1);
    const way = { egressId: 'e', url: `http://127.0.0.1:${moved.port}` };
    await get('p', server.origin, way);
    expect(moved.asked).toHaveLength(1);
    await old.closed();
    const pool = poolOf('p', server.origin, way);
    dispatchers.keepOnly(new Set(['p']), new Set(['e']));
    expect(poolOf('p', server.origin, way)).toBe(pool);
    dispatchers.keepOnly(new Set(['p']), new Set());
    await moved.closed();
    expect(poolOf('p', server.origin, way)).not.toBe(pool);
  });
});

it('closing ends what runs', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const asked = once(silent, 'request');
  const asking = get('p', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  await asked;
  const failed = expect(asking).rejects.toThrow();
  await dispatchers.close();
  await failed;
});
