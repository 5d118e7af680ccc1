import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ANSWER } from '../../../../lib/balancer/facts';
import { delta, events, HINT, JSON_TYPE, MASK, readAll, ROLE, SECRET, SSE, Stand } from '../dialled';

let stand: Stand;
beforeEach(() => (stand = new Stand()));
afterEach(async () => {
  vi.useRealTimers();
  await stand.close();
});

const NOW = Date.UTC(2026, 0, 1);
const ok = { kind: 'answer', status: 200, facts: ANSWER };
const ERROR = { error: { code: 429, message: 'slow down' } };
/** What ERROR says, whether it came with a status of its own or within a 200. */
const FACTS = { subject: 'rate', rule: 'status 429', code: '429', message: 'slow down' };
const READ = { kind: 'answer', status: 429, facts: FACTS };
const created = { type: 'response.created', response: { error: null } };

describe('an event stream', () => {
  const stream = (text: string) => stand.http((_request, response) => response.writeHead(200, SSE).end(text));

  it.each<[string, string]>([
    ['after a role', events(ROLE, ERROR)],
    [
      'after response.created',
      events(created, { type: 'response.in_progress' }, { type: 'response.failed', response: ERROR }),
    ],
    [
      'after a message of Anthropic has begun',
      events({ type: 'message_start', message: {} }, { type: 'error', ...ERROR }),
    ],
    ['after a filter result without choices', events({ choices: [], prompt_filter_results: [{}] }, ERROR)],
    ['as the first event', events(ERROR)],
    ['as JSON without framing', JSON.stringify(ERROR)],
    ['as a list over several lines', JSON.stringify([ERROR], null, 2)],
    [
      'as JSON with blank lines',
      `[{\n\n"error": {\n\n"code": 429,\n\n"message": "slow down" }\n\n}\n\n]\n\n`,
    ],
    ['as JSON behind events', `${events(ROLE)}${JSON.stringify(ERROR, null, 1)}\n`],
    ['as JSON before the end mark', `${JSON.stringify(ERROR)}\n\ndata: [DONE]\n\n`],
  ])('is a failed attempt if an error comes before any content: %s', async (_when, text) => {
    const { outcome, answer } = await stand.dial(await stream(text));
    expect(outcome).toMatchObject(READ);
    answer?.abort();
  });

  it.each<[string, string, number, object]>([
    [
      'in the way of Anthropic',
      events({ type: 'message_start', message: {} }, { type: 'error', error: {} }),
      500,
      { subject: 'provider', rule: 'status 0', message: undefined },
    ],
    [
      'with its fields on top',
      events({ code: 50603, message: 'busy', data: null }),
      500,
      { subject: 'provider', rule: 'provider trouble', code: '50603', message: 'busy' },
    ],
    [
      'in the way of MiniMax',
      events({ base_resp: { status_code: 1002, status_msg: 'limit' }, choices: null }),
      429,
      { subject: 'rate', rule: 'rate limit', code: '1002', message: 'limit' },
    ],
    [
      'as a finish reason',
      events(ROLE, { choices: [{ delta: {}, finish_reason: 'error' }] }),
      500,
      { subject: 'provider', rule: 'status 0', message: undefined },
    ],
    [
      'as an event with a name',
      'event: error\ndata: oops\n\n',
      500,
      { subject: 'provider', rule: 'status 0', message: 'oops' },
    ],
  ])('has the status that its error stands for: %s', async (_how, text, status, facts) => {
    const { outcome, answer } = await stand.dial(await stream(text));
    expect(outcome).toMatchObject({ kind: 'answer', status, facts });
    answer?.abort();
  });

  it('is judged by the data of its error event and by its headers, without the key', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const port = await stand.http((_request, response) =>
      response
        .writeHead(200, { ...SSE, 'retry-after': '7' })
        .end(events(ROLE, { error: { code: `of ${SECRET}`, message: `bad ${SECRET}` } })),
    );
    const { outcome, answer } = await stand.dial(port);
    const told = { code: `of ${HINT}`, message: `bad ${HINT}` };
    expect(outcome).toMatchObject({ facts: { subject: 'provider', ...told, until: NOW + 7_000 } });
    const error = { code: `of ${MASK}`, message: `bad ${MASK}` };
    expect(answer?.errorData).toBe(JSON.stringify({ error }));
    expect((await readAll(answer)).text).toBe(events(ROLE, { error }));
  });

  it('never says the key in its facts, however the error spells it', async () => {
    const error = JSON.stringify({ error: { code: `of ${SECRET}`, message: `bad ${SECRET}` } });
    const text = events(ROLE, error.replaceAll('secret', String.raw`\u0073ecret`));
    const { outcome, answer } = await stand.dial(await stream(text));
    expect(outcome).toMatchObject({ facts: { code: `of ${HINT}`, message: `bad ${HINT}` } });
    answer?.abort();
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['comments', ': ping\n\n: ping\n\n'],
    ['a role', events(ROLE)],
    ['a role and the end mark', events(ROLE, '[DONE]')],
    ['usage', events({ choices: [], usage: { prompt_tokens: 1 } })],
    ['a page of HTML', '<html>\n\n</html>'],
  ])('is empty if nothing comes but %s', async (_what, text) => {
    expect(await stand.dial(await stream(text))).toEqual({
      outcome: { kind: 'empty_stream' },
      answer: undefined,
    });
  });

  it.each<[string, object]>([
    ['text', delta('Hi')],
    ['thoughts', { choices: [{ delta: { role: 'assistant', content: '', reasoning_content: 'hm' } }] }],
    ['a refusal', { choices: [{ delta: { refusal: 'no' } }] }],
    ['a tool call', { choices: [{ delta: { tool_calls: [{ index: 0 }] } }] }],
    ['sound', { choices: [{ delta: { audio: { data: 'x' } } }] }],
    ['a finish reason', { choices: [{ delta: {}, finish_reason: 'stop' }] }],
    ['a completion', { choices: [{ text: 'Hi' }] }],
    ['a delta of the Responses API', { type: 'response.output_text.delta', delta: 'x' }],
    ['a completed response', { type: 'response.completed', response: { error: null } }],
    ['a delta of Anthropic', { type: 'content_block_delta', delta: { text: 'x' } }],
    ['parts of Gemini', { candidates: [{ content: { parts: [{ text: 'x' }] } }] }],
    ['a thing unknown', { a: 1 }],
    ['an answer that speaks of errors', delta('{"error":{"message":"500"}}')],
    ['an error of null', { ...delta('x'), error: null }],
  ])('is an answer with %s, and all that was held reaches the client', async (_what, event) => {
    const text = `: hello\n\n${events(ROLE, event, '[DONE]')}`;
    const { outcome, answer } = await stand.dial(await stream(text));
    expect(outcome).toEqual(ok);
    expect(await readAll(answer)).toEqual({ text, end: 'whole' });
    expect([answer?.errorText, answer?.brokenFacts]).toEqual([undefined, undefined]);
  });

  it('is an answer at its first content, not at its end', async () => {
    const port = await stand.http((_request, response) => {
      response.writeHead(200, SSE).write(events(ROLE));
      response.write(events(delta('Hi')));
    });
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toEqual(ok);
    answer?.abort();
  });

  it('that has said 64 times that it will say something is let go', async () => {
    const text = events(...Array.from({ length: 65 }, () => ROLE));
    const port = await stand.http((_request, response) => response.writeHead(200, SSE).write(text));
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toEqual(ok);
    answer?.abort();
  });

  it('that has said it at length is let go, and then waits for its reader', async () => {
    const port = await stand.http((_request, response) => {
      response.writeHead(200, SSE);
      for (let i = 0; i < 9; i++) response.write(`: ${'x'.repeat(30_000)}\n\n`);
    });
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toEqual(ok);
    answer?.abort();
  });

  it('that has said it for ten seconds is let go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let say = (): void => undefined;
    const said = new Promise<void>((resolve) => (say = resolve));
    const port = await stand.http((_request, response) =>
      response.writeHead(200, SSE).write(': ping\n\n', () => say()),
    );
    const dialling = stand.dial(port, { target: { timeoutMs: 60_000 } });
    await said;
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(1));
    const { outcome, answer } = await advancedUntil(dialling);
    expect(outcome).toEqual(ok);
    answer?.abort();
  });

  it('that breaks before its first content is lost', async () => {
    const port = await stand.http((_request, response) => {
      response.writeHead(200, SSE).write(events(ROLE), () => response.destroy());
    });
    const { outcome, answer } = await stand.dial(port);
    expect(outcome.kind).toBe('lost');
    expect(answer).toBeUndefined();
  });

  it('that falls silent before its first content is out of time', async () => {
    const port = await stand.http((_request, response) => response.writeHead(200, SSE).write(': x\n\n'));
    expect((await stand.dial(port, { target: { timeoutMs: 50 } })).outcome).toEqual({
      kind: 'timeout',
      phase: 'first_event',
    });
  });
});

