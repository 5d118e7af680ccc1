import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delta, events, JSON_TYPE, readAll, ROLE, Stand } from '../dialled';

let stand: Stand;
beforeEach(() => (stand = new Stand()));
afterEach(() => stand.close());

type Headers = Readonly<Record<string, string>>;

/** An answer that comes in chunks of so many bytes. */
async function ask(body: string, headers: Headers, { isStream = true, chunkBytes = 10 } = {}) {
  const port = await stand.http(async (_request, response) => {
    response.writeHead(200, headers);
    for (let at = 0; at < body.length; at += chunkBytes) {
      response.write(body.slice(at, at + chunkBytes));
      if (at < 50) await new Promise(setImmediate);
    }
    response.end();
  });
  const dialed = await stand.dial(port, { request: { isStream } });
  const { outcome, answer } = dialed;
  return { outcome, answer, ...(answer === undefined ? {} : await readAll(answer)) };
}

const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const FINISH = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const WHOLE = events(ROLE, delta('Hi'), FINISH, { choices: [], usage: USAGE }, '[DONE]');
const CUT = events(ROLE, delta('Hi'), delta('there'));

describe('an event stream that its type does not tell', () => {
  const types: [string, Headers][] = [
    ['plain text', { 'content-type': 'text/plain; charset=utf-8' }],
    ['bytes', { 'content-type': 'application/octet-stream' }],
    ['JSON', { 'content-type': 'application/json' }],
    ['nothing', {}],
  ];

  it.each(types)('said to be %s, passes whole, with its tokens', async (_what, headers) => {
    for (const chunkBytes of [1, 1_000]) {
      const { answer, text, end } = await ask(WHOLE, headers, { chunkBytes });
      expect([text, end]).toEqual([WHOLE, 'whole']);
      expect(answer).toMatchObject({ isEventStream: true, usage: { promptTokens: 3, completionTokens: 2 } });
    }
  });

  it.each(types)('said to be %s, is cut where it lacks its finish', async (_what, headers) => {
    const { text, end } = await ask(CUT, headers);
    expect(text).toBe(CUT);
    expect(end).toMatchObject({ kind: 'cut', isMidEvent: false, format: 'choices' });
  });

  it('and begins with an error is that error', async () => {
    const { outcome } = await ask(events({ error: { code: 503, message: 'busy' } }), {});
    expect(outcome).toMatchObject({ kind: 'answer', status: 503 });
  });

  it('is left alone where nobody asked for one, and where it is something else', async () => {
    const plain = await ask(CUT, { 'content-type': 'text/plain' }, { isStream: false });
    expect(plain).toMatchObject({ text: CUT, end: 'whole' });
    for (const text of ['dat', 'data', 'database of words', 'hello there', '\u00e9\u00e9', ' '])
      expect(await ask(text, { 'content-type': 'text/plain' })).toMatchObject({ text, end: 'whole' });
    const sound = await ask(CUT, { 'content-type': 'audio/mpeg' });
    expect(sound).toMatchObject({ text: CUT, end: 'whole' });
  });
});

describe('a stream of lines', () => {
  const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const part = { model: 'm', message: { content: 'x' }, done: false };
  const headers = { 'content-type': 'application/x-ndjson' };

  it.each<[string, string]>([
    ['of Ollama', lines(part, part, { ...part, done: true })],
    ['of chat chunks', lines(ROLE, delta('Hi'), { ...FINISH, usage: USAGE })],
    ['of no known kind', lines({ a: 1 }, { a: 2 })],
  ])('%s is whole with its finish', async (_what, body) => {
    expect(await ask(body, headers)).toMatchObject({ text: body, end: 'whole' });
    expect(await ask(body, {})).toMatchObject({ text: body, end: 'whole' });
  });

  it.each<[string, string, boolean]>([
    ['of Ollama', lines(part, part), false],
    ['of chat chunks', lines(ROLE, delta('Hi')), false],
    ['of Ollama behind a line without its end', `${lines(part)}${JSON.stringify(part)}`, true],
    ['of any kind within a line', `${lines({ a: 1 }, { a: 2 })}{"a":`, true],
  ])('%s is cut without it', async (_what, body, isMidEvent) => {
    expect(await ask(body, headers)).toMatchObject({
      text: body,
      end: { kind: 'cut', isLines: true, isMidEvent },
    });
  });

  it('is broken by an error in it, and has the tokens that it tells', async () => {
    const broken = await ask(lines(ROLE, { error: { code: 503, message: 'busy' } }), headers);
    expect(broken).toMatchObject({ end: 'whole', answer: { brokenFacts: { message: 'busy' } } });
    const whole = await ask(lines(ROLE, { ...FINISH, usage: USAGE }), headers);
    expect(whole.answer?.usage).toMatchObject({ promptTokens: 3 });
  });

  it('is none if it is one answer in JSON', async () => {
    const text = JSON.stringify({ choices: [{ message: { content: 'Hi' } }] }, null, 1);
    expect(await ask(text, JSON_TYPE)).toMatchObject({ text, end: 'whole' });
  });
});

describe('an answer in JSON that ends half-way', () => {
  const long = (bytes: number) =>
    JSON.stringify({ data: Array.from({ length: bytes / 50 }, (_, i) => ({ id: i, b: 'x'.repeat(30) })) });

  it.each([100_000, 900_000])('is cut if it is long: %i bytes in chunks', async (bytes) => {
    const whole = long(bytes);
    const of = { isStream: false, chunkBytes: 16_384 };
    expect(await ask(whole, JSON_TYPE, of)).toMatchObject({ end: 'whole' });
    const half = whole.slice(0, whole.lastIndexOf('},{') + 1);
    const { text, end } = await ask(half, JSON_TYPE, of);
    expect(text).toBe(half);
    expect(end).toMatchObject({ kind: 'cut' });
  });

  it('is cut if it is long and only the end of its connection ends it', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n';
    const port = await stand.raw(head + long(200_000).slice(0, 150_000));
    expect(await readAll((await stand.dial(port)).answer)).toMatchObject({ end: { kind: 'cut' } });
  });

  it('is no answer if it is short, wherever it ends', async () => {
    const text = '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}';
    for (const isStream of [true, false]) {
      const { outcome } = await ask(text, JSON_TYPE, { isStream });
      expect(outcome).toMatchObject({ kind: 'answer', status: 502, facts: { rule: 'no_answer' } });
    }
  });

  it('is left alone where it is no answer that is asked for', async () => {
    const port = await stand.http((_request, response) => response.writeHead(200, JSON_TYPE).end('{"a":'));
    const request = {
      method: 'GET',
      path: '/files/f/content',
      body: undefined,
      expects: 'anything',
    } as const;
    expect(await readAll((await stand.dial(port, { request })).answer)).toMatchObject({ end: 'whole' });
  });
});
