import { describe, expect, it } from 'vitest';
import * as json from '../../../../lib/openai/json/json-scan';

/** Offset of the quote that closes a string, read a character at a time. */
function closedAt(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  return -1;
}

/** What a string may look like around the place from which on the reading is native. */
function* stringRests(): Generator<string> {
  for (let letters = 0; letters < 60; letters++) {
    for (let backslashes = 0; backslashes < 5; backslashes++) {
      const rest = 'a'.repeat(letters) + '\\'.repeat(backslashes);
      yield rest;
      for (const after of ['"', '",', '"b"', '"bb\\"c"', '"\\\\"']) yield rest + after;
    }
  }
}

describe('the end of a string', () => {
  it('is its first quote that is not escaped, wherever it lies', () => {
    for (const text of stringRests()) {
      const bytes = Buffer.from(text);
      for (const from of [0, 1]) {
        const at = closedAt(text, from);
        const inOneGo = json.closingQuote(bytes, from);
        const inSteps = Math.max(-1, json.closingQuoteBefore(bytes, from, bytes.length));
        if (inOneGo !== at || inSteps !== at) expect([text, inOneGo, inSteps]).toEqual([text, at, at]);
      }
    }
  });

  it('is found in steps too, each of which goes on where the last one stopped', () => {
    const text = `${'a'.repeat(200)}\\"${'\\\\'.repeat(100)}${'b'.repeat(200)}"`;
    const bytes = Buffer.from(text);
    let from = 0;
    let steps = 0;
    for (let found = -1; found < 0; steps++) {
      found = json.closingQuoteBefore(bytes, from, from + 10);
      if (found >= 0) expect(found).toBe(text.length - 1);
      else expect(~found).toBeGreaterThanOrEqual(from + 10);
      from = ~found;
    }
    expect(steps).toBeGreaterThan(4);
  });

  it('is found in steps too where none of them sees it, and escapes stand where one stops looking', () => {
    for (const [letters, backslashes] of [
      [262_143, 2],
      [262_144, 1],
      [262_140, 4],
      [262_141, 3],
      [1_000_000, 0],
    ] as const) {
      const text = `${'a'.repeat(letters + 48)}${'\\'.repeat(backslashes)}\\\\${'b'.repeat(400_000)}\\"c",`;
      const bytes = Buffer.from(text);
      let at = 0;
      let found = -1;
      while (found < 0) {
        found = json.closingQuoteBefore(bytes, at, at + 1_000);
        at = ~found;
      }
      expect(found).toBe(closedAt(text, 0));
    }
  });

  it('is not looked for natively where the step ends within what is near', () => {
    const bytes = Buffer.from(`${'a'.repeat(100)}"`);
    expect(json.closingQuoteBefore(bytes, 0, 10)).toBe(~48);
    expect(json.closingQuoteBefore(bytes, 0, 48)).toBe(~48);
    expect(json.closingQuoteBefore(bytes, 0, 49)).toBe(100);
  });

  it.each(['a'.repeat(60), `${'a'.repeat(60)}\\"`, `${'a'.repeat(60)}\\`])(
    'is nowhere in one that is not closed: %s',
    (text) => {
      const bytes = Buffer.from(text);
      expect(json.closingQuote(bytes, 0)).toBe(-1);
      expect(~json.closingQuoteBefore(bytes, 0, bytes.length + 60)).toBeGreaterThanOrEqual(bytes.length);
    },
  );
});

it.each([
  [[0xef, 0xbb, 0xbf], 3],
  [[0xef, 0xbb, 0x20], 0],
  [[0xef, 0x20, 0xbf], 0],
  [[0x20, 0xbb, 0xbf], 0],
  [[0x20, 0x20, 0xbf], 0],
  [[0xef], 0],
  [[], 0],
])('the byte order mark of %j ends at %i', (bytes, end) => {
  expect(json.skipBom(Buffer.from(bytes))).toBe(end);
});

it('white space is passed over, up to where it should pause', () => {
  const bytes = Buffer.from(' \t\r\n \u00a0');
  expect(json.skipSpace(bytes, 0)).toBe(5);
  expect(json.skipSpace(bytes, 5)).toBe(5);
  expect(json.skipSpaceBefore(bytes, 0, 3)).toBe(3);
  expect(json.skipSpaceBefore(bytes, 0, 9)).toBe(5);
  expect(json.skipSpace(Buffer.from('  '), 0)).toBe(2);
});

