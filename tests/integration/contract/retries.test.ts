import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  chatChunk,
  chatCompletion,
  chatStream,
  hangUp,
  reply,
  type Reply,
} from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { open, readAll } from './ask';
import { inEveryFace } from './faces';
import { expectRefusal } from './refusal';
import { Stage } from './stage';
import type { StagedProvider } from './staged-provider';

const garbage: Reply = (_request, response) => {
  response.socket?.write('220 mail.example ESMTP\r\n\r\n');
  hangUp(response);
};
const wholeStream = chatStream(['Hello', ' there']);
const errorEvent = (error: object): string => `data: ${JSON.stringify({ error })}\n\n`;

function expectDistinct(keys: readonly number[]): void {
  expect(new Set(keys).size).toBe(keys.length);
}

inEveryFace('a retry', (start) => {
  const stage = new Stage(start);

  const failures: Record<string, Reply> = {
    'a reset connection': reply.resetBeforeHeaders(),
    'a closed connection': reply.closeBeforeHeaders(),
    'an answer that is not HTTP': garbage,
    'headers that do not come in time': reply.stall(),
  };
  for (const [what, failure] of Object.entries(failures)) {
    stage.it(
      `after ${what} another key answers`,
      { keys: 3, timeout: 1, waits: what.includes('in time') },
      async (provider) => {
        provider.replies(failure, reply.healthy);
        const answer = await provider.chat();
        expect(answer.status).toBe(200);
        expect(answer.json()).toEqual(chatCompletion());
        expect(provider.requests()).toHaveLength(2);
        expectDistinct(provider.asked());
      },
    );
  }

  const openings: Record<string, Reply> = {
    'an error event': reply.sse([errorEvent({ message: 'overloaded', type: 'server_error' })]),
    'an error event that names no status': reply.sse(['event: error\ndata: oops\n\n']),
    'an error event after comments': reply.sse([
      ': keep-alive\n\n',
      ': keep-alive\n\n',
      errorEvent({ code: 503 }),
    ]),
    'an error event after the role': reply.sse([
      chatChunk('', { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
      errorEvent({ code: 503 }),
    ]),
    'an error event after response.created': reply.sse([
      'event: response.created\ndata: {"type":"response.created","response":{"error":null}}\n\n',
      'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error"}}}\n\n',
    ]),
    'an error without the framing of an event': reply.sse([
      '[{\n  "error": {\n    "code": 503,\n    "message": "overloaded"\n  }\n}\n]\n',
    ]),
    'a stream that only says who speaks': reply.sse([
      chatChunk('', { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
      'data: [DONE]\n\n',
    ]),
    'an error event of the Responses API': reply.sse([
      'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error"}}}\n\n',
    ]),
    'an empty stream': reply.emptySse(),
    'a stream of comments only': reply.sse([': nothing\n\n', ': here\n\n']),
    'a stream that only says [DONE]': reply.sse(['data: [DONE]\n\n']),
    'a stream that breaks before its first event': reply.cutAfter([': wait for it\n\n']),
    'a stream without an event in time': reply.sseStallAfter([': wait for it\n\n']),
  };
  for (const [what, opening] of Object.entries(openings)) {
    stage.it(
      `after ${what} another key streams`,
      { keys: 3, timeout: 1, waits: what.includes('in time') },
      async (provider) => {
        provider.replies(opening, reply.sse(wholeStream));
        const answer = await provider.stream();
        expect(answer.status).toBe(200);
        expect(answer.text).toBe(wholeStream.join(''));
        expect(answer.isWhole).toBe(true);
        expect(provider.requests()).toHaveLength(2);
        expectDistinct(provider.asked());
      },
    );
  }

  const noAnswers: Record<string, Reply> = {
    'a page of HTML': reply.bytes(200, Buffer.from('<!doctype html><html></html>'), {
      'content-type': 'text/html',
    }),
    'an empty body': reply.bytes(200, Buffer.alloc(0), { 'content-type': 'application/json' }),
    'an error with status 200': reply.json(200, { error: { code: 503, message: 'overloaded' } }),
    'an answer without a choice': reply.json(200, { id: 'c', choices: [] }),
  };
  for (const [what, noAnswer] of Object.entries(noAnswers)) {
    stage.it(`after ${what} another key answers`, { keys: 3 }, async (provider) => {
      provider.replies(noAnswer, reply.healthy);
      const answer = await provider.chat();
      expect(answer.json()).toEqual(chatCompletion());
      expect(provider.requests()).toHaveLength(2);
      expectDistinct(provider.asked());
    });
  }

  stage.it(
    'a provider that has nothing but pages of HTML is told by an error of ours',
    { keys: 2, max_retries: 1 },
    async (provider) => {
      provider.replies(reply.bytes(200, Buffer.from('<html></html>'), { 'content-type': 'text/html' }));
      expectRefusal(await provider.chat(), 502, 'upstream_invalid_answer');
      expect(provider.requests()).toHaveLength(2);
    },
  );

  stage.it(
    'a stream without a word in first_token_timeout is given to another key',
    { keys: 2, first_token_timeout: 0.3, waits: true },
    async (provider) => {
      const role = chatChunk('', { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] });
      provider.replies(reply.sseStallAfter([role]), reply.sse(wholeStream));
      const answer = await provider.stream();
      expect(answer.text).toBe(wholeStream.join(''));
      const { trace } = await provider.log(answer);
      expect(trace.attempts.map(({ verdict }) => verdict)).toEqual(['timed_out', 'success']);
    },
  );

  const beginsLate =
    (beforeMs: number): Reply =>
    async (request, response) => {
      await sleep(beforeMs);
      await reply.sse(wholeStream)(request, response);
    };
  const lateKeys = { 'the only key': 1, 'the last of two keys': 2 };
  for (const [which, keys] of Object.entries(lateKeys)) {
    stage.it(
      `a stream without a word in first_token_timeout is waited for at ${which}`,
      { keys, first_token_timeout: 0.2, waits: true },
      async (provider) => {
        provider.replies(beginsLate(500));
        const answer = await provider.stream();
        expect(answer.text).toBe(wholeStream.join(''));
        expect(provider.requests()).toHaveLength(keys);
        expectDistinct(provider.asked());
      },
    );
  }

  stage.it(
    'a stream that has come to the role in first_token_timeout is waited for where nobody else can be asked',
    { keys: 1, first_token_timeout: 0.2, waits: true },
    async (provider) => {
      const role = chatChunk('', { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] });
      provider.replies(async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(role);
        await sleep(500);
        response.end(wholeStream.join(''));
      });
      expect((await provider.stream()).text).toBe(role + wholeStream.join(''));
      expect(provider.requests()).toHaveLength(1);
    },
  );

  stage.it('comments before the first event reach the client', { keys: 2 }, async (provider) => {
    const events = [': OPENROUTER PROCESSING\n\n', ...wholeStream];
    provider.replies(reply.sse(events));
    expect((await provider.stream()).text).toBe(events.join(''));
    expect(provider.requests()).toHaveLength(1);
  });

  stage.it(
    'a first event that blames the client is passed on and not tried again',
    { keys: 2 },
    async (provider) => {
      const event = errorEvent({
        message: 'too long',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      });
      provider.replies(reply.sse([event]));
      const answer = await provider.stream();
      expect(answer.text).toBe(event);
      expect(provider.requests()).toHaveLength(1);
    },
  );

  stage.it('sends the very same request again, but for the key', { keys: 3 }, async (provider) => {
    provider.replies(reply.error(500), reply.resetBeforeHeaders(), reply.healthy);
    const body =
      '{ "model" : "gpt-test",  "messages":[{"role":"user","content":"é\\u00e9 \u{1F600}"}], "x_new": 1e400 }';
    const answer = await provider.ask('/chat/completions?a=1&b=2', { body, headers: { 'x-mine': 'kept' } });
    expect(answer.status).toBe(200);
    const sent = provider.requests().map(({ method, url, headers, body: bytes }) => ({
      method,
      url,
      mine: headers['x-mine'],
      length: headers['content-length'],
      body: bytes.toString(),
    }));
    const [first] = sent;
    expect(first).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions?a=1&b=2',
      mine: 'kept',
      body,
    });
    expect(sent).toEqual([first, first, first]);
    expectDistinct(provider.asked());
  });

  stage.it(
    'waits a little longer each time after a server error',
    { keys: 4, waits: true },
    async (provider) => {
      provider.replies(reply.error(503));
      await provider.chat();
      const [a = 0, b = 0, c = 0, d = 0] = provider.requests().map(({ at }) => at);
      // 100, 200 and 400 ms, of which up to a half is taken off; timers may be a little early.
      expect(b - a).toBeGreaterThanOrEqual(45);
      expect(c - b).toBeGreaterThanOrEqual(95);
      expect(d - c).toBeGreaterThanOrEqual(195);
    },
  );

  stage.it(
    'makes at most 1 + max_retries attempts, each with another key',
    { keys: 8, max_retries: 4, waits: true },
    async (provider) => {
      provider.replies(reply.error(500));
      await provider.chat();
      expect(provider.requests()).toHaveLength(5);
      expectDistinct(provider.asked());
    },
  );

  stage.it('makes 4 attempts unless told otherwise', { keys: 8 }, async (provider) => {
    provider.replies(reply.error(500));
    await provider.chat();
    expect(provider.requests()).toHaveLength(4);
  });

  stage.it('is not made with max_retries 0', { keys: 3, max_retries: 0 }, async (provider) => {
    provider.replies(reply.error(500, { message: 'first' }), reply.healthy);
    const answer = await provider.chat();
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ error: { message: 'first' } });
    expect(provider.requests()).toHaveLength(1);
  });

  for (const selection_policy of [
    'round_robin',
    'least_in_flight',
    'weighted',
    'sticky',
    'headroom',
  ] as const) {
    stage.it(
      `under ${selection_policy} takes no key twice while others are left`,
      { keys: [1000, 1, 1, 1], selection_policy },
      async (provider) => {
        provider.replies(reply.resetBeforeHeaders());
        await provider.chat({ user: 'u' });
        expect(provider.asked().sort()).toEqual([0, 1, 2, 3]);
      },
    );
  }

  stage.it('uses a key twice only when every other has been tried', { keys: 2 }, async (provider) => {
    provider.replies(reply.error(500), reply.error(500), reply.healthy);
    expect((await provider.chat()).status).toBe(200);
    expect(provider.requests()).toHaveLength(3);
    expectDistinct(provider.asked().slice(0, 2));
  });

  stage.it('is made with the only key too', { keys: 1 }, async (provider) => {
    provider.replies(reply.error(500), reply.healthy);
    expect((await provider.chat()).status).toBe(200);
    expect(provider.asked()).toEqual([0, 0]);
  });

  for (const status of [408, 500, 502, 503, 529]) {
    stage.it(
      `out of attempts, the last ${status} goes to the client with its own headers and body`,
      { keys: 2, max_retries: 1 },
      async (provider) => {
        const body = Buffer.from(`<html>the second ${status}</html>`);
        const last = reply.bytes(status, body, { 'content-type': 'text/html', 'x-of-upstream': 'second' });
        provider.replies(reply.error(status, { message: 'the first' }), last);
        const answer = await provider.chat();
        expect(answer.status).toBe(status);
        expect(answer.headers).toMatchObject({ 'content-type': 'text/html', 'x-of-upstream': 'second' });
        expect(answer.body).toEqual(body);
        expect(provider.requests()).toHaveLength(2);
      },
    );
  }

  for (const [status, code] of [
    [401, 'invalid_api_key'],
    [429, 'rate_limit_exceeded'],
  ] as const) {
    stage.it(
      `out of keys, the last ${status} goes to the client as it came`,
      { keys: 2 },
      async (provider) => {
        provider.replies(
          reply.error(status, { message: 'first' }),
          reply.error(status, { message: 'second', code }),
        );
        const answer = await provider.chat();
        expect(answer.status).toBe(status);
        expect(answer.json()).toEqual({
          error: { message: 'second', type: 'server_error', param: null, code },
        });
        expect(provider.requests()).toHaveLength(2);
      },
    );
  }

  for (const [what, failure, status, code] of [
    ['lost connections', reply.resetBeforeHeaders(), 502, 'upstream_connection_lost'],
    ['garbage', garbage, 502, 'upstream_connection_lost'],
    ['silence', reply.stall(), 504, 'upstream_timeout'],
    ['empty streams', reply.emptySse(), 502, 'upstream_empty_stream'],
  ] as const) {
    stage.it(
      `with nothing but ${what}, the client gets ${status} ${code}`,
      { keys: 2, max_retries: 1, timeout: 0.25, waits: what === 'silence' },
      async (provider) => {
        provider.replies(failure);
        expectRefusal(await provider.chat(), status, code);
        expect(provider.requests()).toHaveLength(2);
      },
    );
  }

  stage.it(
    'is made after a refused connection, and if all are refused the client gets 502',
    { keys: 5, isDown: true },
    async (provider) => {
      const refused = await provider.chat();
      expectRefusal(refused, 502, 'upstream_unreachable');
      const { trace } = await provider.log(refused);
      expect(trace.attempts.map(({ verdict }) => verdict)).toEqual(Array(4).fill('upstream_unreachable'));
      expect(new Set(trace.attempts.map(({ keyId }) => keyId)).size).toBe(4);

      await provider.upstream.accept();
      expect((await provider.chat()).status).toBe(200);
    },
  );

  stage.it(
    'a failed TLS handshake is a connection that was never made',
    { keys: 2, scheme: 'https' },
    async (provider) => {
      expectRefusal(await provider.chat(), 502, 'upstream_unreachable');
      expectRefusal(await provider.ask('/files', { body: {} }), 502, 'upstream_unreachable');
      expect(provider.requests()).toHaveLength(0);
    },
  );
});

