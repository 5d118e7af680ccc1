import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../lib/admin/file-answer';

const csvCell = (text: string): string => csvLine([text]).slice(0, -'\r\n'.length);

it('writes cells by RFC 4180, and numbers as numbers', () => {
  expect(csvLine(['plain', 'a,b', 'say "hi"', 'two\nlines', 3, -4.5, true, null])).toBe(
    'plain,"a,b","say ""hi""","two\nlines",3,-4.5,true,\r\n',
  );
});

/** What a reader of CSV gets out of a cell. */
const read = (cell: string): string =>
  cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;

const SIGNS = ['=', '+', '-', '@', '|', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20', '\uFF5C'];
const BEFORE = ['', '\t', '\r', '\n', '\r\n', ' ', ' \t ', '\0', '\u00A0', '\u200B', '\uFEFF', '"', '\u3000'];

describe('keeps text from being a formula', () => {
  it.each(SIGNS)('that begins with %j, whatever stands before it', (sign) => {
    for (const before of BEFORE) expect(read(csvCell(`${before}${sign}1+1`))).toMatch(/^[^=+\-@|]*'/);
  });

  it.each(['\n', '\r', '\r\n', ';', '\t', '\u2028'])(
    'behind %j, where a spreadsheet may begin a cell',
    (separator) => {
      for (const sign of SIGNS) {
        const cell = csvCell(`harmless${separator}${sign}cmd`);
        expect(read(cell)).toBe(`harmless${separator}'${sign}cmd`);
        expect(cell.startsWith('"')).toBe(true);
      }
    },
  );

  it.each(['\tx', '\rx', '\nx'])('that begins with what spreadsheets strip: %j', (text) => {
    expect(read(csvCell(text))).toBe(`'${text}`);
  });
});

it('leaves harmless text as it is', () => {
  for (const text of ['gpt-4o', 'a=b', 'req-1', 'sk-abc...wxyz', '5 + 5', "it's", '中文', 'x|y']) {
    expect(csvCell(text)).toBe(text);
  }
});

it('looks at each character a few times at most, however many line breaks there are', () => {
  const text = '\n \n'.repeat(100_000);
  expect(read(csvCell(text))).toBe(`'${text}`);
});
