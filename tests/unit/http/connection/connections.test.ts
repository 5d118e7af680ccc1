import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Connections } from '../../../../lib/process/connections';

const PLACES = 10;
let now: number;
let server: Server;
let port: number;
let taken: number;
let wasFull: number;
let others: Socket[];
let answer: (res: ServerResponse) => void;

beforeEach(async () => {
  [now, taken, wasFull, others] = [0, 0, 0, []];
  answer = (res) => void res.end('ok');
  server = createServer((_req, res) => answer(res));
  const limits = { requestsMax: PLACES - 2, connectionsMax: PLACES };
  const connections = new Connections(
    limits,
    () => (wasFull += 1),
    () => now,
  );
  connections.follow(server);
  server.on('connection', () => (taken += 1));
  server.on('drop', () => (taken += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of others) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Opens one, says this much, and waits until the server has taken it, or not. */
async function open(words = ''): Promise<Socket> {
  const before = taken;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  others.push(socket);
  await once(socket, 'connect');
  if (words !== '') socket.write(words);
  socket.resume();
  while (taken === before) await new Promise((resolve) => setImmediate(resolve));
  return socket;
}

function get(): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, agent: false }, (res: IncomingMessage) => {
      res.resume().on('end', () => resolve(res.statusCode));
    });
    asked.on('error', reject).end();
  });
}

it('many times more silent connections than places keep no request from being answered', async () => {
  for (let i = 0; i < 5 * PLACES; i += 1) {
    await open();
    now += 200;
  }
  for (let i = 0; i < 5; i += 1) {
    now += 200;
    expect(await get()).toBe(200);
  }
  expect(wasFull).toBe(0);
});

it('those that open all at once make room for the next one as soon as they had their moment', async () => {
  for (let i = 0; i < 2 * PLACES; i += 1) await open();
  expect(wasFull).toBe(PLACES);
  now += 101;
  await open();
  expect(await get()).toBe(200);
});

it.each([
  ['in the middle of a head', 'GET / HTTP/1.1\r\nhost:'],
  [
    'in the middle of a body that has been answered already',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n',
  ],
  ['after their request', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
])('connections that stop %s make room too', async (_where, words) => {
  for (let i = 0; i < 3 * PLACES; i += 1) {
    await open(words);
    now += 1_001;
  }
  expect(await get()).toBe(200);
  expect(wasFull).toBe(0);
});

it('no connection is closed while its request is being answered, and none that has just come', async () => {
  const waiting: ServerResponse[] = [];
  answer = (res) => void waiting.push(res);
  const slow = Array.from({ length: 5 }, () => get());
  while (waiting.length < 5) await new Promise((resolve) => setImmediate(resolve));
  now += 60_000;
  for (let i = 0; i < 3 * PLACES; i += 1) {
    await open();
    now += 1_001;
  }
  const fresh = await open();
  expect(fresh.destroyed).toBe(false);
  for (const res of waiting) res.end('ok');
  expect(await Promise.all(slow)).toEqual(Array(5).fill(200));
});
