import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isolated } from '../../../lib/client/isolated';

const OVERRIDE = '\u202e';
const PIECES = [
  'a',
  ' ',
  'א',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u202a',
  '\u202c',
  OVERRIDE,
  '\u200f',
];

/** How many isolates are open behind each character. */
function depths(text: string): number[] {
  let depth = 0;
  return [...text].map((char) => {
    if (char >= '\u2066' && char <= '\u2068') depth += 1;
    if (char === '\u2069') depth -= 1;
    return depth;
  });
}

test('a name that wants no other order stays as it is', () => {
  for (const name of ['gpt-4o', '', '通义千问', 'Ünïcode 🙂', '{name}']) expect(isolated(name)).toBe(name);
});

test('a name that turns the line is closed in', () => {
  expect(isolated(`gpt${OVERRIDE}abc`)).toBe(`\u2068gpt${OVERRIDE}abc\u2069`);
  expect(isolated('מודל')).toBe('\u2068מודל\u2069');
});

test('no text ends its isolation early, nor leaves one open behind it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES)), (pieces) => {
      const text = isolated(pieces.join(''));
      if (!text.startsWith('\u2068')) return;
      const all = depths(text);
      expect(all.at(-1)).toBe(0);
      expect(Math.min(...all.slice(0, -1))).toBeGreaterThan(0);
    }),
  );
});
