import { beforeEach, describe, expect, it } from 'vitest';
import { relay } from '../../../../lib/gateway/answer/relay';
import { requestOf, SeenResponse } from '../client-side';
import { FedAnswer } from '../fed-answer';

let answer: FedAnswer;
let response: SeenResponse;
let request: ReturnType<typeof requestOf>;

beforeEach(() => {
  answer = new FedAnswer();
  response = new SeenResponse();
  request = requestOf();
});

const relayed = () => relay(answer, request, response, 'req_1');

describe('an answer that is passed on', () => {
  it('has its status, the headers that may cross, our request id beside its own, and its bytes', async () => {
    answer.status = 201;
    answer.headers = {
      'content-type': 'text/plain',
      'x-request-id': 'theirs',
      'set-cookie': ['a=b'],
      connection: 'close',
    };
    const end = relayed();
    answer.data('one');
    answer.data('two');
    answer.sink!.end();
    expect(await end).toEqual({ end: 'whole', message: undefined });
    expect(response).toMatchObject({ status: 201, text: 'onetwo', ending: 'whole' });
    expect(response.headers).toEqual({
      'content-type': 'text/plain',
      'x-upstream-request-id': 'theirs',
      'x-request-id': 'req_1',
    });
  });

  describe('and speaks of the next try', () => {
    const headersOf = (status: number, headers: Record<string, string>, freeInMs: number | undefined) => {
      answer.status = status;
      answer.headers = headers;
      void relay(answer, request, response, 'req_1', { freeInMs });
      return { ...response.headers, 'x-request-id': undefined };
    };

    it('says when the gateway will have a key, if it knows', () => {
      expect(headersOf(429, {}, 2_100)).toEqual({ 'retry-after': '3' });
      expect(headersOf(503, { 'retry-after': '30' }, 0)).toEqual({ 'retry-after': '1' });
    });

    it('leaves no other time beside that, but for one that is the same and more exact', () => {
      const told = { 'retry-after': '40', 'x-retry-after': '40', 'retry-after-ms': '40000' };
      expect(headersOf(429, told, 2_500)).toEqual({ 'retry-after': '3' });
      const exact = { 'retry-after': '3', 'retry-after-ms': '2600' };
      expect(headersOf(429, exact, 2_500)).toEqual(exact);
    });

    it('says what its provider has said where the gateway knows nothing, and whatever it is of other things', () => {
      const told = { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after-ms': '40000' };
      expect(headersOf(429, told, undefined)).toEqual(told);
      expect(headersOf(500, told, 2_500)).toEqual(told);
      expect(headersOf(202, told, 2_500)).toEqual(told);
    });
  });

  it('that was held whole is one write together with its end', async () => {
    answer.attach = (sink) => {
      sink.data(Buffer.from('{"a":1}'));
      sink.end();
    };
    await relayed();
    expect(response).toMatchObject({ writes: ['{"a":1}'], ending: 'whole' });
  });

  it('that was held in parts comes in their order, before what follows', async () => {
    answer.held = ['a', 'b', 'c'];
    const end = relayed();
    expect(response.text).toBe('abc');
    answer.data('d');
    answer.sink!.end();
    await end;
    expect(response.text).toBe('abcd');
  });

  it('waits for a client that takes no more, and goes on when it does', () => {
    void relayed();
    response.takes = false;
    expect(answer.data('much')).toBe(false);
    expect(answer.resumes).toBe(0);
    response.resume!();
    expect(answer.resumes).toBe(1);
  });

  it('that is a stream says that it must not be stored, and promises no length', () => {
    answer.isEventStream = true;
    answer.headers = {
      'content-type': 'text/event-stream',
      'content-length': '10',
      'cache-control': 'public',
    };
    void relayed();
    expect(response.headers).toMatchObject({
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(response.headers).not.toHaveProperty('content-length');
  });

  it('with an error in its middle came to its end, and is cut all the same', async () => {
    answer.brokenFacts = { subject: 'provider', rule: 'x', code: 'c', message: 'overloaded' };
    const end = relayed();
    answer.sink!.end();
    expect(await end).toMatchObject({ end: { name: 'cut' }, message: 'overloaded' });
    expect(response.ending).toBe('whole');
  });

  it('whose head cannot be passed on is given up, and nothing looks whole', async () => {
    answer.status = 1_000;
    expect(await relayed()).toMatchObject({ end: { name: 'cut' } });
    expect(answer.isAborted).toBe(true);
    expect(response).toMatchObject({ status: undefined, ending: 'broken', lastWords: undefined });
  });
});

describe('an answer that breaks off', () => {
  const last = (): unknown => JSON.parse(/data: (.*)/.exec(response.lastWords!)![1]!);

  it.each([
    ['cut', 'cut', 'stream_cut'],
    ['stalled', 'stalled', 'stream_stalled'],
    ['stopped', 'shutting_down', 'shutting_down'],
  ] as const)('as a stream that is %s ends with an error event that says so', async (kind, verdict, code) => {
    answer.isEventStream = true;
    const end = relayed();
    answer.data('data: {}\n\n');
    answer.fail(kind);
    expect(await end).toMatchObject({ end: { name: verdict }, message: `it was ${kind}` });
    expect(response.ending).toBe('broken');
    expect(last()).toMatchObject({ error: { code } });
    expect(response.lastWords).not.toMatch(/^\n/);
  });

  it('within an event has a blank line before its last one', () => {
    answer.isEventStream = true;
    void relayed();
    answer.fail('cut', { isMidEvent: true });
    expect(response.lastWords).toMatch(/^\n\ndata: /);
  });

  it('of the Messages API says it in an event of that kind', () => {
    answer.isEventStream = true;
    void relayed();
    answer.fail('cut', { format: 'messages' });
    expect(response.lastWords).toMatch(/^event: error\ndata: \{"type":"error",/);
  });

  it('with words of its upstream passes those on', () => {
    answer.isEventStream = true;
    void relayed();
    answer.fail('cut', { errorText: '{"error":{"message":"busy"}}' });
    expect(last()).toEqual({ error: { message: 'busy' } });
  });

  it.each([
    [false, /^\{"error":.*\}\n$/],
    [true, /^\n\{"error":.*\}\n$/],
  ])('of lines gets a line of its own, behind a half one too (%s)', (isMidEvent, line) => {
    void relayed();
    answer.fail('cut', { isLines: true, isMidEvent });
    expect(response.lastWords).toMatch(line);
  });

  it('of any other kind gets no word of ours, and what was held of it goes out', async () => {
    answer.attach = (sink) => {
      sink.data(Buffer.from('half'));
      sink.fail({ kind: 'cut', message: 'reset', isMidEvent: false });
    };
    expect(await relayed()).toMatchObject({ end: { name: 'cut' }, message: 'reset' });
    expect(response).toMatchObject({ text: 'half', ending: 'broken', lastWords: undefined });
  });
});

describe('a client that goes', () => {
  it('ends the answer, and that is the end of it', async () => {
    const end = relayed();
    request.signal.abort();
    expect(await end).toMatchObject({ end: { name: 'client_closed' } });
    expect(answer.isAborted).toBe(true);
  });

  it('and had gone before gets no head', async () => {
    request.signal.abort();
    expect(await relayed()).toMatchObject({ end: { name: 'client_closed' } });
    expect(response.status).toBeUndefined();
    expect(answer.isAborted).toBe(true);
  });

  it('after the end of the answer changes nothing', async () => {
    const end = relayed();
    answer.sink!.end();
    await end;
    request.signal.abort();
    expect(answer.isAborted).toBe(false);
  });
});
