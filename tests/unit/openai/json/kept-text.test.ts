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
