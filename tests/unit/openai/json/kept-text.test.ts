import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keptText } from '../../../../lib/openai/json/kept-text';

it('keeps the beginning of a text, never more than asked for and never half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
      const kept = keptText(text, max);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(max);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, max) - 1);
      expect(kept).not.toMatch(/[\ud800-\udbff]$/);
    }),
  );
});

it.each([
  ['abc', 2, 'ab'],
  ['ab', 2, 'ab'],
  ['a😀', 2, 'a'],
  ['a😀b', 3, 'a😀'],
  ['a\ud800\udc00', 2, 'a'],
  ['a\udbff\udfff', 2, 'a'],
  ['a\udc00b', 2, 'a\udc00'],
  ['a\ue000b', 2, 'a\ue000'],
  ['a\ud83d', 2, 'a\ud83d'],
])('of %j at most %i units are kept: %j', (text, max, kept) => {
  expect(keptText(text, max)).toBe(kept);
});
