import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { AnswerStream } from '../../../../lib/openai/answer/answer-stream';

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const ROLE = event({ choices: [{ delta: { role: 'assistant', content: '' } }] });
const HI = event({ choices: [{ delta: { content: 'Hi' } }] });
const ERROR = { error: { code: 503, message: 'busy' } };

/** What comes out, and how the stream looks then, of a text that comes in pieces of these lengths. */
function pass(text: string, lengths: readonly number[]) {
  const stream = new AnswerStream();
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = lengths.length === 0 ? bytes.length : (lengths[i % lengths.length] ?? 1);
    out.push(Buffer.from(stream.push(Buffer.from(bytes.subarray(at, at + length)))));
    at += length;
  }
  out.push(stream.end());
  const { opening, error, isRawError, heldEvents } = stream;
  return { text: Buffer.concat(out).toString(), told: { opening, error, isRawError }, heldEvents };
}

describe('however a stream is cut into pieces', () => {
  const raw = JSON.stringify(ERROR, null, 1);
  const parts = fc.constantFrom(
    ': ping\n\n',
    '\n',
    ROLE,
    HI,
    event({ a: 1 }),
    event(ERROR),
    'data: [DONE]\n\n',
    `${raw}\n`,
    `${raw}\n\n`,
    '{"a":\n\n1}\n',
    '[{"a":1}]\r\n\r\n',
  );

  it('the same comes out of it', () => {
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        (texts, lengths) => {
          const text = texts.join('');
          const whole = pass(text, []);
          const cut = pass(text, lengths);
          expect([cut.text, cut.told]).toEqual([whole.text, whole.told]);
          expect(text.startsWith(whole.text)).toBe(true);
          if (!whole.told.isRawError) expect(whole.text).toBe(text);
        },
      ),
    );
  });
});

it('tells how it begins', () => {
  const toldOf = (text: string) => pass(text, []).told;
  expect(toldOf('').opening).toBe('nothing');
  expect(toldOf(': ping\n\n').opening).toBe('comment');
  expect(toldOf(`: ping\n\n${ROLE}${ROLE}`).opening).toBe('preamble');
  expect(pass(`: ping\n\n${ROLE}${ROLE}`, []).heldEvents).toBe(3);
  expect(pass(ROLE + HI + HI, [])).toMatchObject({
    told: { opening: 'content', error: undefined },
    heldEvents: 2,
  });
  expect(toldOf(ROLE + event(ERROR))).toMatchObject({ opening: 'error', error: JSON.stringify(ERROR) });
  expect(toldOf(HI + event(ERROR))).toMatchObject({ opening: 'content', error: JSON.stringify(ERROR) });
});

it('decides by what has come of JSON without framing', () => {
  const failed = new AnswerStream();
  failed.push(Buffer.from(JSON.stringify(ERROR)));
  expect(failed.opening).toBe('nothing');
  failed.decide();
  expect(failed).toMatchObject({ opening: 'error', isRawError: true, error: JSON.stringify(ERROR) });

  const begun = new AnswerStream();
  begun.push(Buffer.from('{"error":{"co'));
  begun.decide();
  expect(begun).toMatchObject({ opening: 'content', isRawError: false });
});

it('lets an event go that is too long to be an error', () => {
  const stream = new AnswerStream();
  expect(stream.push(Buffer.from(`data: {"b64":"${'x'.repeat(70_000)}`)).length).toBeGreaterThan(70_000);
  expect(stream.opening).toBe('content');
});

it('parses nothing of an ordinary event once there is content', () => {
  const stream = new AnswerStream();
  stream.push(Buffer.from(HI));
  const parse = vi.spyOn(JSON, 'parse');
  for (const value of [
    { choices: [{ delta: { content: 'x' } }] },
    { choices: [{ text: 'x' }] },
    { type: 'response.output_text.delta', delta: 'x' },
    { type: 'content_block_delta', delta: { text: 'x' } },
    { candidates: [{ content: { parts: [{ text: 'x' }] } }] },
  ]) {
    stream.push(Buffer.from(event(value)));
  }
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});

