import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needlesOf } from '../../../../lib/upstream/redaction/needles';
import {
  hexDigit,
  lastBackslashes,
  readSpelling,
  type Spelling,
} from '../../../../lib/upstream/redaction/spelling';
import { secrets, writtenSomehow } from './spellings';

function read(text: string | Buffer, secret: string, from = 0): Spelling {
  const found: Spelling = { end: 0, isOpen: true, depth: 9 };
  readSpelling(Buffer.from(text as string), from, needlesOf([{ value: secret }])[0]!, found);
  return found;
}

const NONE = { end: -1, isOpen: false, depth: 0 };

describe('a spelling of a secret', () => {
  it.each([
    ['as it is', 'a-b/c', 'a-b/c'],
    ['with an escape of JSON', 'a-b/c', 'a\\u002db\\/c'],
    ['in capitals', 'a-b/c', 'a\\u002Db\\u002Fc'],
    ['in JSON within JSON', 'a-b/c', 'a\\\\u002db\\\\/c'],
    ['in an address', 'a-b/c', 'a%2Db%2fc'],
    ['in an address within an address', 'a-b/c', 'a%252Db%25252fc'],
    ['of wide characters', 'pä€', 'p\\u00e4%E2%82%AC'],
    ['of a pair of units', 'x😀y', 'x\\ud83d\\ude00y'],
    ['of a backslash', 'a\\b', 'a\\\\b'],
    ['of a percent sign', '1%2', '1%252'],
  ])('is read to its end: %s', (_how, secret, written) => {
    expect(read(`${written}rest`, secret)).toMatchObject({ end: Buffer.byteLength(written) });
    expect(read(`xx${written}`, secret, 2)).toMatchObject({ end: Buffer.byteLength(written) + 2 });
  });

  it.each([
    ['another text', 'a-b', 'abc'],
    ['another character in an escape', 'a-b', 'a\\u002cb'],
    ['digits that are none', 'a-b', 'a%2Gb'],
    ['an escape as deep as nobody writes one', 'a-b', 'a%25252525Db'],
    ['an escape that JSON does not have', 'a-b', 'a\\-b'],
    ['a capital for a small letter', 'a-b', 'A-b'],
  ])('is not %s', (_what, secret, text) => {
    expect(read(text, secret)).toEqual(NONE);
  });

  it.each([
    ['', 0],
    ['a', 1],
    ['a\\', 1],
    ['a\\u00', 1],
    ['a%', 1],
    ['a%2', 1],
    ['a%252', 1],
    ['a-', 2],
  ])('may yet follow a text that ends within it: %j, behind %i characters', (text, depth) => {
    expect(read(text, 'a-b')).toEqual({ end: -1, isOpen: true, depth });
  });

  it('of bytes that only count as they are is read as they are', () => {
    const needle = { bytes: Buffer.from('a-b'), characters: undefined };
    const at = (text: string): Spelling => {
      const found: Spelling = { end: 0, isOpen: true, depth: 9 };
      readSpelling(Buffer.from(text), 0, needle, found);
      return found;
    };
    expect(at('a-b')).toMatchObject({ end: 3, isOpen: false });
    expect(at('a-')).toEqual({ end: -1, isOpen: true, depth: 2 });
    expect(at('a%2Db')).toEqual(NONE);
  });

  it('is found of any secret, each character of which is written in a way of its own', () => {
    const written = secrets.chain((secret) => fc.tuple(fc.constant(secret), writtenSomehow(secret)));
    fc.assert(
      fc.property(written, ([secret, text]) => {
        expect(read(text, secret).end).toBeGreaterThan(0);
      }),
    );
  });
});

it('of a run of backslashes only the last sixteen can begin an escape', () => {
  const run = Buffer.from(`x${'\\'.repeat(20)}u0041`);
  expect(lastBackslashes(run, 1)).toBe(5);
  expect(lastBackslashes(run, 10)).toBe(10);
  expect(lastBackslashes(Buffer.from('x\\u'), 1)).toBe(1);
});

it('a hex digit has its value in either case, and anything else has none', () => {
  expect([...'09afAF'].map((one) => hexDigit(one.charCodeAt(0)))).toEqual([0, 9, 10, 15, 10, 15]);
  expect([...'gG/:@` '].map((one) => hexDigit(one.charCodeAt(0)))).toEqual(Array(7).fill(-1));
});
