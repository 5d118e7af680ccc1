import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delta, events, HINT, MASK, readAll, ROLE, SECRET, SSE, Stand } from '../dialled';

let stand: Stand;
beforeEach(() => (stand = new Stand()));
afterEach(() => stand.close());

const ERROR = { error: { code: 503, message: `no room for ${SECRET}` } };
const CLEAN = JSON.stringify(ERROR).replace(SECRET, MASK);
/** What ERROR says. */
const FACTS = { subject: 'provider', rule: 'status 503', code: '503', message: `no room for ${HINT}` };
const BEGUN = events(ROLE, delta('Okay'));

async function readStream(port: number) {
  const { answer } = await stand.dial(port);
  return { answer, ...(await readAll(answer)) };
}

const stream = (text: string) => stand.http((_request, response) => response.writeHead(200, SSE).end(text));

describe('an error after the first content', () => {
  it.each<[string, string]>([
    ['one line', JSON.stringify(ERROR)],
    ['several lines', `${JSON.stringify(ERROR, null, 2)}\n`],
    ['a list with blank lines', `[\n\n${JSON.stringify(ERROR, null, 2)}\n\n]\n\n`],
  ])(
    'that comes as JSON of %s breaks the stream off, and is told instead of passed on',
    async (_how, raw) => {
      const { text, end, answer } = await readStream(await stream(BEGUN + raw));
      expect(text).toBe(BEGUN);
      expect(end).toMatchObject({ kind: 'cut', isMidEvent: false, message: FACTS.message });
      const errorText = (end as { errorText?: string }).errorText ?? '';
      expect([JSON.parse(errorText)].flat()).toEqual([JSON.parse(CLEAN)]);
      expect(answer?.brokenFacts).toMatchObject(FACTS);
    },
  );

  it('that comes as JSON before the end mark breaks it off as well', async () => {
    const { text, end } = await readStream(
      await stream(`${BEGUN}${JSON.stringify(ERROR)}\n${events('[DONE]')}`),
    );
    expect(text).toBe(BEGUN);
    expect(end).toMatchObject({ kind: 'cut', errorText: CLEAN });
  });

  it('is why the stream broke if the connection is lost behind it', async () => {
    const port = await stand.http((_request, response) => {
      response.writeHead(200, SSE).write(BEGUN);
      response.write(JSON.stringify(ERROR), () => response.destroy());
    });
    const { text, end } = await readStream(port);
    expect(text).toBe(BEGUN);
    expect(end).toMatchObject({ kind: 'cut', errorText: CLEAN });
  });

  it.each<[string, string, object]>([
    ['an error event', events(ERROR), FACTS],
    ['a named error event', `event: error\n${events(ERROR.error)}`, FACTS],
    ['a failed response', events({ type: 'response.failed', response: ERROR }), FACTS],
    [
      'a finish reason',
      events({ choices: [{ delta: {}, finish_reason: 'error' }], note: SECRET }),
      { subject: 'provider', rule: 'status 0', message: undefined },
    ],
    [
      'a code on top',
      events({ code: 50603, message: `busy ${SECRET}` }),
      { subject: 'provider', rule: 'provider trouble', code: '50603', message: `busy ${HINT}` },
    ],
  ])('that comes as %s passes without the key, and the stream is broken', async (_how, event, facts) => {
    const text = BEGUN + event + events('[DONE]');
    const read = await readStream(await stream(text));
    expect(read.text).toBe(text.replaceAll(SECRET, MASK));
    expect(read.end).toBe('whole');
    expect(read.answer?.brokenFacts).toMatchObject(facts);
  });

  it('is none if a text only speaks of it', async () => {
    const text =
      BEGUN +
      events(
        delta('{"error":{"message":"boom"}}'),
        { ...delta('x'), error: null },
        { message: 'hi' },
        '[DONE]',
      );
    const read = await readStream(await stream(text));
    expect(read).toMatchObject({ text, end: 'whole' });
    expect(read.answer?.brokenFacts).toBeUndefined();
  });
});

it('JSON without framing that is no error passes as it is, and events behind it too', async () => {
  const text = `${BEGUN}{"a":\n\n1}\n${events(delta('more'), '[DONE]')}`;
  expect(await readStream(await stream(text))).toMatchObject({ text, end: 'whole' });
  const long = `${BEGUN}{"a":"${'x'.repeat(100_000)}"}`;
  expect(await readStream(await stream(long))).toMatchObject({ text: long, end: 'whole' });
});

describe('a stream that only the end of its connection ends', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n';

  it.each<[string, string]>([
    ['the end mark', events('[DONE]')],
    ['the end mark without a blank line', 'data: [DONE]'],
    ['a finish reason', events({ choices: [{ delta: {}, finish_reason: 'stop' }] })],
    ['usage', events({ choices: [], usage: { prompt_tokens: 1 } })],
    ['a completed response', events({ type: 'response.completed', response: {} })],
    ['the end of a message', events({ type: 'message_stop' })],
    ['a finish reason of Gemini', events({ candidates: [{ finishReason: 'STOP' }] })],
  ])('is whole after %s', async (_what, last) => {
    const read = await readStream(await stand.raw(HEAD + BEGUN + last));
    expect(read).toMatchObject({ text: BEGUN + last, end: 'whole' });
  });

  it.each<[string, string]>([
    ['without any of them', ''],
    ['within an event', 'data: {"choices":[{"del'],
    [
      'within an event behind a finish reason',
      `${events({ choices: [{ delta: {}, finish_reason: 'stop' }] })}data: {"usa`,
    ],
  ])('is cut %s', async (_how, last) => {
    const { text, end } = await readStream(await stand.raw(HEAD + BEGUN + last));
    expect(text.startsWith(BEGUN)).toBe(true);
    expect(end).toMatchObject({ kind: 'cut' });
  });

  it('is cut without any of them as well if it came in chunks or with a length', async () => {
    const cut = { kind: 'cut', isMidEvent: false, format: 'choices' };
    expect(await readStream(await stream(BEGUN))).toMatchObject({ text: BEGUN, end: cut });
    const port = await stand.http((_request, response) =>
      response.writeHead(200, { ...SSE, 'content-length': BEGUN.length }).end(BEGUN),
    );
    expect(await readStream(port)).toMatchObject({ text: BEGUN, end: cut });
  });
});
