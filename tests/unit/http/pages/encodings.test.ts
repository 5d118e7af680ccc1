import { expect, it } from 'vitest';
import { chooseEncoding, type Encoding } from '../../../../lib/http/pages/encodings';

const ALL: ReadonlySet<Encoding> = new Set(['br', 'gzip', 'identity']);

it.each([
  ['br, gzip', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP;Q=0.5', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.000, *', 'gzip'],
  ['*', 'br'],
  ['*;q=0.1, br;q=0', 'gzip'],
  ['gzip ; q=0.1', 'gzip'],
  ['identity, br;q=0.5', 'identity'],
  ['identity;q=0, gzip', 'gzip'],
  ['deflate, zstd', 'identity'],
  ['br;q=0, gzip;q=0', 'identity'],
  ['br;q=2, gzip;q=nonsense', 'identity'],
  [',;q=1,', 'identity'],
  ['', 'identity'],
  [undefined, 'identity'],
] as const)('of %j it chooses %s', (header, encoding) => expect(chooseEncoding(header, ALL)).toBe(encoding));

it('never chooses what is not on offer', () => {
  expect(chooseEncoding('br, gzip;q=0.1', new Set(['gzip', 'identity']))).toBe('gzip');
  expect(chooseEncoding('br', new Set(['gzip', 'identity']))).toBe('identity');
});
