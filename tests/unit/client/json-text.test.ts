import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonText, readableString, visibleText, type JsonNode } from '../../../lib/client/json-text';

/** The text without its blanks, put together from the tree. */
function rebuilt(text: string, node: JsonNode): string {
  if (!('items' in node)) return text.slice(node.start, node.end);
  const items = node.items.map(
    ({ name, node: value }) => (name === undefined ? '' : `${name}:`) + rebuilt(text, value),
  );
  return node.kind === 'object' ? `{${items.join(',')}}` : `[${items.join(',')}]`;
}

function isList(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

describe('the tree of a JSON text', () => {
  test('gives the same text again, whatever the value and its blanks', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        const tree = parseJsonText(text);
        expect(tree && rebuilt(text, tree)).toBe(text);
        const wide = ` ${JSON.stringify(value, undefined, '\t')}\r\n`;
        const wideTree = parseJsonText(wide);
        expect(wideTree && rebuilt(wide, wideTree)).toBe(text);
      }),
    );
  });

  test('is there exactly for the objects and arrays that JSON.parse takes', () => {
    const piece = fc.constantFrom(
      ...'{}[],:" \n',
      '"a"',
      '\\n',
      '\\x',
      '01',
      '-',
      '1e5',
      'true',
      'nul',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(parseJsonText(text) !== undefined).toBe(isList(text));
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const cut = text.slice(0, at % text.length);
        expect(parseJsonText(cut) !== undefined).toBe(isList(cut));
      }),
    );
  });

  test('keeps large numbers and names that are given twice as they are written', () => {
    const text = '{"n":9007199254740993,"n":1.0,"__proto__":1e400}';
    const tree = parseJsonText(text);
    expect(tree && rebuilt(text, tree)).toBe(text);
  });

  test.each([
    'data: {"a":1}\n\n',
    '{"a":1}\n{"a":2}',
    '<html>',
    '',
    '"text"',
    '['.repeat(50_000),
    '{"a": "cut',
  ])('is not there for %.20s', (text) => expect(parseJsonText(text)).toBeUndefined());
});

test('strings read as they are meant, with what cannot be seen made visible', () => {
  expect(readableString('"\\u4f60\\n\\u0000"')).toBe('"你\n\\u0000"');
  expect(visibleText('a\u202eb\tc\n')).toBe('a\\u202eb\tc\n');
});
