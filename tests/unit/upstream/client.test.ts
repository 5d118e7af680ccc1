import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Stop } from '../../../lib/balancer/stop';
import { UpstreamClient } from '../../../lib/upstream/client';
import type { UpstreamRequest, UpstreamTarget } from '../../../lib/upstream/target';
import { chatChunk, reply, startScriptedUpstream, type Reply } from '../../support/scripted-upstream';

/** undici looks at silence only about once a second. It has this to be tested with: time passes for it alone. */
const undiciTimers = createRequire(import.meta.url)('undici/lib/util/timers.js') as {
  tick(ms?: number): void;
};

const KEY = { secret: 'sk-client-0123456789abcdef', hint: 'sk-...cdef' };
/** Far longer than any test, and so short that it is over at once. */
const [LONG_MS, SHORT_MS] = [50_000, 40];
const STREAM: UpstreamRequest = {
  method: 'POST',
  path: '/chat/completions',
  rawHeaders: ['content-type', 'application/json'],
  body: Buffer.from('{"model":"gpt-test","stream":true}'),
  isStream: true,
  expects: 'answer',
};

function targetAt(baseUrl: string, times: Partial<UpstreamTarget>): UpstreamTarget {
  return {
    provider: 'p',
    baseUrl,
    customHeaders: {},
    timeoutMs: LONG_MS,
    idleTimeoutMs: LONG_MS,
    ...times,
  };
}

function newClient(): UpstreamClient {
  const client = new UpstreamClient();
  onTestFinished(() => client.close());
  return client;
}

/** The upstream stays silent for so long that its time is up, as undici sees it. */
async function silenceUntil<T>(result: Promise<T>): Promise<T> {
  let isOver = false;
  const over = result.finally(() => (isOver = true));
  while (!isOver) {
    undiciTimers.tick(LONG_MS);
    await nextTurn();
  }
  return over;
}

async function dial(answer: Reply, times: Partial<UpstreamTarget>, signal = new Stop()) {
  const upstream = await startScriptedUpstream();
  onTestFinished(() => upstream.stop());
  upstream.fallbackReply = answer;
  const dialling = newClient().dial(targetAt(upstream.baseUrl, times), KEY, STREAM, signal);
  return { upstream, dialling };
}

it('no connection in time is told as that, and not as an answer that was late', async () => {
  const mute = createServer((socket) => onTestFinished(() => void socket.destroy()));
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  onTestFinished(() => void mute.close());
  // It takes connections, and never shakes hands.
  const { port } = mute.address() as AddressInfo;
  const target = targetAt(`https://127.0.0.1:${port}/v1`, { timeoutMs: SHORT_MS });
  const { outcome } = await newClient().dial(target, KEY, STREAM, new Stop());
  expect(outcome).toEqual({ kind: 'dial_failed', at: 'upstream', message: 'no connection in time' });
});

it.each<[string, Reply, Partial<UpstreamTarget>, string]>([
  ['no head', reply.stall(), { timeoutMs: SHORT_MS }, 'headers'],
  ['a head and no event', reply.stallAfterHeaders(), { timeoutMs: SHORT_MS }, 'first_event'],
  ['no content', reply.stallAfterHeaders(), { firstTokenTimeoutMs: SHORT_MS }, 'first_token'],
  ['no head before the content is due', reply.stall(), { firstTokenTimeoutMs: SHORT_MS }, 'first_token'],
])('what ran out is told: %s', async (_what, answer, times, phase) => {
  const { dialling } = await dial(answer, times);
  expect((await dialling).outcome).toEqual({ kind: 'timeout', phase });
});

describe('silence within an answer', () => {
  it('before its first event is a time-out of that', async () => {
    const { dialling, upstream } = await dial(reply.stallAfterHeaders(), { idleTimeoutMs: LONG_MS });
    // From here on it is no longer the connection that undici waits for.
    await upstream.waitForRequest();
    expect((await silenceUntil(dialling)).outcome).toEqual({ kind: 'timeout', phase: 'first_event' });
  });

  it('behind the first content is no failed attempt: the answer breaks off as stalled', async () => {
    const { dialling } = await dial(reply.sseStallAfter([chatChunk('Hello')]), { idleTimeoutMs: LONG_MS });
    const { answer } = await dialling;
    const end = new Promise<unknown>((resolve) => {
      answer!.attach({ data: () => true, end: () => resolve('whole'), fail: ({ kind }) => resolve(kind) });
    });
    expect(await silenceUntil(end)).toBe('stalled');
  });

  it('is nothing as long as it is shorter than its time', async () => {
    const stream = reply.sseControlled();
    const { dialling } = await dial(stream.reply, { idleTimeoutMs: LONG_MS });
    await stream.opened;
    stream.write(chatChunk('Hello'));
    const { answer } = await dialling;
    const end = new Promise<unknown>((resolve) => {
      answer!.attach({ data: () => true, end: () => resolve('whole'), fail: ({ kind }) => resolve(kind) });
    });
    // At its first look it notes since when there is silence.
    undiciTimers.tick();
    undiciTimers.tick(LONG_MS / 2);
    stream.write('data: [DONE]\n\n');
    stream.end();
    expect(await end).toBe('whole');
  });
});

it('a request that nobody waits for any more ends at once, and its connection with it', async () => {
  const signal = new Stop();
  const { dialling, upstream } = await dial(reply.stall(), {}, signal);
  const request = await upstream.waitForRequest();
  signal.abort();
  expect((await dialling).outcome).toEqual({ kind: 'client_closed' });
  await request.closed;
  expect(request.wasAborted()).toBe(true);
});

it('an address that refuses connections is a dial that failed', async () => {
  const upstream = await startScriptedUpstream();
  await upstream.stop();
  const { outcome } = await newClient().dial(targetAt(upstream.baseUrl, {}), KEY, STREAM, new Stop());
  expect(outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
});
