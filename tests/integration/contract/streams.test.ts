import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw } from '../../support/raw-client';
import {
  chatChunk,
  chatCompletion,
  chatStream,
  reply,
  startScriptedUpstream,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ask, open, readAll } from './ask';
import type { IncomingAnswer } from './face';
import { CLIENT_TOKEN, inBothModes, inEveryFace, served, type Program } from './faces';
import { withinMs } from './within';

const PATH = '/v1/chat/completions';
const KEYS = ['sk-a', 'sk-b', 'sk-c'];
const streamed = { body: { model: 'gpt-test', messages: [], stream: true } };

/** The data of each event. */
function eventsOf(text: string): string[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? '');
}

function textOf(text: string): string {
  const chunks = eventsOf(text).filter((data) => data.includes('"choices"'));
  return chunks
    .map((data) => (JSON.parse(data) as { choices: { delta: { content?: string } }[] }).choices[0])
    .map((choice) => choice?.delta.content ?? '')
    .join('');
}

/** Reads on until the predicate holds of all that has come. */
async function readUntil(incoming: IncomingAnswer, holds: (text: string) => boolean): Promise<string> {
  let text = '';
  incoming.setEncoding('utf8');
  incoming.on('data', (part: string) => (text += part));
  await waitFor(() => holds(text), { what: () => `the expected events; so far: ${text}` });
  return text;
}

inEveryFace('event streams', (start, face) => {
  /** What has to wait until a real time is over is left to the servers. */
  const waits = face !== 'in process';

  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: KEYS, STREAM_IDLE_TIMEOUT: '0.5' });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  /** The streams of these tests fail on purpose; a success between keeps the provider's breaker closed. */
  async function expectStillServing(): Promise<void> {
    upstream.reset();
    const answer = await ask(server, PATH, streamed);
    expect(textOf(answer.text)).toBe('Hello there');
    expect(answer.isWhole).toBe(true);
  }

  describe('while they run', () => {
    it.each([
      ['LF', '\n'],
      ['CRLF', '\r\n'],
      ['CR', '\r'],
    ])(
      'reach the client event by event, each before the upstream has said the next: %s',
      async (_what, end) => {
        const control = reply.sseControlled();
        upstream.fallbackReply = control.reply;
        const answering = open(server, PATH, streamed);
        await control.opened;
        const say = (word: string) => control.write(chatChunk(word).replaceAll('\n', end));
        say('one');
        const incoming = await answering;
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
        for (const word of ['one', 'two', 'three']) {
          if (word !== 'one') say(word);
          await waitFor(() => text.includes(word), { what: `event ${word}`, intervalMs: 5 });
        }
        control.write('data: [DONE]\n\n'.replaceAll('\n', end));
        control.end();
        await once(incoming, 'end');
        expect(textOf(text.replaceAll(end, '\n'))).toBe('onetwothree');
        expect(incoming.complete).toBe(true);
      },
    );

    it('do not mix with others that run at the same time', async () => {
      const controls = Array.from({ length: 10 }, () => reply.sseControlled());
      let next = 0;
      const order = new Map<string, number>();
      upstream.fallbackReply = (request, response) => {
        order.set(String(request.headers['x-stream']), next);
        return controls[next++]!.reply(request, response);
      };
      const answers = controls.map((_control, index) =>
        ask(server, PATH, { ...streamed, headers: { 'x-stream': String(index) } }),
      );
      await Promise.all(controls.map((control) => control.opened));
      for (let round = 0; round < 5; round++) {
        controls.forEach((control, index) => control.write(chatChunk(`<${index}.${round}>`)));
      }
      for (const control of controls) {
        control.write('data: [DONE]\n\n');
        control.end();
      }
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const own = order.get(String(index));
        expect(textOf(answer.text)).toBe([0, 1, 2, 3, 4].map((round) => `<${own}.${round}>`).join(''));
      }
    });

    it.skipIf(face === 'in process')('leave their connection usable for the next request', async () => {
      const client = await connectRaw(served(server).url);
      const body = JSON.stringify(streamed.body);
      const request =
        `POST ${PATH} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${CLIENT_TOKEN}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      for (const streams of [1, 2]) {
        await client.send(request);
        await client.waitFor((text) => text.split('\r\n0\r\n\r\n').length === streams + 1);
      }
      expect(textOf(client.text())).toBe('Hello thereHello there');
      client.destroy();
    });
  });

  describe('when the upstream fails after their beginning', () => {
    const first = chatChunk('Once upon ');
    const second = chatChunk('a time ');
    const breaks: [string, Reply, string][] = [
      ['ended cleanly, but without a finish', reply.sse([first, second]), 'stream_cut'],
      ['cut between events', reply.cutAfter([first, second]), 'stream_cut'],
      ['cut within an event', reply.cutAfter([first, second, 'data: {"choices":[{"del']), 'stream_cut'],
      [
        'cut within a large event',
        reply.cutAfter([first, second, `data: {"a":"${'x'.repeat(100_000)}`]),
        'stream_cut',
      ],
    ];
    const silences: [string, Reply, string][] = [
      ['silent between events', reply.sseStallAfter([first, second]), 'stream_stalled'],
      ['silent within an event', reply.sseStallAfter([first, second, 'data: {"cho']), 'stream_stalled'],
    ];

    it.each([...breaks, ...(waits ? silences : [])])(
      '%s: what came is passed on once, then one error event, no [DONE], no clean end',
      async (_how, script, code) => {
        upstream.fallbackReply = script;
        const answer = await ask(server, PATH, streamed);
        expect(answer.status).toBe(200);
        expect(answer.isWhole).toBe(false);
        expect(answer.text).not.toContain('[DONE]');
        const events = answer.text.split('\n\n');
        expect(events.slice(0, 2)).toEqual([first.trimEnd(), second.trimEnd()]);
        expect(events.at(-1)).toBe('');
        const last = events.at(-2) ?? '';
        expect(JSON.parse(last.slice('data: '.length))).toEqual({
          error: { message: expect.any(String) as string, type: 'server_error', param: null, code },
        });
        expect(answer.text.match(/Once upon /g)).toHaveLength(1);
        expect(upstream.requests).toHaveLength(1);
        await expectStillServing();
      },
    );

    it('an answer that is no stream breaks off too, without a word of ours in it', async () => {
      // So long that it is not held to its end.
      const sent = `{"choices":["${'x'.repeat(200_000)}`;
      upstream.fallbackReply = reply.wrongLength(sent, 300_000);
      const answer = await ask(server, PATH, { body: { model: 'gpt-test' } });
      expect(sent.startsWith(answer.text)).toBe(true);
      expect(answer.isWhole).toBe(false);
      expect(upstream.requests).toHaveLength(1);
      await expectStillServing();
    });

    it.runIf(waits)('comments keep a stream alive that has nothing else to say', async () => {
      const control = reply.sseControlled();
      upstream.fallbackReply = control.reply;
      const answering = open(server, PATH, streamed);
      await control.opened;
      control.write(first);
      const incoming = await answering;
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
      // Longer than STREAM_IDLE_TIMEOUT altogether, never as long at a time.
      for (const startedAt = performance.now(); performance.now() - startedAt < 800;) {
        const received = text.length;
        control.write(': still thinking\n\n');
        await waitFor(() => text.length > received, { what: 'the comment' });
      }
      control.write(second);
      control.write('data: [DONE]\n\n');
      control.end();
      await once(incoming, 'end');
      expect(textOf(text)).toBe('Once upon a time ');
      expect(incoming.complete).toBe(true);
    });
  });

  describe('when a key fails before their beginning', () => {
    const whole = reply.sse(chatStream(['Hello', ' there']));
    it.each<[string, Reply]>([
      ['an error as first event', reply.sse(['data: {"error":{"message":"overloaded","code":500}}\n\n'])],
      ['an empty stream', reply.emptySse()],
      ['only comments, then the end', reply.sse([': ping\n\n', ': ping\n\n'])],
      [
        'a cut before the first event is whole',
        reply.cutAfter([': ping\n\n', 'data: {"choices":[{"delta":{"content":"Hel']),
      ],
    ])('%s costs the client nothing: another key answers, and no text comes twice', async (_what, script) => {
      let count = 0;
      upstream.fallbackReply = (request, response) => (count++ === 0 ? script : whole)(request, response);
      const answer = await ask(server, PATH, streamed);
      expect(answer.text).toBe(chatStream(['Hello', ' there']).join(''));
      expect(answer.isWhole).toBe(true);
      expect(upstream.requests).toHaveLength(2);
      expect(upstream.requests[1]!.key).not.toBe(upstream.requests[0]!.key);
    });
  });
});

