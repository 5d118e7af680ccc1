import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodedWhole } from '../../../../lib/upstream/answer/decoding';

const MAX = 4 * 2 ** 20;

describe.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const)('a whole body in %s', (encoding, encode) => {
  it.each([2, 3 * 2 ** 20])('of %d bytes is what was encoded', async (length) => {
    const plain = randomBytes(length);
    expect(await decodedWhole(encode(plain), encoding, MAX)).toEqual(plain);
  });

  it('of which a part is left over is not decoded: others may read something in it', async () => {
    for (const rest of [Buffer.from('x'), Buffer.alloc(3, 1), randomBytes(100)]) {
      const bytes = Buffer.concat([encode('fine'), rest]);
      expect(await decodedWhole(bytes, encoding, MAX)).toBe('undecodable');
    }
  });

  it('behind which another follows is both, or none', async () => {
    const both = await decodedWhole(Buffer.concat([encode('one'), encode('two')]), encoding, MAX);
    expect(String(both)).toBe(encoding === 'gzip' ? 'onetwo' : 'undecodable');
  });
});
