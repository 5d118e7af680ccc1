import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyHint } from '../../../../lib/balancer/attribution/key-hint';

describe('a key hint', () => {
  it('shows six characters of the start and four of the end of a long key', () => {
    expect(keyHint(`sk-abcdefghijklmnop${'x'.repeat(30)}stuvwxyz`)).toBe('sk-abc...wxyz');
  });

  it('shows nothing of a key of fewer than three characters', () => {
    expect([keyHint(''), keyHint('ab')]).toEqual(['...', '...']);
  });

  it('never shows more than a third of the key, nor more than ten characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (value) => {
        const shown = keyHint(value).length - '...'.length;
        expect(shown).toBeLessThanOrEqual(Math.min(10, value.length / 3));
      }),
    );
  });

  it('never cuts through a character', () => {
    expect(keyHint('🚀'.repeat(9))).toBe('🚀🚀...🚀');
  });
});
