import { expect, it } from 'vitest';
import { decodedFully } from '../../../../lib/openai/request/percent-decoding';

/** `b`, of which the digits of each code are encoded themselves, so many times over. */
function nested(times: number): string {
  return times === 0
    ? 'b'
    : times === 1
      ? '%62'
      : nested(times - 1).replaceAll(/[0-9]/g, (digit) => `%3${digit}`);
}

it.each([
  ['abc', 'abc'],
  ['a%62c', 'abc'],
  ['%62%63', 'bc'],
  ['%2562', 'b'],
  ['%25252525252525252562', 'b'],
  ['%u0062%U0063', 'bc'],
  ['%c3%A9 é', 'é é'],
  ['100%', '100%'],
  ['%zz%2', '%zz%2'],
  ['%u00', '%u00'],
  ['', ''],
])('%s is read as %s', (text, decoded) => {
  expect(decodedFully(text)).toBe(decoded);
});

it('is decoded six times and no more', () => {
  for (let times = 1; times <= 6; times++) expect(decodedFully(nested(times))).toBe('b');
  expect(decodedFully(nested(7))).toBe('%62');
});
