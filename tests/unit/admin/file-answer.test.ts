import { expect, it } from 'vitest';
import { csvLine } from '../../../lib/admin/file-answer';

it('writes cells by RFC 4180', () => {
  expect(csvLine(['plain', 'a,b', 'say "hi"', 'two\nlines', 3, true, null])).toBe(
    'plain,"a,b","say ""hi""","two\nlines",3,true,\r\n',
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('keeps %j from being a formula', (text) => {
  const cell = csvLine([text]).trimEnd().replace(/^"|"$/g, '');
  expect(cell.startsWith("'")).toBe(true);
});