describe('the value of a string', () => {
  const both = [json.shortStringAt, json.longStringAt];

  it.each([
    ['"a b"', 'a b'],
    ['""', ''],
    ['"\\u0041\\n\\""', 'A\n"'],
    ['"é😀"', 'é😀'],
    ['"\\x"', undefined],
    ['"a\u0001b"', undefined],
    ['"a\nb"', undefined],
    ['17', undefined],
    ['', undefined],
  ])('of %s is read as JSON reads it', (text, value) => {
    for (const read of both) expect(read(Buffer.from(`[${text}]`), 1)).toBe(text === '' ? undefined : value);
  });

  it('of a name is empty where it is too long to be of interest', () => {
    const name = (length: number) => json.shortStringAt(Buffer.from(`"${'n'.repeat(length)}"`), 0);
    expect(name(1023)).toHaveLength(1023);
    expect(name(1024)).toBe('');
    expect(name(5000)).toBe('');
    expect(json.shortStringAt(Buffer.from('"never closed'), 0)).toBe('');
  });

  it('of a name that is just short enough is read also where it ends in an escape', () => {
    for (const end of ['\\\\', '\\"', 'nn']) {
      const text = 'n'.repeat(1021) + end;
      expect(json.shortStringAt(Buffer.from(`"${text}":1`), 0)).toBe(JSON.parse(`"${text}"`));
      expect(json.shortStringAt(Buffer.from(`"n${text}":1`), 0)).toBe('');
    }
    const long = Buffer.from(`"${'n'.repeat(4 * 1024 * 1024 - 3)}\\\\",`);
    expect(json.longStringAt(long, 0)).toHaveLength(4 * 1024 * 1024 - 2);
  });

  it('is read up to 4 MB; of a longer one it is the beginning as it stands', () => {
    const fits = Buffer.from(`"${'n'.repeat(4 * 1024 * 1024 - 1)}"`);
    expect(json.isVeryLong(fits, 0)).toBe(false);
    expect(json.longStringAt(fits, 0)).toHaveLength(4 * 1024 * 1024 - 1);
    const long = Buffer.from(`"\\u0041${'n'.repeat(4 * 1024 * 1024)}"`);
    expect(json.isVeryLong(long, 0)).toBe(true);
    expect(json.longStringAt(long, 0)).toBe(`\\u0041${'n'.repeat(1017)}`);
    const behind = Buffer.concat([Buffer.from('{"m":'), fits]);
    expect(json.isVeryLong(behind, 5)).toBe(false);
    expect(json.isVeryLong(Buffer.from('"never closed'), 0)).toBe(true);
  });
});

describe('the end of a value', () => {
  it.each([
    ['{}', 2],
    ['[] ,', 2],
    ['[{"a]":"\\"}"},[]]x', 17],
    ['[}', ~1],
    ['{]', ~1],
    ['[{]', ~2],
    ['[', ~1],
    ['[{}', ~3],
    ['["a', ~3],
    ['["a\\"', ~5],
  ])('that opens %s is %i', (text, end) => {
    expect(json.nestedEnd(Buffer.from(text), 0)).toBe(end);
  });

  it('that is too deep is where it gets too deep', () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(json.nestedEnd(nested(10_000), 0)).toBe(20_000);
    expect(json.nestedEnd(nested(10_001), 0)).toBe(~10_000);
  });

  it.each([
    ['true', 4],
    ['false,', 5],
    ['null', 4],
    ['trux', ~3],
    ['nul', ~3],
    ['fAlse', ~1],
    ['0', 1],
    ['-0', 2],
    ['01', 1],
    ['-17', 3],
    ['12.50', 5],
    ['1e5', 3],
    ['1E5', 3],
    ['1E+5', 4],
    ['1.5e-10]', 7],
    ['-', ~1],
    ['+1', ~0],
    ['.5', ~0],
    ['1.', ~2],
    ['1.e5', ~2],
    ['1e', ~2],
    ['1e+', ~3],
    ['x', ~0],
    ['', ~0],
    ['/', ~0],
    [':', ~0],
  ])('that is the scalar %s is %i', (text, end) => {
    expect(json.scalarEnd(Buffer.from(text), 0)).toBe(end);
    const shifted = end < 0 ? end - 2 : end + 2;
    expect(json.scalarEnd(Buffer.from(`[ ${text}`), 2)).toBe(shifted);
  });

  it('that is a number is not looked for beyond what one is read of', () => {
    expect(json.scalarEnd(Buffer.from('  12345'), 2, 3)).toBe(5);
    expect(json.scalarEnd(Buffer.from('  12345'), 2, 5)).toBe(7);
    expect(json.scalarEnd(Buffer.from('  12345'), 2, 9)).toBe(7);
    const long = Buffer.from('1'.repeat(70_000));
    expect(json.scalarEnd(long, 0)).toBe(64 * 1024);
  });
});

describe('the members of an object', () => {
  it.each<[string, string[], number]>([
    ['{}', [], 2],
    ['{ } ', [], 3],
    ['{"a":1}', ['a=1'], 7],
    [' {"a":1}', ['a=1'], 8],
    ['{ "a" : [1,{"b":2}] , "a" : "x" }', ['a=[', 'a="'], 33],
    ['{"a":"\\"","b":null}z', ['a="', 'b=n'], 19],
    ['{"a":tru}', [], ~8],
    ['{"a":1', ['a=1'], ~6],
    ['{"a":1,', ['a=1'], ~7],
    ['{"a":1,}', ['a=1'], ~7],
    ['{"a":1;"b":2}', ['a=1'], ~6],
    ['{"a" 1}', [], ~5],
    ['{"a":[}', [], ~6],
    ['{"a":"x', [], ~7],
    ['{"a', [], ~3],
    ['{a:1}', [], ~1],
    ['[1]', [], ~0],
    ['', [], ~0],
  ])('of %s are told in order', (text, members, end) => {
    const bytes = Buffer.from(text);
    const told: string[] = [];
    const found = json.scanMembers(bytes, text.startsWith(' ') ? 1 : 0, (nameAt, valueAt) => {
      told.push(`${json.shortStringAt(bytes, nameAt)}=${text[valueAt]}`);
    });
    expect([told, found]).toEqual([members, end]);
  });
});
