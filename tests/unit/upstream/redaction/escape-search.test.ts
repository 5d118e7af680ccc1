import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EscapeSearch } from '../../../../lib/upstream/redaction/escape-search';

const searchFor = (...needles: string[]) => new EscapeSearch(needles.map((one) => Buffer.from(one)));

/** All escapes found, each as its place and its character. */
function found(search: EscapeSearch, text: string): [number, string][] {
  const escapes = search.in(Buffer.from(text));
  const all: [number, string][] = [];
  for (let at = escapes?.peek() ?? -1; at !== -1; at = escapes!.skip()) {
    all.push([at, String.fromCharCode(escapes!.character)]);
  }
  return all;
}

const SEARCH = searchFor('sk-a/b');

describe('the escapes of a text', () => {
  it.each([
    ['a percent sign', 'sk%2Da', [[2, '-']]],
    ['one within another', 'sk%252da', [[2, '-']]],
    ['one in the third depth', 'sk%25252Da', [[2, '-']]],
    ['a unit', 'sk\\u002da', [[2, '-']]],
    ['a unit behind more backslashes', 'sk\\\\\\\\u002da', [[2, '-']]],
    ['a short one', 'sk-a\\/b', [[4, '/']]],
    [
      'the first character of a needle, whatever stands before it',
      'x%73k y\\u0073k',
      [
        [1, 's'],
        [7, 's'],
      ],
    ],
    [
      'all kinds, in their order',
      'a\\/s\\u006bk%2Da',
      [
        [1, '/'],
        [4, 'k'],
        [11, '-'],
      ],
    ],
  ] as [string, string, [number, string][]][])('are found by %s', (_what, text, escapes) => {
    expect(found(SEARCH, text)).toEqual(escapes);
  });

  it.each([
    ['no escape at all', 'sk-a/b'],
    ['an escape of what no needle has', 'x%41y\\u0042'],
    ['an escape of what no needle has behind that', 'x%2Da'],
    ['one that the text ends within', 'sk%2'],
    ['digits that are none', 'sk%2Gsk\\u00g1'],
    ['a character beyond a byte', 'sk\\u012d'],
    ['an escape in a fourth depth', 'sk%2525252D'],
  ])('are none: %s', (_what, text) => {
    expect(SEARCH.in(Buffer.from(text))).toBeUndefined();
  });

  it('of a kind that no needle has are not looked for', () => {
    expect(found(searchFor('plain'), 'a\\/b\\"')).toEqual([]);
  });

  it('can be looked at ahead without losing the place', () => {
    const escapes = SEARCH.in(Buffer.from('sk%2Da sk%2Da'))!;
    const ahead = escapes.copy();
    expect([ahead.skip(), ahead.skip()]).toEqual([9, -1]);
    expect([escapes.peek(), escapes.character]).toEqual([2, 0x2d]);
  });

  it('are found in any text as one by one', () => {
    const pieces = fc.constantFrom(
      's',
      'k',
      '-',
      'x',
      '%',
      '2',
      'D',
      '%2D',
      '%252D',
      '\\u002d',
      '\\',
      '\\/',
      '"',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (all) => {
        const text = all.join('');
        const places = found(SEARCH, text).map(([at]) => at);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        // Each dash behind a k that is written as an escape of its own is among them.
        for (const { index, 0: match } of text.matchAll(/(?<=k)(?:%2D|\\u002d)/g)) {
          expect(places, `${match} at ${index} of ${text}`).toContain(index);
        }
      }),
    );
  });
});
