import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judge } from '../../../../lib/balancer/attempts/verdict';
import type { UpstreamRequest } from '../../../../lib/upstream/target';
import { Stand } from '../dialled';

let stand: Stand;
let server: Server | undefined;
beforeEach(() => (stand = new Stand()));
afterEach(async () => {
  await stand.close();
  server?.close();
});

/** An upstream that resets each connection at its first byte, or says something before. */
async function resetting(words?: string): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (words === undefined) return socket.resetAndDestroy();
      return socket.write(words, () => socket.resetAndDestroy());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const JSON_TYPE = ['content-type', 'application/json'];

describe('a reset before any byte of the answer', () => {
  it.each<[string, Partial<UpstreamRequest>]>([
    ['a body of 3 MB', { body: Buffer.alloc(3 * 2 ** 20, 32) }],
    ['a body of over 64 KB', { body: Buffer.alloc(2 ** 16 + 1, 32) }],
    [
      'two headers of 9 KB',
      { rawHeaders: [...JSON_TYPE, 'x-a', 'a'.repeat(9_000), 'x-b', 'b'.repeat(9_000)] },
    ],
    ['a path of 9 KB', { path: `/chat/completions?${'a'.repeat(9_000)}` }],
    ['a hundred headers', { rawHeaders: Array.from({ length: 200 }, (_, i) => `x-${i}`) }],
  ])('of a request with %s is held against nobody', async (_what, request) => {
    const { outcome } = await stand.dial(await resetting(), { request });
    expect(outcome.kind).toBe('lost_in_sending');
    expect(judge(outcome)).toMatchObject({
      blame: 'nobody',
      key: 'none',
      breaker: 'none',
      next: 'other_key',
    });
  });

  it('of an ordinary request is a failure of the upstream', async () => {
    const { outcome } = await stand.dial(await resetting());
    expect(judge(outcome)).toMatchObject({ name: 'connection_lost', breaker: 'failure' });
  });
});

it.each([413, 431])("an answer %i is the request's own, however its connection ends", async (status) => {
  const port = await resetting(`HTTP/1.1 ${status} No\r\ncontent-length: 100\r\n\r\n{"error":`);
  const { outcome } = await stand.dial(port);
  expect(judge(outcome)).toMatchObject({ key: 'none', breaker: 'none' });
});
