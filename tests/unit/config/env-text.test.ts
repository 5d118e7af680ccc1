import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWholeText } from '../../../lib/config/env-text';

describe('a text that can be a whole settings file', () => {
  it.each([
    'PORT=1\n',
    'PORT=1\r\n',
    'PORT=1\r',
    "A='x'\nB=\"y # z\" # it's a comment\n",
    "# don't\nA=it's\n",
    'A=\'[\n"b",\n"c"\n]\'\n',
    'A="with \\" inside"\n',
    'A: `b\'c"d`\n',
    'export A=1\n\n',
    'just words\n',
  ])('%j', (text) => {
    expect(isWholeText(text)).toBe(true);
  });
});

describe('a text that looks like a half one', () => {
  it.each([
    '',
    '\n \n',
    'PORT=1',
    'PORT=1\nHO',
    'A=\'[\n"b",\n',
    'A="x\\"\n',
    "A='x'\nB='y\n",
    'A="b" # c\nB=`d\n',
  ])('%j', (text) => {
    expect(isWholeText(text)).toBe(false);
  });
});

it('a file cut anywhere but at the end of a line is never whole', () => {
  const value = fc.stringMatching(/^[a-zA-Z0-9 ,[\]{}é漢€-]{0,12}$/);
  const line = fc.oneof(
    value.map((text) => `NAME=${text}\n`),
    fc.array(value, { maxLength: 3 }).map((lines) => `NAME='${lines.join('\n')}'\n`),
    value.map((text) => `NAME="a \\" ${text}" # it's\n`),
    value.map((text) => `# ${text}'\n`),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.nat(), (lines, place) => {
      const bytes = Buffer.from(lines.join(''));
      const cut = bytes.subarray(0, place % bytes.length);
      const text = cut.toString('utf8');
      const isAtEndOfEntry = lines.some((_, count) => lines.slice(0, count).join('') === text);
      if (!isAtEndOfEntry) expect(isWholeText(text)).toBe(false);
      else expect(Object.values(parse(text)).every((found) => lines.join('').includes(found))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
