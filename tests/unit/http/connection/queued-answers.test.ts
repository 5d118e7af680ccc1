import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { followQueued } from '../../../../lib/http/connection/queued-answers';

const server = createServer();
let client: Socket | undefined;
afterEach(() => {
  client?.destroy();
  server.removeAllListeners('request');
  server.closeAllConnections();
  server.close();
});

/** So many requests that a client sends behind one another in one go. */
async function sent(count: number): Promise<ServerResponse[]> {
  const responses: ServerResponse[] = [];
  const all = new Promise<void>((resolve) => {
    server.on('request', (req, res) => {
      followQueued(req, res);
      if (responses.push(res) === count) resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count));
  await all;
  return responses;
}

test('answers that wait for their turn hear once that their client has left, on one listener', async () => {
  const responses = await sent(30);
  let closed = 0;
  for (const response of responses) response.on('close', () => (closed += 1));
  const socket = responses[0]?.socket;
  expect(socket?.listenerCount('close')).toBeLessThan(10);
  const last = once(responses.at(-1) as ServerResponse, 'close');
  client?.destroy();
  await last;
  expect(closed).toBe(30);
  expect(responses.every(({ destroyed }) => destroyed)).toBe(true);
});

test('one that has had its turn hears of it from Node alone', async () => {
  const [first, second] = (await sent(2)) as [ServerResponse, ServerResponse];
  const turn = once(second, 'socket');
  first.end('one');
  await turn;
  let closed = 0;
  const close = once(second, 'close');
  second.on('close', () => (closed += 1));
  client?.destroy();
  await close;
  expect(closed).toBe(1);
});
