import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerStream } from '../../lib/openai/answer/answer-stream';
import { chatChunk, chatStream } from '../support/scripted-upstream';
import { cuts, damaged, fuzz, piecesOf } from './fuzz';

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const field = fc.constantFrom(
  'data: ',
  'data:',
  'event: ',
  'id: ',
  ': ',
  ':',
  'retry: ',
  'dat',
  '\ufeffdata: ',
  '',
);
const data = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('[DONE]', '{"error":{"message":"x"}}', '{"error":"x"}', '{', '}', '[', '{"choices":[]}'),
  fc.constantFrom(...chatStream(['Hello', ' there']).map((text) => text.slice(6, -2))),
);
const event = fc.oneof(
  fc.constant(chatChunk('Hi')),
  fc
    .tuple(fc.array(fc.tuple(field, data, lineEnd), { maxLength: 4 }), lineEnd)
    .map(([lines, end]) => `${lines.map((line) => line.join('')).join('')}${end}`),
);
const stream = damaged(fc.array(event, { maxLength: 8 }).map((events) => Buffer.from(events.join(''))));

function pass(pieces: readonly Buffer[]) {
  const answer = new AnswerStream();
  // Copies: nothing may rely on the memory of a piece that has been taken.
  const out = pieces.map((piece) => Buffer.from(answer.push(Buffer.from(piece))));
  out.push(Buffer.from(answer.end()));
  return { bytes: Buffer.concat(out), isRawError: answer.isRawError, usage: answer.usage };
}

it('an event stream passes byte for byte however it is cut and damaged; only a bare JSON error is kept back', async () => {
  await fuzz(
    fc.property(stream, cuts, (bytes, places) => {
      const whole = pass([bytes]);
      const cut = pass(piecesOf(bytes, places));
      expect(cut).toEqual(whole);
      expect(bytes.subarray(0, whole.bytes.length).equals(whole.bytes)).toBe(true);
      if (!whole.isRawError) expect(whole.bytes.equals(bytes)).toBe(true);
    }),
  );
});