inEveryFace('an answer that has begun', (start) => {
  const stage = new Stage(start, { STREAM_IDLE_TIMEOUT: 1 });

  async function expectBrokenStream(provider: StagedProvider, sent: string, code: string): Promise<void> {
    const answer = await provider.stream();
    expect(answer.status).toBe(200);
    expect(answer.text.startsWith(sent)).toBe(true);
    const lastWords = /^data: (\{"error":.*\})\n\n$/.exec(answer.text.slice(sent.length))?.[1];
    expect(JSON.parse(lastWords ?? '{}')).toEqual({
      error: { message: expect.any(String) as string, type: 'server_error', param: null, code },
    });
    expect(answer.isWhole).toBe(false);
    expect(provider.requests()).toHaveLength(1);
  }

  stage.it('and is cut is not tried again: an error event ends it', { keys: 3 }, async (provider) => {
    const sent = [chatChunk('Hello'), chatChunk(' th')];
    provider.replies(reply.cutAfter(sent), reply.healthy);
    await expectBrokenStream(provider, sent.join(''), 'stream_cut');
  });

  stage.it('and is cut within an event shows nothing of that event', { keys: 3 }, async (provider) => {
    const sent = [chatChunk('Hello')];
    provider.replies(reply.cutAfter([...sent, chatChunk(' there').slice(0, 30)]), reply.healthy);
    await expectBrokenStream(provider, sent.join(''), 'stream_cut');
  });

  stage.it(
    'and goes silent is not tried again: an error event ends it',
    { keys: 3, waits: true },
    async (provider) => {
      const sent = [chatChunk('Hello'), chatChunk(' th')];
      provider.replies(reply.sseStallAfter(sent), reply.healthy);
      await expectBrokenStream(provider, sent.join(''), 'stream_stalled');
      await Promise.all(provider.requests().map((request) => request.closed));
    },
  );

  stage.it('with an error event in its middle is passed on as it is', { keys: 3 }, async (provider) => {
    const events = [chatChunk('Hello'), errorEvent({ message: 'overloaded', code: 503 })];
    provider.replies(reply.sse(events), reply.healthy);
    const answer = await provider.stream();
    expect(answer.text).toBe(events.join(''));
    expect(provider.requests()).toHaveLength(1);
    expect(await provider.log(answer)).toMatchObject({ status: 200, outcome: 'cut' });
  });

  stage.it('with bare JSON of an error at its end is broken', { keys: 3 }, async (provider) => {
    const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } };
    provider.replies(reply.sse([chatChunk('Hello'), JSON.stringify(error, null, 2)]), reply.healthy);
    const answer = await provider.stream();
    expect(answer.text).toBe(`${chatChunk('Hello')}data: ${JSON.stringify(error)}\n\n`);
    expect(answer.isWhole).toBe(false);
    expect(await provider.log(answer)).toMatchObject({ status: 200, outcome: 'cut' });
  });

  stage.it('and breaks off while it is held is asked of another key', { keys: 3 }, async (provider) => {
    const body = JSON.stringify(chatCompletion());
    provider.replies(reply.wrongLength(body, body.length + 10), reply.healthy);
    const answer = await provider.chat();
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(chatCompletion());
    expect(provider.requests()).toHaveLength(2);
  });

  stage.it('and is shorter than it promised never looks whole', { keys: 3 }, async (provider) => {
    // So long that it is not held to its end.
    const body = JSON.stringify(chatCompletion('x'.repeat(200_000)));
    provider.replies(reply.wrongLength(body, body.length + 10), reply.healthy);
    const answer = await provider.chat();
    expect(answer.status).toBe(200);
    expect(answer.isWhole).toBe(false);
    expect(body.startsWith(answer.text)).toBe(true);
    expect(provider.requests()).toHaveLength(1);
  });

  stage.it('harms no key when it breaks', { keys: 2, max_failures: 1 }, async (provider) => {
    provider.replies(reply.cutAfter([chatChunk('x')]), reply.cutAfter([chatChunk('x')]), reply.healthy);
    await provider.stream();
    await provider.stream();
    await provider.chatTimes(2);
    expect(provider.asked().slice(0, 2).sort()).toEqual([0, 1]);
    expect(provider.asked().slice(2).sort()).toEqual([0, 1]);
  });

  stage.it('reaches the client while the upstream is still at it', { keys: 1 }, async (provider) => {
    const control = reply.sseControlled();
    provider.replies(control.reply);
    const opening = open(stage.server, `/${provider.slug}/v1/chat/completions`, {
      body: provider.chatBody({ stream: true }),
    });
    await control.opened;
    control.write(chatChunk('Hello'));
    const incoming = await opening;
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await waitFor(() => text === chatChunk('Hello'), { what: 'the first event' });
    control.write('data: [DONE]\n\n');
    control.end();
    expect((await readAll(incoming)).isWhole).toBe(true);
  });
});