inEveryFace('a client that waits for its stream', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const env = { BASE_URL: upstream.baseUrl, API_KEYS: KEYS, MAX_RETRIES: 1, STREAM_KEEPALIVE_SECONDS: 0.2 };
    server = await start(env);
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  const COMMENT = ': keep-alive\n\n';
  const whole = chatStream(['Hello', ' there']);

  /** Answers only once the client has heard that it has to wait, and what it got in the end. */
  async function late(...replies: Reply[]) {
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    let count = 0;
    upstream.fallbackReply = async (request, response) => {
      await gone;
      return replies[Math.min(count++, replies.length - 1)]?.(request, response);
    };
    const incoming = await open(server, PATH, streamed);
    go();
    const { text, isWhole, ...answer } = await readAll(incoming);
    expect(text.startsWith(COMMENT)).toBe(true);
    return { ...answer, isWhole, text: text.replaceAll(COMMENT, '') };
  }

  it('has its head and a sign of life before the answer, and then the answer', async () => {
    const answer = await late(reply.sse(whole));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(answer.headers['x-request-id']).toMatch(/^req_/);
    expect(answer.text).toBe(whole.join(''));
    expect(answer.isWhole).toBe(true);
  });

  it('notices nothing of an attempt that fails meanwhile', async () => {
    const answer = await late(reply.error(500), reply.sse(whole));
    expect(answer.text).toBe(whole.join(''));
    expect(upstream.requests).toHaveLength(2);
  });

  it('gets an answer in JSON as an event', async () => {
    const answer = await late(reply.json(200, chatCompletion()));
    expect(eventsOf(answer.text)).toEqual([JSON.stringify(chatCompletion()), '[DONE]']);
    expect(answer.isWhole).toBe(true);
  });

  it("gets the upstream's error as the last event if all fail", async () => {
    const answer = await late(reply.error(500, { message: 'oops' }));
    expect(eventsOf(answer.text)).toEqual([
      JSON.stringify({ error: { message: 'oops', type: 'server_error', param: null, code: null } }),
    ]);
    expect(answer.isWhole).toBe(false);
    expect(await server.readLog(answer)).toMatchObject({
      status: 500,
      outcome: 'upstream_error',
    });
  });

  it('gets our own error as the last event if there was no answer at all', async () => {
    const answer = await late(reply.closeBeforeHeaders());
    expect(answer.text).toMatch(/^data: \{"error":.*"code":"upstream_connection_lost"\}\}\n\n$/);
    expect(answer.isWhole).toBe(false);
  });
});

