import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBuffer } from '../../../../lib/openai/json/growing-buffer';

describe('GrowingBuffer', () => {
  it('gives back exactly what was appended, and what it gave stays as it is', () => {
    const sizes = fc.array(fc.nat(400), { maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(sizes, (pieceBytes) => {
        const pieces = pieceBytes.map((bytes, i) => Buffer.alloc(bytes, i + 1));
        const buffer = new GrowingBuffer();
        const peeks = pieces.map((piece) => {
          buffer.append(piece);
          return buffer.peek();
        });
        const taken = buffer.take();
        buffer.append(Buffer.from('afresh'));
        expect(taken.equals(Buffer.concat(pieces))).toBe(true);
        for (const peek of peeks) expect(taken.subarray(0, peek.length).equals(peek)).toBe(true);
        expect(buffer.take().toString()).toBe('afresh');
        expect(buffer.take()).toHaveLength(0);
      }),
    );
  });
});
