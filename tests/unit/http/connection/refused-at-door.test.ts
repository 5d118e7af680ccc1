import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { answerClientError, answerConnect } from '../../../../lib/http/connection/broken-request';
import { Metrics } from '../../../../lib/metrics/metrics';

const errorWith = (code: string) => Object.assign(new Error(code), { code });

it.each([
  ['HPE_INVALID_CONSTANT', 400],
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['ECONNRESET', undefined],
])('tells with which status it has answered %s: %s', (code, status) => {
  const socket = new PassThrough();
  expect(answerClientError(errorWith(code), socket)).toBe(status);
  socket.destroy();
});

it('tells that CONNECT was refused', () => {
  const socket = new PassThrough();
  expect(answerConnect({ url: 'example.com:443' } as IncomingMessage, socket)).toBe(405);
  socket.destroy();
});

it('what is refused at the door is counted by its status', async () => {
  const metrics = new Metrics();
  for (const status of [417, 431, 431]) metrics.refusedAtDoor(status);
  const text = await metrics.render();
  expect(text).toContain('openai_balance_refused_at_door_total{status="417"} 1');
  expect(text).toContain('openai_balance_refused_at_door_total{status="431"} 2');
});
