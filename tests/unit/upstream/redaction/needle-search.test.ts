import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsAt, NeedleSearch } from '../../../../lib/upstream/redaction/needle-search';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Where the first of the needles begins, found the slow way. */
function firstOf(text: Buffer, needles: readonly Buffer[], from: number): number {
  const places = needles.map((needle) => text.indexOf(needle, from)).filter((at) => at !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}

describe('a search for several texts', () => {
  it.each([
    ['at the beginning', 'secret and more', 0, 0],
    ['in the middle', 'my secret is out', 0, 3],
    ['at the end', 'a secret', 0, 2],
    ['behind the place that it begins at', 'secret secret', 1, 7],
    ['nowhere', 'secre t', 0, -1],
    ['nowhere in a text that is too short', 'sec', 0, -1],
    ['nowhere in no text', '', 0, -1],
  ])('finds one %s', (_where, text, from, at) => {
    expect(new NeedleSearch([bytes('secret')]).find(bytes(text), from)).toBe(at);
  });

  it('finds the first of them, however long they are', () => {
    const search = new NeedleSearch([bytes('xy'), bytes('a much longer one')]);
    expect(search.find(bytes('here is a much longer one, and xy'), 0)).toBe(8);
    expect(search.find(bytes('xy and a much longer one'), 0)).toBe(0);
  });

  it.each([1, 4, 5, 40])('finds what a slow search finds, with %i needles', (count) => {
    const letters = fc.constantFrom('a', 'b', '\u00ff', '\0');
    const text = (minLength: number, maxLength: number) =>
      fc.array(letters, { minLength, maxLength }).map((all) => bytes(all.join('')));
    const needles = fc.array(text(2, 6), { minLength: count, maxLength: count });
    fc.assert(
      fc.property(needles, text(0, 60), fc.nat(10), (wanted, hay, from) => {
        expect(new NeedleSearch(wanted).find(hay, from)).toBe(firstOf(hay, wanted, from));
      }),
    );
  });

  it('finds needles of more bytes than it can jump over', () => {
    const long = bytes('x'.repeat(300) + 'y');
    expect(new NeedleSearch([long]).find(Buffer.concat([bytes('x'.repeat(50)), long]), 0)).toBe(50);
  });
});

it.each([
  ['secret', 0, undefined, true],
  ['my secret', 3, undefined, true],
  ['my secre', 3, undefined, false],
  ['my secre', 3, 5, true],
  ['my sekret', 3, undefined, false],
])('%j holds the bytes at %i, or so many of them (%s): %s', (text, at, length, holds) => {
  expect(holdsAt(bytes(text), at, bytes('secret'), length)).toBe(holds);
});
