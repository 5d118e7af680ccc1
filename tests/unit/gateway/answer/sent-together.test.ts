import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { endSoon, holdTogether } from '../../../../lib/gateway/answer/sent-together';

const server = createServer();
afterEach(() => {
  server.removeAllListeners('request');
  server.close();
});

/** So many requests on connections of their own, all of which have arrived. */
async function arrived(count: number) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const responses: ServerResponse[] = [];
  const answers: Promise<string>[] = [];
  while (responses.length < count) {
    const request = get({ port, host: '127.0.0.1', agent: false });
    answers.push(once(request, 'response').then(([answer]) => text(answer as IncomingMessage)));
    const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    responses.push(response);
  }
  return { responses, answers };
}

test('answers that are ready in one turn go out together behind it', async () => {
  const { responses, answers } = await arrived(3);
  responses.forEach((response, index) => endSoon(response, Buffer.from(`answer ${index}`)));
  const ended = () => responses.map(({ writableEnded }) => writableEnded);
  expect(ended()).toEqual([false, false, false]);
  await nextTurn();
  expect(ended()).toEqual([true, true, true]);
  expect(await Promise.all(answers)).toEqual(['answer 0', 'answer 1', 'answer 2']);
});

test('the sixteenth does not wait, nor do those before it', async () => {
  const { responses, answers } = await arrived(17);
  responses.forEach((response, index) => endSoon(response, Buffer.from(String(index))));
  const ended = responses.map(({ writableEnded }) => writableEnded);
  expect(ended).toEqual([...Array.from({ length: 16 }, () => true), false]);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 17 }, (_, index) => String(index)));
});

test('pieces of streams go out together as well, in order and without their end', async () => {
  const { responses, answers } = await arrived(2);
  const held = () => responses.map(({ writableLength }) => writableLength > 0);
  for (const response of responses) {
    for (const piece of ['one ', 'two ']) {
      holdTogether(response.socket);
      response.write(piece);
    }
  }
  expect(held()).toEqual([true, true]);
  await nextTurn();
  expect(held()).toEqual([false, false]);
  for (const response of responses) {
    holdTogether(response.socket);
    response.write('three ');
    response.end('end');
  }
  expect(await Promise.all(answers)).toEqual(['one two three end', 'one two three end']);
});

test('a client that has left keeps no other answer back', async () => {
  const { responses, answers } = await arrived(2);
  responses.forEach((response) => endSoon(response, Buffer.from('here')));
  responses[0]?.destroy();
  const [gone, other] = await Promise.allSettled(answers);
  expect(gone?.status).toBe('rejected');
  expect(other).toEqual({ status: 'fulfilled', value: 'here' });
});
