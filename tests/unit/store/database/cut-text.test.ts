import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBytes, cutText } from '../../../../lib/store/database/cut-text';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('cutting text', () => {
  it('leaves a text alone that fits', () => {
    expect([cutText('abc', 3), cutBytes('€', 3), cutBytes('', 0)]).toEqual(['abc', '€', '']);
  });

  it('gives the longest start that fits into the bytes and ends at a character', () => {
    fc.assert(
      fc.property(anyText, fc.nat(80), (text, max) => {
        let expected = '';
        for (const character of text) {
          if (Buffer.byteLength(expected + character) > max) break;
          expected += character;
        }
        expect(cutBytes(text, max)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the longest start that fits into the units and ends at a character', () => {
    expect([cutText('a🚀b', 2), cutText('a🚀b', 3), cutText('🚀', 1), cutText('abc', 0)]).toEqual([
      'a',
      'a🚀',
      '',
      '',
    ]);
  });
});
