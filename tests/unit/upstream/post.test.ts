import { afterEach, beforeEach, expect, it } from 'vitest';
import { post } from '../../../lib/upstream/post';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';

let receiver: ScriptedUpstream;

beforeEach(async () => {
  receiver = await startScriptedUpstream();
});
afterEach(() => receiver.stop());

const send = (timeoutMs = 10_000, signal = new AbortController().signal) =>
  post(
    {
      url: receiver.baseUrl.replace('/v1', '/hook?a=1'),
      headers: { 'content-type': 'text/plain', 'x-one': 'two' },
      body: 'Grüße',
    },
    { timeoutMs, signal },
  );

it('sends the message as it is, and gives the answer', async () => {
  receiver.fallbackReply = reply.bytes(429, Buffer.from('slower'), { 'retry-after': '7' });
  expect(await send()).toEqual({ ok: true, status: 429, retryAfter: '7', text: 'slower' });
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', url: '/hook?a=1' });
  expect(request?.body.toString()).toBe('Grüße');
  expect(request?.headers).toMatchObject({ 'x-one': 'two', 'user-agent': 'openai-balance' });
});

it('does not follow a redirect', async () => {
  receiver.fallbackReply = reply.bytes(307, Buffer.alloc(0), { location: '/elsewhere' });
  expect(await send()).toMatchObject({ ok: true, status: 307 });
  expect(receiver.requests).toHaveLength(1);
});

it('reads no more of an answer than its beginning', async () => {
  receiver.fallbackReply = reply.bytes(200, Buffer.alloc(1_000_000, 'x'));
  const answer = await send();
  expect(answer.ok && answer.text).toHaveLength(4_096);
});

it('gives up on a receiver that does not answer, or is not wanted any more', async () => {
  receiver.fallbackReply = () => undefined;
  expect(await send(50)).toEqual({ ok: false, why: 'no answer in time' });
  const leaving = new AbortController();
  const sending = send(10_000, leaving.signal);
  await receiver.waitForRequest();
  leaving.abort();
  expect(await sending).toEqual({ ok: false, why: 'cancelled' });
});

it('says why nobody is there, without the path', async () => {
  await receiver.refuse();
  const answer = await send();
  expect(answer).toMatchObject({ ok: false, why: expect.stringContaining('ECONNREFUSED') as string });
  expect(JSON.stringify(answer)).not.toContain('hook');
});
