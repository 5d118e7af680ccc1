import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pieces } from '../../../../lib/gateway/body/pieces';

function through(sizes: readonly number[]): { readonly sent: Buffer; readonly got: readonly Buffer[] } {
  const pieces = new Pieces();
  let next = 0;
  const sent = sizes.map((size) => Buffer.from(Array.from({ length: size }, () => (next += 1) % 251)));
  const got = sent.flatMap((piece) => pieces.add(piece));
  const rest = pieces.rest();
  return { sent: Buffer.concat(sent), got: rest === undefined ? got : [...got, rest] };
}

describe('pieces of a body', () => {
  it('come out as they went in, whatever their sizes', () => {
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 4_000, max: 40_000 })), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, (all) => {
        const { sent, got } = through(all);
        expect(Buffer.concat(got).equals(sent)).toBe(true);
      }),
    );
  });

  it('of a byte each are put together, behind the first', () => {
    const { got } = through(Array.from({ length: 40_000 }, () => 1));
    expect(got.map(({ length }) => length)).toEqual([1, 16_384, 16_384, 7_231]);
  });

  it('that are not small go on at once, and so does the only one', () => {
    const pieces = new Pieces();
    const [only, large] = [Buffer.from('{}'), Buffer.alloc(4_096)];
    expect(pieces.add(only)).toEqual([only]);
    expect(pieces.add(large)).toEqual([large]);
    expect(pieces.held).toBe(0);
    pieces.add(only);
    expect(pieces.held).toBe(2);
    expect(pieces.add(large)).toEqual([only, large]);
  });
});