/** Moves the clock on until the promise is kept: sockets need real turns of the loop between. */
async function advancedUntil<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  void promise.then(() => (isDone = true));
  while (!isDone) {
    await vi.advanceTimersByTimeAsync(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

describe('the time for the first content', () => {
  const target = { firstTokenTimeoutMs: 60 };

  it.each(['a role', 'nothing'])('ends an attempt that has come to %s', async (what) => {
    const port = await stand.http((_request, response) => {
      if (what !== 'nothing') response.writeHead(200, SSE).write(events(ROLE));
    });
    expect((await stand.dial(port, { target, request: { isStream: true } })).outcome).toEqual({
      kind: 'timeout',
      phase: 'first_token',
    });
  });

  it('counts for a stream that was not asked for, and for no other answer', async () => {
    const role = await stand.http((_request, response) => response.writeHead(200, SSE).write(events(ROLE)));
    expect((await stand.dial(role, { target })).outcome).toEqual({ kind: 'timeout', phase: 'first_token' });
    const silent = await stand.http(() => undefined);
    expect((await stand.dial(silent, { target: { ...target, timeoutMs: 200 } })).outcome).toEqual({
      kind: 'timeout',
      phase: 'headers',
    });
  });

  it('is over once there is content', async () => {
    let finish = (): void => undefined;
    const port = await stand.http((_request, response) => {
      response.writeHead(200, SSE).write(events(delta('Hi')));
      finish = () => void response.end(events('[DONE]'));
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { answer } = await stand.dial(port, { target, request: { isStream: true } });
    vi.advanceTimersByTime(15_000);
    finish();
    expect(await readAll(answer)).toEqual({ text: events(delta('Hi'), '[DONE]'), end: 'whole' });
  });
});

describe('a body that is no stream', () => {
  const body = (text: string, headers: Record<string, string> = JSON_TYPE) =>
    stand.http((_request, response) => response.writeHead(200, headers).end(text));

  it('that is an error is a failed attempt, and can be passed on', async () => {
    const { outcome, answer } = await stand.dial(await body(JSON.stringify(ERROR)));
    expect(outcome).toMatchObject(READ);
    expect(answer?.errorData).toBe(JSON.stringify(ERROR));
    expect(answer?.errorText).toBe(JSON.stringify(ERROR));
    expect(await readAll(answer)).toEqual({ text: JSON.stringify(ERROR), end: 'whole' });
  });

  it.each<[string, string, Record<string, string>, string]>([
    [
      'HTML',
      '<!doctype html><html></html>',
      { 'content-type': 'text/html' },
      'a page of HTML instead of an answer',
    ],
    ['HTML by another name', '\n<HTML>', {}, 'a page of HTML instead of an answer'],
    ['nothing', '', JSON_TYPE, 'an empty body instead of an answer'],
    ['white space', ' \n ', JSON_TYPE, 'an empty body instead of an answer'],
  ])('that is %s is no answer', async (_what, text, headers, message) => {
    expect(await stand.dial(await body(text, headers))).toEqual({
      outcome: {
        kind: 'answer',
        status: 502,
        facts: { subject: 'provider', rule: 'no_answer', code: undefined, message },
      },
      answer: undefined,
    });
  });

  it('without a choice is no answer but can be passed on', async () => {
    const { outcome, answer } = await stand.dial(await body('{"choices":[]}'));
    expect(outcome).toMatchObject({ status: 502, facts: { subject: 'provider', rule: 'no_answer' } });
    expect((await readAll(answer)).text).toBe('{"choices":[]}');
  });

  it('is an answer as it is where anything may come', async () => {
    const request = {
      path: '/files/f/content',
      method: 'GET',
      body: undefined,
      expects: 'anything',
    } as const;
    for (const text of ['', '<html></html>', JSON.stringify(ERROR)]) {
      const { outcome, answer } = await stand.dial(await body(text), { request });
      expect(outcome).toEqual(ok);
      expect(await readAll(answer)).toEqual({ text, end: 'whole' });
    }
  });

  it.each([204, 205])('may be missing with status %d', async (status) => {
    const port = await stand.http((_request, response) => response.writeHead(status).end());
    expect((await stand.dial(port)).outcome).toEqual({ ...ok, status });
  });

  it.each([JSON_TYPE, { 'content-type': 'audio/mpeg' }])(
    'that dies before its first byte is lost: %o',
    async (headers) => {
      const port = await stand.http((_request, response) => {
        response.writeHead(200, headers).flushHeaders();
        setImmediate(() => response.destroy());
      });
      const { outcome, answer } = await stand.dial(port);
      expect(outcome.kind).toBe('lost');
      expect(answer).toBeUndefined();
    },
  );

  it('of JSON that dies while it is held is lost too', async () => {
    const port = await stand.http((_request, response) =>
      response.writeHead(200, JSON_TYPE).write('{"choices":[', () => response.destroy()),
    );
    expect((await stand.dial(port)).outcome.kind).toBe('lost');
  });

  it.each<[string, Record<string, string>, string]>([
    ['sound', { 'content-type': 'audio/mpeg' }, 'beep'],
    ['one JSON text after the other', { 'content-type': 'application/x-ndjson' }, '{"a":1}\n'],
    ['more than 64 KB', JSON_TYPE, `{"data":["${'x'.repeat(70_000)}`],
  ])('of %s is an answer before its end', async (_what, headers, text) => {
    const port = await stand.http((_request, response) => response.writeHead(200, headers).write(text));
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toEqual(ok);
    answer?.abort();
  });
});

describe('a status that is no success', () => {
  it('is read with its body, and the data of an event if it is a stream', async () => {
    const port = await stand.http((_request, response) => response.writeHead(429, SSE).end(events(ERROR)));
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toMatchObject(READ);
    expect(answer?.errorData).toBe(JSON.stringify(ERROR));
    expect(answer?.errorText).toBe(events(ERROR));
    expect(await readAll(answer)).toEqual({ text: events(ERROR), end: 'whole' });
  });

  it('is judged without being passed on if its body breaks off', async () => {
    const port = await stand.http((_request, response) =>
      response.writeHead(503, JSON_TYPE).write('{"err', () => response.destroy()),
    );
    const { outcome, answer } = await stand.dial(port);
    expect(outcome).toMatchObject({
      kind: 'answer',
      status: 503,
      facts: { subject: 'provider', rule: 'status 503', message: '{"err' },
    });
    expect(answer).toBeUndefined();
  });
});

it("the client's credentials, organisation and project do not cross", async () => {
  const headers: Record<string, unknown>[] = [];
  const port = await stand.http((request, response) => {
    headers.push(request.headers);
    response.writeHead(200, JSON_TYPE).end('{"choices":[{}]}');
  });
  const rawHeaders = [
    'OpenAI-Organization',
    'org-1',
    'OpenAI-Project',
    'p-1',
    'x-goog-api-key',
    'k',
    'x-mine',
    'm',
  ];
  await stand.dial(port, { request: { rawHeaders } });
  await stand.dial(port, {
    request: { rawHeaders },
    target: { customHeaders: { 'openai-project': 'ours' } },
  });
  expect(headers[0]).toMatchObject({ 'x-mine': 'm' });
  expect(Object.keys(headers[0] ?? {})).not.toEqual(expect.arrayContaining(['x-goog-api-key']));
  expect(headers.map((one) => [one['openai-organization'], one['openai-project']])).toEqual([
    [undefined, undefined],
    [undefined, 'ours'],
  ]);
});