// A server of its own: a short STREAM_IDLE_TIMEOUT would end the upstream's part all by itself.
inEveryFace('a client that leaves', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: KEYS });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it('is gone for the upstream too, at once, after the first event', async () => {
    const control = reply.sseControlled();
    upstream.fallbackReply = control.reply;
    const answering = open(server, PATH, streamed);
    await control.opened;
    control.write(chatChunk('one'));
    const incoming = await answering;
    await readUntil(incoming, (text) => text.includes('one'));
    incoming.destroy();
    const [request] = upstream.requests;
    await withinMs(request!.closed, 2_000, 'the end of the upstream request');
    expect(request!.wasAborted()).toBe(true);
    expect(upstream.requests).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['before the head of an answer', reply.stall()],
    ['before the first event', reply.stallAfterHeaders()],
    ['within an answer that is no stream', stallingJson],
  ])('is gone for the upstream too, at once, %s', async (_when, script) => {
    upstream.fallbackReply = script;
    const controller = new AbortController();
    const asking = open(server, PATH, { ...streamed, signal: controller.signal }).then(countBytes);
    const request = await upstream.waitForRequest();
    controller.abort();
    await expect(asking).rejects.toThrow();
    await withinMs(request.closed, 2_000, 'the end of the upstream request');
    expect(request.wasAborted()).toBe(true);
    expect(upstream.requests).toHaveLength(1);
  });
});

const stallingJson: Reply = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  response.write('{"choices":');
};

const MB = 2 ** 20;
const STREAMS = 20;
const STREAM_BYTES = 20 * MB;
const BLOCK = Buffer.from(`data: ${'x'.repeat(4_088)}\n\n`.repeat(16));

// Of the memory of a process of its own.
inBothModes('slow readers', (start) => {
  it('hold up the upstream instead of filling memory, and get everything in the end', async () => {
    const upstream = await startScriptedUpstream();
    const server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: KEYS });
    let takenBytes = 0;
    upstream.fallbackReply = (_request, response) =>
      sendStream(response, STREAM_BYTES, (bytes) => (takenBytes += bytes));

    // Warm-up, so that what is compared is not the size of a program that has just started.
    await Promise.all(Array.from({ length: 4 }, async () => countBytes(await open(server, PATH, streamed))));
    const before = residentBytes(server.pid);
    takenBytes = 0;

    const readers = await Promise.all(Array.from({ length: STREAMS }, () => open(server, PATH, streamed)));
    await untilStill(() => takenBytes);
    // The sockets on the way hold some megabytes of each stream.
    expect(takenBytes).toBeLessThan(STREAMS * STREAM_BYTES * 0.9);
    expect(residentBytes(server.pid) - before).toBeLessThan(60 * MB);

    const received = await Promise.all(readers.map(countBytes));
    expect(received).toEqual(Array.from({ length: STREAMS }, () => STREAM_BYTES));
    expect(readers.every((reader) => reader.complete)).toBe(true);
    await upstream.stop();
  });
});

/** Writes as fast as the peer takes it. */
async function sendStream(
  response: ServerResponse,
  bytes: number,
  onTaken: (bytes: number) => void,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let left = bytes; left > 0; left -= BLOCK.length) {
    const block = BLOCK.subarray(0, left);
    await new Promise((resolve) => response.write(block, resolve));
    onTaken(block.length);
  }
  response.end();
}

/** Resolves when the value has been the same for a while: then whatever moves it is stuck. */
async function untilStill(value: () => number): Promise<void> {
  let last = -1;
  let rounds = 0;
  await waitFor(
    () => {
      rounds = value() === last ? rounds + 1 : 0;
      last = value();
      return rounds === 20;
    },
    { timeoutMs: 30_000, what: 'the upstream to be held up' },
  );
}

async function countBytes(incoming: IncomingAnswer): Promise<number> {
  let bytes = 0;
  for await (const chunk of incoming) bytes += (chunk as Buffer).length;
  return bytes;
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
