import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handleNode } from '../../../lib/gateway/node';
import { connectRaw, type RawClient } from '../../support/raw-client';
import { gone, HandledRequests, shareOf } from './handled';

const MB = 2 ** 20;
const HEAD = 'POST /v1/files HTTP/1.1\r\nHost: x\r\n';

let handled: HandledRequests;
let server: Server;
let port: number;
let clients: RawClient[];
let latest: IncomingMessage;

beforeEach(async () => {
  handled = new HandledRequests();
  clients = [];
  server = createServer((req, res) => {
    latest = req;
    if (!handleNode(handled.gateway, req, res)) res.writeHead(404).end("not the gateway's");
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  server.close();
});

/** A request as it is sent, and how it arrives. */
async function sent(text: string | Buffer) {
  const client = await connectRaw(port);
  clients.push(client);
  const arriving = handled.next();
  await client.send(text);
  return { client, ...(await arriving) };
}

it("takes only what is the gateway's, and touches nothing else", async () => {
  const client = await connectRaw(port);
  clients.push(client);
  await client.send('GET /keys HTTP/1.1\r\nHost: x\r\n\r\n');
  expect((await client.waitFor((text) => text.includes('gateway'))).toString()).toMatch(/^HTTP\/1\.1 404 /);
  expect(handled.all).toEqual([]);
});

it('hands a request over as it came', async () => {
  const { request, route } = await sent(
    'GET /groq/v1/files?a=%2f HTTP/1.1\r\nHost: x\r\nX-Two: a\r\nx-two: b\r\nSet-Cookie: c\r\n\r\n',
  );
  expect(route).toMatchObject({ provider: 'groq', path: '/files', query: '?a=%2f' });
  expect(request).toMatchObject({
    method: 'GET',
    url: '/groq/v1/files?a=%2f',
    remoteAddress: '127.0.0.1',
    rawHeaders: ['Host', 'x', 'X-Two', 'a', 'x-two', 'b', 'Set-Cookie', 'c'],
  });
  expect(request.header('x-two')).toBe('a, b');
  expect(request.header('set-cookie')).toBe('c');
  expect(request.header('absent')).toBeUndefined();
});

describe('a body', () => {
  it('is read whole, and its share is what came of it', async () => {
    const { request } = await sent(`${HEAD}Content-Length: 5\r\n\r\nhello`);
    const share = shareOf();
    expect(await request.readBody(MB, share.share)).toEqual({ ok: true, body: Buffer.from('hello') });
    expect(share.completed).toBe(5);
  });

  it('that declares too much is refused before a byte of it is read', async () => {
    const { request } = await sent(`${HEAD}Content-Length: ${2 * MB}\r\n\r\n`);
    const share = shareOf();
    expect(await request.readBody(MB, share.share)).toEqual({ ok: false, reason: 'too_large' });
    expect(share.grown).toEqual([]);
  });

  it('that becomes too much is refused as soon as it is', async () => {
    const { request } = await sent(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    expect(await request.readBody(4, shareOf().share)).toEqual({ ok: false, reason: 'too_large' });
  });

  it('that is large gets its memory first, and is not read if there is none', async () => {
    const { request } = await sent(`${HEAD}Content-Length: ${MB}\r\n\r\nx`);
    const share = shareOf(() => Promise.resolve(false));
    expect(await request.readBody(MB, share.share)).toEqual({ ok: false, reason: 'no_memory' });
    expect(share.grown).toEqual([MB]);
    expect(share.isWatched).toBe(false);
  });

  it('that grows asks for more, and waits for it', async () => {
    const { client, request } = await sent(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    let grant = (_isGranted: boolean): void => undefined;
    const share = shareOf(() => new Promise((resolve) => (grant = resolve)));
    const asked = new Promise<void>((resolve) => {
      const grow = share.share.grow.bind(share.share);
      share.share.grow = (...args) => {
        resolve();
        return grow(...args);
      };
    });
    const reading = request.readBody(MB, share.share);
    await client.send('5\r\nhello\r\n0\r\n\r\n');
    await asked;
    await nextTurn();
    expect(latest.isPaused()).toBe(true);
    grant(true);
    expect(await reading).toEqual({ ok: true, body: Buffer.from('hello') });
    expect(share.grown[0]).toBeGreaterThanOrEqual(5);
  });

  it('that may not grow is refused', async () => {
    const { client, request } = await sent(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const reading = request.readBody(MB, shareOf(() => Promise.resolve(false)).share);
    await client.send('5\r\nhello\r\n');
    expect(await reading).toEqual({ ok: false, reason: 'no_memory' });
  });

  it('that does not get on can be given up', async () => {
    const { request } = await sent(`${HEAD}Content-Length: ${MB}\r\n\r\nx`);
    const share = shareOf();
    const reading = request.readBody(MB, share.share);
    share.giveUp();
    expect(await reading).toEqual({ ok: false, reason: 'stalled' });
  });

  it('whose client leaves is told as that', async () => {
    const { client, request } = await sent(`${HEAD}Content-Length: 10\r\n\r\nhel`);
    const reading = request.readBody(MB, shareOf().share);
    client.destroy();
    expect(await reading).toEqual({ ok: false, reason: 'client_closed' });
  });

  it('whose client had left before is told as that too', async () => {
    const { client, request } = await sent(`${HEAD}Content-Length: 10\r\n\r\nhel`);
    client.destroy();
    await gone(request);
    expect(await request.readBody(MB, shareOf().share)).toEqual({ ok: false, reason: 'client_closed' });
  });
});

describe('an answer', () => {
  const GET = 'GET /v1/files HTTP/1.1\r\nHost: x\r\n\r\n';

  it('goes out with its head, in pieces, to its end, and leaves the connection open', async () => {
    const { client, response } = await sent(GET);
    response.start(201, ['x-two', 'a', 'x-two', 'b', 'content-length', '4']);
    response.write(Buffer.from('on'));
    response.end(Buffer.from('e!'));
    const text = (await client.waitFor((all) => all.endsWith('one!'))).toString();
    expect(text).toMatch(/^HTTP\/1\.1 201 .*\r\nx-two: a\r\nx-two: b\r\n/);
    const again = handled.next();
    await client.send(GET);
    (await again).response.end();
  });

  it('has one head, whoever asks for another', async () => {
    const { client, response } = await sent(GET);
    response.start(200, ['content-length', '0']);
    response.start(500, []);
    response.end();
    await client.waitFor((text) => text.endsWith('\r\n\r\n'));
    expect(client.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('says that the connection closes behind it, if it is to', async () => {
    const { client, response } = await sent(GET);
    response.closeAfter();
    response.start(200, ['content-length', '2']);
    response.end(Buffer.from('ok'));
    await client.closed;
    expect(client.text()).toMatch(/connection: close\r\n.*ok$/is);
  });

  it('waits for a client that does not read, and goes on when it does', async () => {
    const { client, response } = await sent(GET);
    client.pause();
    const drained = new Promise<void>((resolve) => response.onDrain(resolve));
    response.start(200, ['content-type', 'text/plain']);
    const block = Buffer.alloc(MB, 'x');
    while (response.write(block));
    client.resume();
    await drained;
    response.end();
  });

  it.each([[Buffer.from('last words')], [undefined]])(
    'that breaks off sends %s, and nothing that would make it look whole',
    async (lastWords) => {
      const { client, response } = await sent(GET);
      response.start(200, ['content-type', 'text/plain']);
      response.write(Buffer.from('begun'));
      response.breakOff(lastWords);
      await client.closed;
      expect(client.text()).toContain('begun');
      expect(client.text().includes('last words')).toBe(lastWords !== undefined);
      expect(client.text()).not.toMatch(/\r\n0\r\n\r\n$/);
    },
  );

  it('to a large body that nobody read closes the connection, once its client has it', async () => {
    const { client, response } = await sent(`${HEAD}Content-Length: ${10 * MB}\r\n\r\n`);
    response.start(413, ['content-length', '2']);
    response.end(Buffer.from('no'));
    await client.closed;
    expect(client.text()).toMatch(/connection: close\r\n.*\r\n\r\nno$/is);
    expect(client.error).toBeUndefined();
  });
});

describe('a client', () => {
  it('that leaves before the end of its answer is noticed', async () => {
    const { client, request, response } = await sent('GET /v1/files HTTP/1.1\r\nHost: x\r\n\r\n');
    response.start(200, ['content-length', '10']);
    response.write(Buffer.from('x'));
    client.destroy();
    await gone(request);
  });

  it('that has its whole answer has not left', async () => {
    const arriving = handled.next();
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/v1/files', agent: false }).end();
    const { request, response } = await arriving;
    response.start(200, ['content-length', '2']);
    response.end(Buffer.from('ok'));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    incoming.resume();
    await once(incoming, 'close');
    expect(request.signal.aborted).toBe(false);
  });
});
