import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Dialed } from '../../../../lib/balancer/attempts/transport';
import { Stop } from '../../../../lib/balancer/stop';
import type { UpstreamAnswer } from '../../../../lib/upstream/answer/answer';
import { Dial } from '../../../../lib/upstream/dial/dial';
import { Redactor } from '../../../../lib/upstream/redaction/redactor';
import { readAll } from '../dialled';

type Controller = Parameters<Dial['onRequestStart']>[0];

/** What undici hands to a handler, as far as it is used. */
class Connection {
  aborts: Error[] = [];
  isPaused = false;

  get controller(): Controller {
    return this as unknown as Controller;
  }

  abort(reason: Error): void {
    this.aborts.push(reason);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

const SECRET = 'sk-dial-0123456789';
const JSON_TYPE = { 'content-type': 'application/json' };
const CHAT = '{"choices":[{"message":{"content":"Hi"}}]}';
const error = (code: string) => Object.assign(new Error(`it was ${code}`), { code });

let settled: Dialed<UpstreamAnswer>[];
let connection: Connection;
let signal: Stop;

beforeEach(() => {
  settled = [];
  connection = new Connection();
  signal = new Stop();
});

function dialOf(
  request: Partial<ConstructorParameters<typeof Dial>[0]['request']> = {},
  {
    customHeaders = {},
    isThroughEgress = false,
  }: { customHeaders?: Record<string, string>; isThroughEgress?: boolean } = {},
): Dial {
  return new Dial(
    {
      target: { provider: 'p', baseUrl: '', customHeaders, timeoutMs: 50_000, idleTimeoutMs: 50_000 },
      redactor: new Redactor([{ value: SECRET, hint: 'sk-...789' }]),
      request: { method: 'POST', path: '/x', rawHeaders: [], body: undefined, expects: 'answer', ...request },
      signal,
      isThroughEgress,
      now: () => 0,
    },
    (dialed) => void settled.push(dialed),
  );
}

/** One whose answer has begun. */
function begun(
  status = 200,
  headers: Record<string, string> = JSON_TYPE,
  ...how: Parameters<typeof dialOf>
): Dial {
  const dial = dialOf(...how);
  dial.onRequestStart(connection.controller);
  dial.onResponseStart(connection.controller, status, headers);
  return dial;
}

const data = (dial: Dial, text: string | Buffer) =>
  dial.onResponseData(connection.controller, Buffer.from(text as string));

describe('an attempt', () => {
  it('is settled once, with the first thing that ends it', () => {
    const dial = begun();
    data(dial, CHAT);
    dial.onResponseEnd();
    dial.onResponseError(connection.controller, error('ECONNRESET'));
    signal.abort();
    expect(settled).toMatchObject([{ outcome: { kind: 'answer', status: 200 } }]);
    expect(connection.aborts).toEqual([]);
  });

  it('does not take a status below 200 for an answer', () => {
    const dial = dialOf();
    dial.onRequestStart(connection.controller);
    dial.onResponseStart(connection.controller, 103, { 'content-encoding': 'compress' });
    dial.onResponseStart(connection.controller, 200, JSON_TYPE);
    data(dial, CHAT);
    dial.onResponseEnd();
    expect(settled).toMatchObject([{ answer: { status: 200 } }]);
  });

  it.each<[string, string, boolean, string]>([
    ['before it has a connection', 'ECONNREFUSED', false, 'dial_failed'],
    ['for want of something here', 'EMFILE', false, 'own_trouble'],
    ['on its connection', 'ECONNRESET', true, 'lost'],
    ['by silence before the head', 'UND_ERR_HEADERS_TIMEOUT', true, 'timeout'],
  ])('that fails %s says so: %s', (_when, code, isStarted, kind) => {
    const dial = dialOf();
    if (isStarted) dial.onRequestStart(connection.controller);
    dial.onResponseError(connection.controller, error(code));
    expect(settled).toMatchObject([{ outcome: { kind }, answer: undefined }]);
  });

  it('that could not be handed over has failed as a dial', () => {
    dialOf().refuse(new Error(`no such host for ${SECRET}`));
    const [{ outcome }] = settled as [Dialed<UpstreamAnswer>];
    expect(outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it.each([
    [100, 'lost'],
    [100_000, 'lost_in_sending'],
  ])('with a body of %i bytes that is reset before an answer is %s', (bytes, kind) => {
    const dial = dialOf({ body: Buffer.alloc(bytes) });
    dial.onRequestStart(connection.controller);
    dial.onResponseError(connection.controller, error('ECONNRESET'));
    expect(settled).toMatchObject([{ outcome: { kind, message: 'it was ECONNRESET' } }]);
  });

  it('that nobody waits for ends with its connection, whenever it gets that', () => {
    const running = dialOf();
    running.onRequestStart(connection.controller);
    const waiting = dialOf();
    signal.abort();
    expect(settled).toMatchObject([
      { outcome: { kind: 'client_closed' } },
      { outcome: { kind: 'client_closed' } },
    ]);
    expect(connection.aborts).toHaveLength(1);
    waiting.onRequestStart(connection.controller);
    expect(connection.aborts).toHaveLength(2);
    waiting.onResponseStart(connection.controller, 200, JSON_TYPE);
    expect(settled).toHaveLength(2);
  });
});

describe('a body in an encoding', () => {
  const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': '99' };

  it('is decoded, and nothing says that it was encoded', async () => {
    const answered = new Promise<UpstreamAnswer>((resolve) => {
      const dial = new Dial(
        {
          target: { provider: 'p', baseUrl: '', customHeaders: {}, timeoutMs: 50_000, idleTimeoutMs: 0 },
          redactor: new Redactor([]),
          request: { method: 'POST', path: '/x', rawHeaders: [], body: undefined, expects: 'answer' },
          signal,
          isThroughEgress: false,
          now: () => 0,
        },
        ({ answer }) => resolve(answer!),
      );
      dial.onRequestStart(connection.controller);
      dial.onResponseStart(connection.controller, 200, gzip);
      data(dial, gzipSync(CHAT));
      dial.onResponseEnd();
    });
    const answer = await answered;
    expect(await readAll(answer)).toEqual({ text: CHAT, end: 'whole' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it.each<[string, number, Partial<Parameters<typeof dialOf>[0]>]>([['of which only a part came', 206, {}]])(
    '%s cannot be, and is no answer',
    (_what, status, request) => {
      begun(status, gzip, request);
      expect(settled).toMatchObject([
        {
          outcome: { facts: { rule: 'no_answer', message: "a body in the encoding 'gzip'" } },
          answer: undefined,
        },
      ]);
      expect(connection.aborts).toHaveLength(1);
    },
  );

  it('that nobody can decode is judged by its status alone', () => {
    begun(429, { 'content-encoding': 'compress' });
    expect(settled).toMatchObject([
      { outcome: { status: 429, facts: { subject: 'rate' } }, answer: undefined },
    ]);
  });

  it('that the headers of the provider ask for is passed on as it is', () => {
    const dial = begun(
      200,
      { 'content-encoding': 'compress' },
      {},
      { customHeaders: { 'Accept-Encoding': 'compress' } },
    );
    data(dial, 'x');
    expect(settled).toMatchObject([{ outcome: { status: 200 }, answer: { status: 200 } }]);
  });

  it('of an answer to HEAD is none', () => {
    const dial = begun(200, { 'content-encoding': 'compress' }, { method: 'HEAD', expects: 'anything' });
    dial.onResponseEnd();
    expect(settled).toMatchObject([{ answer: { headers: { 'content-encoding': 'compress' } } }]);
  });
});

describe('after it is settled', () => {
  it.each([
    ['UND_ERR_BODY_TIMEOUT', 'stalled'],
    ['ECONNRESET', 'cut'],
  ])('%s is told to the reader of the answer: %s', async (code, kind) => {
    const dial = begun(200, { 'content-type': 'text/plain' }, { expects: 'anything' });
    data(dial, 'begun');
    const reading = readAll(settled[0]!.answer);
    dial.onResponseError(connection.controller, error(code));
    expect(await reading).toMatchObject({ text: 'begun', end: { kind } });
  });

  it('a reader that takes no more stops the connection', async () => {
    const dial = begun(200, { 'content-type': 'text/plain' }, { expects: 'anything' });
    data(dial, 'begun');
    settled[0]!.answer!.attach({ data: () => false, end: () => undefined, fail: () => undefined });
    expect(connection.isPaused).toBe(true);
    settled[0]!.answer!.resume();
    expect(connection.isPaused).toBe(false);
  });
});
