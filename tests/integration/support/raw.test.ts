import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../../support/raw-client';
import { rawReply, startRawUpstream, type RawUpstream } from '../../support/raw-upstream';

const request = 'POST /v1/x HTTP/1.1\r\nHost: u\r\nContent-Length: 4\r\n\r\nbody';

let upstream: RawUpstream;

beforeEach(async () => {
  upstream = await startRawUpstream();
});

afterEach(() => upstream.stop());

it('answers a whole request with exactly the given bytes and closes', async () => {
  upstream.script(rawReply.thenClose('HTTP/1.0 200 OK\r\n\r\n', Buffer.from([0, 255])));
  const answer = await sendRaw(upstream.port, request);
  expect(answer.toString('latin1')).toBe('HTTP/1.0 200 OK\r\n\r\n\u0000\u00ff');
  expect(upstream.connections[0]?.received().toString()).toBe(request);
});

it('does not answer before the request is whole', async () => {
  upstream.script(rawReply.thenClose('garbage'));
  const client = await connectRaw(upstream.baseUrl);
  await client.send(request.slice(0, -1));
  expect(client.text()).toBe('');
  await client.send(request.slice(-1));
  await client.closed;
  expect(client.text()).toBe('garbage');
});

it('gives each connection its script and repeats the last', async () => {
  upstream.script(rawReply.thenClose('one'), rawReply.thenClose('two'));
  const answers = [];
  for (let round = 0; round < 3; round += 1) answers.push(String(await sendRaw(upstream.port, request)));
  expect(answers).toEqual(['one', 'two', 'two']);
});

it('holds a connection open in silence, and sees the client go', async () => {
  upstream.script(rawReply.thenHold('HTTP/1.1 200 OK\r\n'));
  const client = await connectRaw(upstream.port);
  await client.send(request);
  await client.waitFor((text) => text.endsWith('OK\r\n'));
  client.halfClose();
  await upstream.connections[0]?.peerEnded;
  expect(client.socket.destroyed).toBe(false);
  client.destroy();
});

it('resets after what was written has been read', async () => {
  let release: () => void = () => undefined;
  upstream.script(rawReply.thenReset(['HTTP/1.1 '], new Promise<void>((resolve) => (release = resolve))));
  const client = await connectRaw(upstream.port);
  await client.send(request);
  await client.waitFor((text) => text === 'HTTP/1.1 ');
  release();
  await client.closed;
  expect(client.error?.code).toBe('ECONNRESET');
});

it('says what it received when the expected bytes do not come', async () => {
  upstream.script(rawReply.thenClose('nope'));
  const closing = await connectRaw(upstream.port);
  const waiting = closing.waitFor((text) => text === 'yes');
  await closing.send(request);
  await expect(waiting).rejects.toThrow('"nope"');

  upstream.script(rawReply.silence());
  await expect(sendRaw(upstream.port, request, { timeoutMs: 1 })).rejects.toThrow('did not close in 1 ms');
});
