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
