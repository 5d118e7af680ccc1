import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { handleAdminNode } from '../../../../lib/http/admin/node';
import { connectRaw } from '../../../support/raw-client';

/** A server whose whole answer is what `handle` makes of a request. */
async function served(handle: (request: Request, pathname?: string) => Promise<Response>): Promise<string> {
  const server = createServer((req, res) => handleAdminNode({ handle }, req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('hands over what was asked, and sends what was answered', async () => {
  const url = await served(async (request, pathname) =>
    Response.json(
      { pathname, method: request.method, body: await request.text(), mine: request.headers.get('x-mine') },
      { status: 201, headers: { 'x-yours': 'b' } },
    ),
  );
  const answer = await fetch(`${url}/api/admin/keys?a=b`, {
    method: 'POST',
    headers: { 'x-mine': 'a' },
    body: 'hello',
  });
  expect([answer.status, answer.headers.get('x-yours')]).toEqual([201, 'b']);
  expect(await answer.json()).toEqual({
    pathname: '/api/admin/keys',
    method: 'POST',
    body: 'hello',
    mine: 'a',
  });
});

it('what fails on the way out is broken off, and never looks whole', async () => {
  const url = await served(() => {
    let pieces = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pieces += 1;
        if (pieces > 1) controller.error(new Error('the database has gone'));
        else controller.enqueue(Buffer.from('first'));
      },
    });
    return Promise.resolve(new Response(body));
  });
  const whole = fetch(`${url}/api/admin/keys/export`).then((answer) => answer.text());
  await expect(whole).rejects.toThrow();
});

it('ends what is being made for a client that has gone', async () => {
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const url = await served((request) => {
    request.signal.addEventListener('abort', () => end('aborted'));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('event')),
      cancel: () => end('cancelled'),
    });
    return Promise.resolve(new Response(body));
  });
  const client = await connectRaw(url);
  await client.send('GET /api/admin/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.waitFor((text) => text.includes('event'));
  client.destroy();
  expect(['aborted', 'cancelled']).toContain(await ended);
});
