import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { skipFar, skipOpen } from '../../../../lib/openai/json/json-skip';
import { simd, type Open } from '../../../../lib/openai/json/simd';
import { WordSearch } from '../../../../lib/openai/json/word-search';
import { ASSEMBLED, assembled } from '../../../../scripts/assemble';

it('the code is what its text says, and runs here', async () => {
  expect(readFileSync(ASSEMBLED, 'utf8')).toBe(await assembled());
  expect(simd).toBeDefined();
});

/** The same numbers each time: parts of texts are chosen by them. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    yield state >>> 8;
  }
}

function textOf(parts: readonly string[], seed: number, count: number): string {
  const chosen = numbers(seed);
  return Array.from({ length: count }, () => parts[chosen.next().value % parts.length]).join('');
}

/** The end of what is open, read a character at a time. */
function endOf(text: string, from: number, pause: number, open: Open): number {
  for (let at = from; at < pause; at++) {
    const character = text[at] ?? '';
    if (open.isInString) {
      if (character === '\\') at += 1;
      else open.isInString = character !== '"';
      if (at >= pause) return pause + 1;
    } else if (character === '"') {
      open.isInString = true;
    } else if ('{['.includes(character)) {
      open.closers.push(character === '{' ? 0x7d : 0x5d);
    } else if ('}]'.includes(character) && open.closers.pop() !== character.charCodeAt(0)) {
      return ~at;
    }
    if (!open.isInString && open.closers.length === 0) return at + 1;
  }
  return pause;
}

const STRINGS = ['"', '"', '\\', '\\\\', '\\"', 'a', 'bc', 'x'.repeat(15), 'é', '{', ']', 'y'.repeat(70)];
const NESTED = [
  '[',
  '[',
  '{',
  '{',
  ']',
  '}',
  '"a"',
  '"\\"]"',
  '"\\\\"',
  '1,2',
  ' '.repeat(20),
  '"z'.repeat(2),
];
const STARTS: readonly (() => Open)[] = [
  () => ({ isInString: true, closers: [] }),
  () => ({ isInString: true, closers: [0x5d, 0x7d] }),
  () => ({ isInString: false, closers: [0x7d, 0x5d] }),
];

describe.each([
  ['strings', STRINGS],
  ['nested values', NESTED],
])('the end of what is open, in %s', (_name, parts) => {
  it.each([
    ['from the beginning', skipFar],
    ['from where it is no longer near', skipOpen],
  ])('is found as by reading each character, %s', (_where, skip) => {
    for (let seed = 1; seed <= 600; seed++) {
      const text = textOf(parts, seed, 1 + (seed % 97)).replaceAll('é', 'e');
      const bytes = Buffer.from(text);
      for (const start of STARTS) {
        const from = seed % 5;
        const pause = Math.max(from, bytes.length - (seed % 7));
        const [expected, found] = [start(), start()];
        const end = endOf(text, from, pause, expected);
        const at = skip(bytes, from, pause, found);
        const told = end < 0 ? { at } : { at, ...found };
        expect({ text, ...told }).toEqual({ text, ...(end < 0 ? { at: end } : { at: end, ...expected }) });
      }
    }
  });
});

describe('the end of what is open, in long texts', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}"${'\\\\'.repeat(40_000)}"${']'.repeat(depth)}`;

  it('is found across all that is looked at in one go', () => {
    for (const depth of [1, 300, 10_000]) {
      const open: Open = { isInString: false, closers: [] };
      const text = nested(depth);
      expect(skipOpen(Buffer.from(text), 0, text.length, open)).toBe(text.length);
      expect(open).toEqual({ isInString: false, closers: [] });
    }
  });

  it('is found in steps, whatever stands where one ends', () => {
    const text = `${textOf(['"a\\\\"', '[1,{}]', '"\\""', '{"b":[]}', 'x'.repeat(31)], 7, 20_000)}]`;
    const bytes = Buffer.from(text);
    for (const stepBytes of [1, 63, 64, 1_000, 65_537]) {
      const open: Open = { isInString: false, closers: [0x5d] };
      let at = 0;
      while (at < bytes.length) at = skipFar(bytes, at, Math.min(bytes.length, at + stepBytes), open);
      expect([at, open]).toEqual([bytes.length, { isInString: false, closers: [] }]);
    }
  });

  it('is where it nests too deep', () => {
    const bytes = Buffer.from(`{"b":${'{"a":'.repeat(10_001)}`);
    const open: Open = { isInString: false, closers: [0x7d] };
    expect(skipFar(bytes, 1, bytes.length, open)).toBe(~(5 + 9_999 * 5));
  });
});

describe('a search for a word', () => {
  const longer = new WordSearch('"name"');
  const five = new WordSearch('names');
  const ranged = new WordSearch('\\u00', { first: '5', last: '7' });

  it('finds every place, in texts of any length', () => {
    const parts = [
      '"name"',
      '"name',
      '"nam',
      '"',
      'names',
      '\\u0061',
      '\\u00e9',
      '\\u005',
      '\\u008',
      'x'.repeat(33),
    ];
    for (let seed = 1; seed <= 300; seed++) {
      const text = textOf(parts, seed, seed * 5);
      const bytes = Buffer.from(text);
      for (const [search, pattern] of [
        [longer, /(?="name")/g],
        [five, /names/g],
        [ranged, /\\u00[5-7]/g],
      ] as const) {
        const expected = [...text.matchAll(pattern)].map(({ index }) => index);
        const found: number[] = [];
        for (let at = search.indexIn(bytes, 0); at !== -1; at = search.indexIn(bytes, at + 1)) found.push(at);
        expect(found).toEqual(expected);
      }
    }
  });

  it('finds one at the very end, and none that the end cuts', () => {
    for (const length of [0, 100, 4_000, 70_000, 200_001]) {
      const before = 'n'.repeat(length);
      expect(five.indexIn(Buffer.from(`${before}names`), 0)).toBe(length);
      expect(five.indexIn(Buffer.from(`${before}names`).subarray(0, -1), 0)).toBe(-1);
      expect(longer.indexIn(Buffer.from(`${before}"name`), 0)).toBe(-1);
      expect(ranged.indexIn(Buffer.from(`${before}\\u00`), 0)).toBe(-1);
    }
  });
});
