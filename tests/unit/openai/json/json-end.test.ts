import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonEnd } from '../../../../lib/openai/json/json-end';

function isOpen(text: string | Buffer, pieceBytes = 7): boolean {
  const end = new JsonEnd();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) end.push(bytes.subarray(at, at + pieceBytes));
  return end.isOpen;
}

it('knows whole JSON from any part of it, in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { minLength: 1 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      (value, pieceBytes, cut) => {
        const bytes = Buffer.from(JSON.stringify(value));
        expect(isOpen(bytes, pieceBytes)).toBe(false);
        expect(isOpen(bytes.subarray(0, 1 + (cut % (bytes.length - 1))), pieceBytes)).toBe(true);
      },
    ),
  );
});

it('reads strings with quotes, brackets and backslashes in them', () => {
  for (const text of ['{"a":"}"', '{"a":"\\"}"', '{"a":"\\\\\\"}', '["x', '["\\']) {
    for (const size of [1, 2, 3, 100]) expect([text, isOpen(text, size)]).toEqual([text, true]);
  }
  for (const text of ['{"a":"{["}', '{"a":"\\\\"}', '["\\"]"]', '{}\n{}\n', '17', '', 'no JSON ] at all']) {
    for (const size of [1, 2, 3, 100]) expect([text, isOpen(text, size)]).toEqual([text, false]);
  }
});