inEveryFace('a request that creates something lasting', (start) => {
  const stage = new Stage(start);
  const body = { purpose: 'batch' };

  for (const path of [
    '/files',
    '/batches',
    '/fine_tuning/jobs',
    '/assistants',
    '/threads/t_1/runs',
    '/unheard/of',
  ]) {
    stage.it(`POST ${path} is not repeated after a 500`, { keys: 2 }, async (provider) => {
      provider.replies(reply.error(500, { message: 'perhaps' }), reply.healthy);
      const answer = await provider.ask(path, { body });
      expect(answer.status).toBe(500);
      expect(answer.json()).toMatchObject({ error: { message: 'perhaps' } });
      expect(provider.requests()).toHaveLength(1);
    });
  }

  for (const [what, failure, status] of [
    ['a lost connection', reply.resetBeforeHeaders(), 502],
    ['silence', reply.stall(), 504],
    ['a 402', reply.error(402), 402],
    ['a 408', reply.error(408), 408],
    ['a 503', reply.error(503), 503],
  ] as const) {
    stage.it(
      `is not repeated after ${what}`,
      { keys: 2, timeout: 1, waits: what === 'silence' },
      async (provider) => {
        provider.replies(failure, reply.healthy);
        expect((await provider.ask('/batches', { body })).status).toBe(status);
        expect(provider.requests()).toHaveLength(1);
      },
    );
  }

  for (const [what, failure] of [
    ['401', reply.error(401)],
    ['403', reply.error(403)],
    ['429', reply.rateLimited()],
    ['429 insufficient_quota', reply.error(429, { code: 'insufficient_quota' })],
  ] as const) {
    stage.it(
      `is repeated after ${what}, which proves that nothing was done`,
      { keys: 2 },
      async (provider) => {
        provider.replies(failure, reply.healthy);
        expect((await provider.ask('/files', { body })).status).toBe(200);
        expect(provider.requests()).toHaveLength(2);
      },
    );
  }

  stage.it('is repeated after a refused connection', { keys: 2, isDown: true }, async (provider) => {
    const answer = await provider.ask('/batches', { body });
    expectRefusal(answer, 502, 'upstream_unreachable');
    expect((await provider.log(answer)).attemptCount).toBe(4);
  });

  for (const [what, failure] of [
    ['a 500', reply.error(500)],
    ['a lost connection', reply.resetBeforeHeaders()],
    ['silence', reply.stall()],
  ] as const) {
    stage.it(
      `is repeated after ${what} if it only reads`,
      { keys: 2, timeout: 1, waits: what === 'silence' },
      async (provider) => {
        provider.replies(failure, reply.healthy);
        expect((await provider.ask('/files/file-1')).status).toBe(200);
        expect(provider.requests()).toHaveLength(2);
      },
    );
  }

  for (const path of [
    '/embeddings',
    '/responses',
    '/images/generations',
    '/audio/speech',
    '/moderations',
    '/rerank',
  ]) {
    stage.it(`POST ${path} creates nothing and is repeated after a 500`, { keys: 2 }, async (provider) => {
      provider.replies(reply.error(500), reply.healthy);
      expect((await provider.ask(path, { body: { model: 'm', input: 'x' } })).status).toBe(200);
      expect(provider.requests()).toHaveLength(2);
    });
  }
});