const RAW = JSON.stringify(ERROR);
const text = (stream: AnswerStream, piece: string): string => stream.push(Buffer.from(piece)).toString();

it.each([
  ['\n', HI],
  ['\n\n', HI],
  ['\n: ping\n\n', HI],
  ['\nevent: x\n', HI],
  ['\n\n\n', `${HI}: ping\n\nevent: x\n\n`],
])(
  'an error without framing is told up to the next event, and nothing comes out any more',
  (between, rest) => {
    const whole = `${ROLE}${RAW}${between}${rest}`;
    for (let size = 1; size < 60; size++) {
      const { text: out, told } = pass(whole, [size]);
      expect([size, out, told]).toEqual([size, ROLE, { opening: 'error', error: RAW, isRawError: true }]);
    }
  },
);

it.each(['\n', '\n\n', '\n: ping\n\n'])('JSON without framing that is no error passes: %j', (between) => {
  for (let size = 1; size < 60; size++) {
    const whole = `{"a":\n\n1}${between}${HI}`;
    const { text: out, told } = pass(whole, [size]);
    expect([out, told]).toEqual([whole, { opening: 'content', error: undefined, isRawError: false }]);
  }
});

it('an error after content keeps the opening', () => {
  expect(pass(`${HI}${RAW}\n\n`, []).told).toEqual({ opening: 'content', error: RAW, isRawError: true });
  const stream = new AnswerStream();
  text(stream, HI);
  stream.decide();
  expect(stream).toMatchObject({ opening: 'content', error: undefined, isRawError: false });
});

it('JSON without framing is held up to 64 KB, and passes from there on', () => {
  const begun = '{"a":\n\n"';
  const stream = new AnswerStream();
  expect(text(stream, begun)).toBe('');
  const fill = 'x'.repeat(64 * 1024 - begun.length);
  expect(text(stream, fill)).toBe('');
  expect(stream.opening).toBe('nothing');
  expect(text(stream, 'y')).toBe('{"a":\n\n');
  expect(stream.opening).toBe('content');
  const rest = text(stream, 'z'.repeat(100)) + stream.end().toString();
  expect(rest === `"${fill}y${'z'.repeat(100)}`).toBe(true);
});

describe('where a stream breaks off', () => {
  const broken = (whole: string): AnswerStream => {
    const stream = new AnswerStream();
    text(stream, whole);
    stream.broken();
    return stream;
  };

  it('an error without framing is the reason', () => {
    for (const end of ['', '\n', '\n\n'])
      expect(broken(RAW + end)).toMatchObject({ isRawError: true, error: RAW, opening: 'error' });
    expect(broken(HI + RAW)).toMatchObject({ isRawError: true, error: RAW, opening: 'content' });
    expect(broken(RAW).end().toString()).toBe('');
    expect(broken(RAW).isMidEvent).toBe(false);
  });

  it.each(['', HI, '{"a":1}', RAW.slice(0, -3), `data: ${RAW}`, 'plain'])('nothing else is: %j', (whole) => {
    expect(broken(whole)).toMatchObject({ isRawError: false, error: undefined });
  });
});

it('what is unfinished is told at its end', () => {
  const ended = (whole: string): boolean => {
    const stream = new AnswerStream();
    text(stream, whole);
    stream.end();
    return stream.isUnfinished;
  };
  expect(ended(HI)).toBe(true);
  expect(ended(HI + event(ERROR))).toBe(false);
  expect(ended('{"choices":[{"delta":{}}]}')).toBe(false);
  expect(ended('{"a":\n\n1}\n\n')).toBe(false);
  expect(ended(`{"a":\n\n1}\n\n${HI}`)).toBe(true);
  expect(ended(`{"a":"${'x'.repeat(70_000)}`)).toBe(false);
  expect(ended('data: {"choices":[')).toBe(true);
});

it('is mid-event once a part of one has gone out', () => {
  const stream = new AnswerStream();
  text(stream, HI);
  expect(stream.isMidEvent).toBe(false);
  expect(stream.usage).toBeUndefined();
  text(stream, `data: ${'x'.repeat(70_000)}`);
  expect(stream.isMidEvent).toBe(true);
});
